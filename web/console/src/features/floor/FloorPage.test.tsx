import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { setLanguage } from "../../i18n";
import { expectAccessible, showDesk } from "../../testing/desk";
import { agent, alert, call, iso, NOW, rosterSpan, watching } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { FloorPage } from "./FloorPage";

const QUEUES = [
  { id: "health", number: "104", name_en: "Health", name_hi: "स्वास्थ्य" },
  { id: "covid", number: "1031", name_en: "Covid", name_hi: "कोविड" },
];
const TRUNK = {
  name: "carrier",
  health: { state: "up" },
  since: iso(-60_000),
  checked: true,
  calls: 1,
};
const WISH = {
  id: "w1",
  version: 3,
  interaction_id: "call-9",
  number: "+919999000012",
  line: "104",
  queue: "health",
  class: "emergency",
  kind: "unserved",
  cause: "queue_full",
  wished_at: iso(-300_000),
  last_wished_at: iso(-60_000),
  times: 2,
  state: "open",
};
let server: MadeUpServer;

beforeEach(() => {
  server = new MadeUpServer({
    "GET /queues": { json: QUEUES },
    "GET /trunks": { json: [TRUNK] },
    "GET /roster/now": { json: { now: iso(), spans: [], uncovered: [] } },
    "GET /callbacks/open": { json: { open: 2, emergency: 1 } },
    "GET /callbacks": { json: { callbacks: [WISH] } },
    "PUT /agents/u1/state": { json: agent("talking", { next: { next: "offline" } }) },
    "POST /calls/call-2/move": { status: 204 },
    "POST /calls/call-2/reclass": { status: 204 },
    "POST /alerts/5/acknowledge": { json: alert(5) },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

const tile = (name: string) => screen.getByTestId(`${TESTID.floorTile}-${name}`);

it.each(["en", "hi"] as const)("shows the floor as it is told, in %s", async (lang) => {
  setLanguage(lang);
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching({ alerts: [alert(1)] }));
  expect(tile("waiting").textContent).toContain("1");
  expect(tile("agents").textContent).toContain("3");
  expect(screen.getAllByTestId(TESTID.floorAgent)).toHaveLength(3);
  const row = within(screen.getByTestId(TESTID.floorWaiting));
  expect(row.getByText("Bela")).toBeTruthy();
  expect(screen.getByTestId(TESTID.floorSums).dataset.reconciles).toBe("true");
  await expectAccessible();
});

it("ticks nothing by asking: names, shifts and call-backs are asked for, and no figures", async () => {
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching());
  await tell({ type: "call_changed", call: call({ id: "call-3", state: "greeting" }) });
  expect(tile("calls").textContent).toContain("3");
  await waitFor(() => expect(server.asked.length).toBeGreaterThan(0));
  expect(new Set(server.asked.map(({ path }) => path))).toEqual(
    new Set(["/callbacks/open", "/queues", "/roster/now", "/trunks"]),
  );
});

it("forces a state with a reason, by keyboard, and not without", async () => {
  const keyboard = userEvent.setup();
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching());
  await keyboard.keyboard("a");
  await keyboard.keyboard("{ArrowRight}{Enter}");
  const dialog = screen.getByTestId(TESTID.forceDialog);
  expect(dialog.textContent).toContain("Asha");
  expect(dialog.textContent).toContain("never cut");
  await expectAccessible();
  await keyboard.click(screen.getByTestId("want-offline"));
  await keyboard.click(screen.getByTestId(TESTID.forceSubmit));
  expect(screen.getByText("Say why: it is kept.")).toBeTruthy();
  expect(server.requests("PUT", "/agents/u1/state")).toEqual([]);
  await keyboard.click(screen.getByTestId("why-end_of_shift"));
  await keyboard.click(screen.getByTestId(TESTID.forceSubmit));
  await waitFor(() => expect(screen.queryByTestId(TESTID.forceDialog)).toBeNull());
  expect(server.requests("PUT", "/agents/u1/state")[0]?.body).toEqual({
    want: "offline",
    reason: "end_of_shift",
  });
});

it("moves a waiting caller and changes the class", async () => {
  const keyboard = userEvent.setup();
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching());
  await keyboard.keyboard("w");
  await keyboard.keyboard("{Enter}");
  await keyboard.click(screen.getByTestId("queue-covid"));
  await keyboard.click(screen.getByTestId("class-clinical"));
  await keyboard.click(screen.getByTestId(TESTID.callerSubmit));
  await waitFor(() => expect(screen.queryByTestId(TESTID.callerDialog)).toBeNull());
  expect(server.requests("POST", "/calls/call-2/move")[0]?.body).toEqual({ queue: "covid" });
  expect(server.requests("POST", "/calls/call-2/reclass")[0]?.body).toEqual({ class: "clinical" });
});

