// Binds the call machine to React: one store for the signed-in person, running in one tab. A second
// tab only reads, and says which one has the call.
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useState,
  useSyncExternalStore,
} from "react";
import type { CallState } from "./state";
import { CallStore } from "./store";
import { TabRole, type TabState } from "./tab";

interface CallContext {
  store: CallStore;
  tab: TabState;
  takeOver: () => void;
}

const Context = createContext<CallContext | null>(null);

/** `shared`: this person takes no calls, so each tab may be at work. */
export function CallProvider({
  user,
  shared = false,
  children,
}: {
  user: string;
  shared?: boolean;
  children: ReactNode;
}) {
  const [store] = useState(() => new CallStore());
  const [role] = useState(() => new TabRole(user, () => store.snapshot(), shared));
  const tab = useSyncExternalStore(role.subscribe, role.snapshot);
  useEffect(() => {
    role.start();
    const unsubscribe = store.subscribe(() => role.tell());
    return () => {
      unsubscribe();
      role.stop();
      store.stop();
    };
  }, [role, store]);
  useEffect(() => {
    if (tab.role !== "primary") return;
    store.start();
    // Another tab took over: no sound and no stream here.
    return () => store.stop();
  }, [store, tab.role]);
  const takeOver = () => role.takeOver();
  return <Context value={{ store, tab, takeOver }}>{children}</Context>;
}

/** For tests and for whoever makes the store elsewhere. */
export function CallStoreProvider({
  store,
  tab = { role: "primary" },
  takeOver = () => undefined,
  children,
}: {
  store: CallStore;
  tab?: TabState;
  takeOver?: () => void;
  children: ReactNode;
}) {
  return <Context value={{ store, tab, takeOver }}>{children}</Context>;
}

export function useCallStore(): CallStore {
  return useBound().store;
}

export function useTab(): TabState {
  return useBound().tab;
}

/** Makes this tab the desk. Must run inside a click or a key press: the sound moves here. */
export function useTakeOver(): () => void {
  return useBound().takeOver;
}

/** The call as it is now. */
export function useCall(): CallState {
  const { store } = useBound();
  return useSyncExternalStore(store.subscribe, store.snapshot);
}

function useBound(): CallContext {
  const context = useContext(Context);
  if (!context) throw new Error("a call hook outside CallProvider");
  return context;
}
