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
    if (tab.role === "primary") store.start();
  }, [store, tab.role]);
  return <Context value={{ store, tab }}>{children}</Context>;
}

/** For tests and for whoever makes the store elsewhere. */
export function CallStoreProvider({
  store,
  tab = { role: "primary" },
  children,
}: {
  store: CallStore;
  tab?: TabState;
  children: ReactNode;
}) {
  return <Context value={{ store, tab }}>{children}</Context>;
}

export function useCallStore(): CallStore {
  return useBound().store;
}

export function useTab(): TabState {
  return useBound().tab;
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