it("says what the helpline refuses, and leaves an emergency one", async () => {
  const keyboard = userEvent.setup();
  server.on("POST /calls/call-2/move", {
    status: 409,
    json: { type: "wrong-state", detail: "The caller does not wait." },
  });
  const { tell } = await showDesk(<FloorPage />);
  const emergency = call({ id: "call-2", state: "waiting", class: "emergency" });
  await tell(watching({ calls_alive: [emergency] }));
  await keyboard.keyboard("w");
  await keyboard.keyboard("{Enter}");
  expect(screen.getByTestId<HTMLInputElement>("class-info").closest("fieldset")?.disabled).toBe(
    true,
  );
  await keyboard.click(screen.getByTestId("queue-covid"));
  await keyboard.click(screen.getByTestId(TESTID.callerSubmit));
  expect(await screen.findByText("The caller does not wait.")).toBeTruthy();
  await keyboard.keyboard("{Escape}");
  expect(screen.queryByTestId(TESTID.callerDialog)).toBeNull();
});

it("shows the trunks, and that one fails as soon as it is told", async () => {
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching());
  expect((await screen.findByTestId(TESTID.floorTrunk)).textContent).toContain("carrier");
  await tell({
    type: "trunk_changed",
    trunk: "carrier",
    health: { state: "down", fault: "no_answer" },
    since: iso(),
  });
  const row = screen.getByTestId(TESTID.floorTrunk);
  expect(row.dataset.state).toBe("down");
  expect(row.textContent).toContain("does not answer");
  await expectAccessible();
});

it("says an alert when it comes, and who has seen to it", async () => {
  const keyboard = userEvent.setup();
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching());
  await tell({ type: "alert", ...alert(5) });
  expect(screen.getByTestId("live-assertive").textContent).toContain("Asha did not answer twice");
  expect(tile("alerts").textContent).toContain("1");
  await keyboard.keyboard("l");
  await keyboard.keyboard("{Enter}");
  await waitFor(() => expect(server.requests("POST", "/alerts/5/acknowledge")).toHaveLength(1));
  const acknowledged = { by: "u9", name: "Vikram", at: iso() };
  await tell({ type: "alert_acknowledged", ...alert(5, { acknowledged }) });
  expect(screen.getByTestId(TESTID.floorAlert).textContent).toContain("Vikram");
  expect(tile("alerts").textContent).toContain("0");
});

it("says who is expected and not here, who stays on, and for which queue nobody comes", async () => {
  const span = (who: string, from: number, until: number) =>
    rosterSpan({
      agent: who,
      name: who,
      from: iso(from * 3_600_000),
      until: iso(until * 3_600_000),
    });
  vi.setSystemTime(NOW);
  server.on("GET /roster/now", {
    json: {
      now: iso(),
      spans: [span("Deepa", -1, 7), span("u3", -9, -1)],
      uncovered: [{ queue: "covid", from: iso(1_800_000) }],
    },
  });
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching());
  expect((await screen.findByTestId(TESTID.floorMissing)).textContent).toContain("Deepa");
  expect(screen.getByTestId(TESTID.floorBeyond).textContent).toContain("Chand");
  expect(screen.getByTestId(TESTID.floorUncovered).textContent).toContain("14:55");
  await tell({
    type: "agent_state_changed",
    agent: agent("available", { agent: "Deepa", name: "Deepa" }),
  });
  expect(screen.queryByTestId(TESTID.floorMissing)).toBeNull();
  await expectAccessible();
});

it("counts who wishes to be called back, lists them on request and notes who was called", async () => {
  const keyboard = userEvent.setup();
  server.on("PUT /callbacks/w1/state", { status: 412, json: { type: "version-conflict" } });
  const { tell } = await showDesk(<FloorPage />);
  await tell(watching());
  await waitFor(() =>
    expect(screen.getByTestId(TESTID.callbackCount).textContent).toContain("2 open, 1 of them"),
  );
  expect(server.requests("GET", "/callbacks")).toHaveLength(0);
  await keyboard.click(screen.getByText("Show the list"));
  const row = await screen.findByTestId(TESTID.callback);
  expect(row.textContent).toContain("+919999000012");
  expect(row.textContent).toContain("not served, queue full, 2 times");
  await expectAccessible();
  await keyboard.click(within(row).getByText("Called back"));
  expect((await screen.findByText(/Somebody else decided/)).textContent).toBeTruthy();
  const asked = server.requests("PUT", "/callbacks/w1/state")[0];
  expect(asked?.body).toEqual({ state: "done" });
  server.on("PUT /callbacks/w1/state", { json: { ...WISH, state: "done", version: 4 } });
  await keyboard.click(within(row).getByText("No longer wanted"));
  await waitFor(() => expect(screen.queryByText(/Somebody else decided/)).toBeNull());
});
