import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { clear } from "idb-keyval";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { expectAccessible, showDesk, type TestDesk } from "../../testing/desk";
import {
  agent,
  call,
  caseOf,
  iso,
  NOW,
  ringing,
  snapshot,
  vocabulary,
} from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { CallBar } from "../call-bar/CallBar";
import { Desk } from "./Desk";

let server: MadeUpServer;
let number = 0;
let callId = "";

beforeEach(async () => {
  vi.setSystemTime(NOW);
  await clear();
  number += 1;
  callId = `call-${number}`;
  server = new MadeUpServer({
    "GET /vocabulary": { json: vocabulary },
    "GET /queues": { json: [] },
    "GET /cases": { json: { cases: [] } },
    [`GET /calls/${callId}`]: { json: call({ id: callId, contact_id: "p2" }) },
    [`PUT /calls/${callId}/contact`]: { status: 204 },
    "GET /contacts/p2": {
      json: {
        id: "p2",
        version: 1,
        name: "Ramesh Kumar",
        name_hi: "रमेश कुमार",
        phones: [{ e164: "+919000004471", shared: true }],
        flags: [{ kind: "safety", text: "Allergy: penicillin" }],
      },
    },
    "POST /contacts": { status: 201, json: { id: "p9", version: 1, name: "Meena", phones: [] } },
    "POST /reservations/7/accept": { status: 204 },
    [`POST /calls/${callId}/hang-up`]: { status: 204 },
    "POST /cases": { status: 201, json: caseOf() },
    "GET /cases/c1": { json: caseOf({ contact_id: "p2" }) },
    "PUT /cases/c1/draft": { json: { saved_at: iso() } },
    "PATCH /cases/c1": { json: caseOf({ version: 2, contact_id: "p2" }) },
    "POST /cases/c1/report": { status: 201, json: {} },
    "GET /cases/c1/timeline": { json: [{ at: iso(), kind: "opened", title: "Case opened" }] },
    "POST /agents/me/wrap-up/finish": { status: 204 },
  });
});

async function desk(): Promise<TestDesk> {
  const shown = await showDesk(
    <>
      <CallBar
        strip="none"
        onStatus={vi.fn()}
        onLine={vi.fn()}
        onKeypad={vi.fn()}
        onCheckAgain={vi.fn()}
      />
      <Desk />
    </>,
  );
  await act(async () => {
    shown.store.dispatch({ kind: "media_changed", media: { kind: "ready" } });
  });
  return shown;
}
const rings = () => ringing({ call: call({ id: callId, state: "waiting" }) });
const view = (state: "talking" | "wrap_up") => agent(state, { call_id: callId });

describe("the desk while it rings", () => {
  it("opens nobody's record, and sends the choice when the call is answered", async () => {
    const { tell } = await desk();
    await tell(snapshot(agent("ringing"), { reservation: rings() }));
    await expectAccessible();
    await userEvent.setup().keyboard("2");
    expect(screen.getByTestId(`${TESTID.pickItem}-2`).getAttribute("aria-pressed")).toBe("true");
    expect(server.requests("GET", "/contacts/p2")).toEqual([]);
    expect(server.requests("PUT", `/calls/${callId}/contact`)).toEqual([]);
    await tell({ type: "agent_state_changed", agent: view("talking") });
    await screen.findAllByText("Allergy: penicillin");
    expect(server.requests("PUT", `/calls/${callId}/contact`)[0]?.body).toEqual({
      contact_id: "p2",
    });
  });

  it("preselects nobody", async () => {
    const { tell } = await desk();
    await tell(snapshot(agent("ringing"), { reservation: rings() }));
    const chosen = document.querySelectorAll('.picks [aria-pressed="true"]');
    expect(chosen.length).toBe(0);
  });

  it("explains the choice in a sentence and unfolds the ranking by w", async () => {
    const { tell } = await desk();
    await tell(snapshot(agent("ringing"), { reservation: rings() }));
    expect(screen.getByText("You have been idle longest.")).toBeTruthy();
    expect(screen.queryByText("6:12")).toBeNull();
    await userEvent.setup().keyboard("w");
    expect(screen.getByText("6:12")).toBeTruthy();
    await expectAccessible();
  });

  it("takes a new person in place", async () => {
    const { tell } = await desk();
    const user = userEvent.setup();
    await tell(snapshot(agent("ringing"), { reservation: rings() }));
    await user.keyboard("3");
    await user.type(screen.getByTestId(TESTID.newContactName), "Meena");
    const address = (name: string) => screen.getByTestId(`${TESTID.newContactAddress}-${name}`);
    await user.type(address("text"), "12, behind the water tank");
    await user.type(address("ward"), "Ward 41");
    await expectAccessible();
    await user.click(screen.getByTestId(TESTID.newContactSave));
    expect(server.requests("POST", "/contacts")[0]?.body).toEqual({
      name: "Meena",
      address: { text: "12, behind the water tank", ward: "Ward 41" },
      phones: [{ e164: "+919000004471", shared: true }],
    });
  });
});

