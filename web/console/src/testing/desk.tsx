// The console around a component, with a made-up server and a store that tests feed by hand.
import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { act, render } from "@testing-library/react";
import axe from "axe-core";
import type { ReactNode } from "react";
import { expect } from "vitest";
import type { ServerFrame, Session } from "../api/types";
import { CallStoreProvider } from "../call/CallProvider";
import { CallStore } from "../call/store";
import type { TabState } from "../call/tab";
import { SESSION } from "../features/session/useSession";
import { Announcer } from "../ui/Announcer";
import { keys } from "../ui/keys";
import { theme } from "../ui/theme";
import { NOW, session } from "./fixtures";

addEventListener("keydown", keys.handle);

export interface TestDesk {
  store: CallStore;
  tell: (...frames: ServerFrame[]) => Promise<void>;
}

export async function showDesk(
  children: ReactNode,
  tab: TabState = { role: "primary" },
  who: Session = session,
): Promise<TestDesk> {
  const store = new CallStore();
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(SESSION, who);
  const router = createRouter({
    routeTree: createRootRoute({
      component: () => (
        <CallStoreProvider store={store} tab={tab}>
          {children}
        </CallStoreProvider>
      ),
    }),
    history: createMemoryHistory(),
  });
  await act(async () => {
    render(
      <MantineProvider theme={theme} env="test">
        <QueryClientProvider client={client}>
          <Announcer />
          {/* The router of the product is another type; a test has one route only. */}
          <RouterProvider router={router as never} />
        </QueryClientProvider>
      </MantineProvider>,
    );
    await router.load();
  });
  const tell = async (...frames: ServerFrame[]) => {
    await act(async () => {
      for (const frame of frames) store.dispatch({ kind: "frame", frame, at: NOW });
    });
  };
  return { store, tell };
}

/** No violation of the rules that can be judged without layout or colour. */
export async function expectAccessible(place: Element = document.body): Promise<void> {
  const { violations } = await axe.run(place, {
    rules: { "color-contrast": { enabled: false }, region: { enabled: false } },
  });
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
}