describe("a whole call by keyboard alone", () => {
  it("is answered, written, ended, filed and released", async () => {
    const { tell } = await desk();
    const user = userEvent.setup();
    await tell(snapshot(agent("ringing"), { reservation: rings() }));
    await user.keyboard("[F2]");
    expect(server.requests("POST", "/reservations/7/accept").length).toBe(1);
    await tell({ type: "agent_state_changed", agent: view("talking") });
    await user.keyboard("2");
    await expectAccessible();

    screen.getByTestId(TESTID.notes).focus();
    await user.keyboard("Fever 2 days. q w j");
    expect((screen.getByTestId(TESTID.notes) as HTMLTextAreaElement).value).toBe(
      "Fever 2 days. q w j",
    );
    await waitFor(() => {
      expect(screen.getByTestId(TESTID.saved).textContent).toContain("saved 14:25:00");
    });
    await user.keyboard("{Shift>}[F2]{/Shift}");
    expect(server.requests("POST", `/calls/${callId}/hang-up`).length).toBe(1);
    await tell({ type: "agent_state_changed", agent: view("wrap_up") });

    await user.keyboard("{Control>}{Enter}{/Control}");
    expect(screen.getByText("Choose an outcome and write the report first.")).toBeTruthy();
    expect(server.requests("POST", "/cases/c1/report")).toEqual([]);

    await user.tab();
    expect(document.activeElement?.getAttribute("role")).toBe("radio");
    await user.keyboard("{ArrowRight}{ArrowLeft}");
    await user.tab();
    await user.keyboard("Rest and fluids.{Control>}{Enter}{/Control}");
    await waitFor(() => {
      expect(server.requests("POST", "/agents/me/wrap-up/finish").length).toBe(1);
    });
    expect(server.requests("POST", "/cases/c1/report")[0]?.body).toEqual({
      text: "Rest and fluids.",
      disposition: "self_care",
    });
    await expectAccessible();
  });
});

describe("a call that needs no words", () => {
  it.each([
    ["1", "silent_call"],
    ["2", "wrong_number"],
  ])("is ended, filed and released by two keys: x %s", async (key, disposition) => {
    const { tell } = await desk();
    const user = userEvent.setup();
    server.on("POST /cases/c1/close", { json: caseOf({ state: "closed" }) });
    await tell(snapshot(view("talking"), { call: call({ id: callId }) }));
    await user.keyboard(`x`);
    await expectAccessible();
    await user.keyboard(key);
    expect(server.requests("POST", `/calls/${callId}/hang-up`).length).toBe(1);
    await tell({ type: "agent_state_changed", agent: view("wrap_up") });
    await waitFor(() => {
      expect(server.requests("POST", "/agents/me/wrap-up/finish").length).toBe(1);
    });
    expect(server.requests("POST", "/cases/c1/report")[0]?.body).toEqual({
      disposition,
      text: expect.stringMatching(/\w/),
    });
    expect(server.requests("POST", "/cases/c1/close").length).toBe(1);
  });

  it("stays in the form when the report is refused", async () => {
    const { tell } = await desk();
    server.on("POST /cases/c1/report", { status: 422, json: { detail: "Say more." } });
    await tell(snapshot(view("talking"), { call: call({ id: callId }) }));
    await userEvent.setup().keyboard("x1");
    await tell({ type: "agent_state_changed", agent: view("wrap_up") });
    expect(await screen.findByText("Say more.")).toBeTruthy();
    expect(server.requests("POST", "/agents/me/wrap-up/finish")).toEqual([]);
  });
});

describe("a desk in another tab", () => {
  it("shows no keys and no writable form here", async () => {
    const shown = await showDesk(
      <>
        <CallBar
          strip="none"
          onStatus={vi.fn()}
          onLine={vi.fn()}
          onKeypad={vi.fn()}
          onCheckAgain={vi.fn()}
        />
        <Desk />
      </>,
      { role: "secondary", other: "talking" },
    );
    await shown.tell(snapshot(view("talking"), { call: call({ id: callId }) }));
    expect(screen.queryByTestId(TESTID.end)).toBeNull();
    expect((screen.getByTestId(TESTID.notes) as HTMLTextAreaElement).disabled).toBe(true);
  });
});
