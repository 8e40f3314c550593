import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { RosterEntry } from "../../api/types";
import { setLanguage } from "../../i18n";
import { expectAccessible, showDesk } from "../../testing/desk";
import { iso, rosterSpan, rosterWeek, session } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { RosterPage } from "./RosterPage";

const QUEUES = [{ id: "health", number: "104", name_en: "Health", name_hi: "स्वास्थ्य" }];
const ENTRY: RosterEntry = {
  id: "e1",
  version: 3,
  agent: "u1",
  plan: {
    kind: "shift",
    days: [0, 1],
    from: "2026-11-23",
    start_minute: 1320,
    minutes: 540,
  },
  note: "",
  removed: false,
  changed_by: "u9",
  changed_at: iso(),
};
const NIGHT = rosterSpan({ from: "2026-11-23T22:00:00+05:30", until: "2026-11-24T07:00:00+05:30" });
let server: MadeUpServer;

beforeEach(() => {
  vi.setSystemTime(Date.parse("2026-11-23T10:00:00+05:30"));
  setLanguage("en");
  server = new MadeUpServer({
    "GET /queues": { json: QUEUES },
    "GET /roster": { json: rosterWeek({ entries: [ENTRY], spans: [NIGHT] }) },
    "POST /roster/entries": { status: 201, json: ENTRY },
    "PUT /roster/entries/e1": { json: ENTRY },
    "DELETE /roster/entries/e1": { json: { ...ENTRY, version: 4, removed: true } },
    "POST /roster/entries/e1/restore": { json: { ...ENTRY, version: 5 } },
    "POST /roster/copy": { status: 201, json: { added: [], already: 1 } },
    "PUT /roster/needs/health": { json: { queue: "health", version: 1, seats: [] } },
  });
});

afterEach(() => {
  vi.useRealTimers();
});

/** What the dialog says was wrong. */
function refusal(): string | null | undefined {
  return within(screen.getByTestId(TESTID.rosterDialog)).queryByRole("alert")?.textContent;
}

const supervisor = { ...session, user: { ...session.user, role: "supervisor" as const } };

async function show(who = supervisor) {
  const shown = await showDesk(<RosterPage />, undefined, who);
  await screen.findByTestId(TESTID.roster);
  return shown;
}

it.each(["en", "hi"] as const)(
  "shows a week by agent, shifts over midnight, in %s",
  async (lang) => {
    setLanguage(lang);
    await show();
    const bar = await screen.findByTestId(TESTID.rosterShift);
    expect(bar.textContent).toBe("22–07");
    expect(bar.getAttribute("aria-label")).toContain("22–07");
    expect(screen.getAllByTestId(TESTID.rosterAdd)).toHaveLength(14);
    await expectAccessible();
  },
);

it("goes by arrow keys and adds what is typed, once", async () => {
  const keyboard = userEvent.setup();
  await show();
  await screen.findByTestId(TESTID.rosterGrid);
  await keyboard.keyboard("g{ArrowDown}{ArrowRight}");
  expect(document.activeElement?.getAttribute("aria-label")).toContain("Bela, Tue");
  await keyboard.keyboard("{Enter}");
  expect(screen.getByTestId(TESTID.rosterDialog).textContent).toContain("Bela");
  await expectAccessible();
  await keyboard.clear(screen.getByTestId(TESTID.rosterEnd));
  await keyboard.click(screen.getByTestId(TESTID.rosterSave));
  expect(refusal()).toContain("missing");
  await keyboard.click(screen.getByText("22:00–06:00"));
  await keyboard.click(screen.getByTestId(TESTID.rosterSave));
  await waitFor(() => expect(screen.queryByTestId(TESTID.rosterDialog)).toBeNull());
  const [asked] = server.requests("POST", "/roster/entries");
  expect(asked?.headers.get("idempotency-key")).toBeTruthy();
  expect(asked?.body).toEqual({
    agent: "u2",
    note: "",
    plan: {
      kind: "shift",
      days: [1],
      from: "2026-11-24",
      until: "2026-11-24",
      start_minute: 1320,
      minutes: 480,
    },
  });
  expect(document.activeElement?.getAttribute("aria-label")).toContain("Bela, Tue");
});

it("moves a shift to somebody else on the version read, and says a refusal", async () => {
  const keyboard = userEvent.setup();
  server.on("PUT /roster/entries/e1", {
    status: 412,
    json: { type: "version-conflict", detail: "…" },
  });
  await show();
  await keyboard.click(await screen.findByTestId(TESTID.rosterShift));
  await keyboard.selectOptions(screen.getByTestId(TESTID.rosterWho), "u2");
  await keyboard.click(screen.getByTestId(TESTID.rosterSave));
  await waitFor(() => expect(refusal()).toContain("Somebody else"));
  const [asked] = server.requests("PUT", "/roster/entries/e1");
  expect(asked?.headers.get("if-match")).toBe('"3"');
  expect(asked?.body).toMatchObject({ agent: "u2" });
});

it("takes a shift out, and puts it back", async () => {
  const keyboard = userEvent.setup();
  await show();
  await keyboard.click(await screen.findByTestId(TESTID.rosterShift));
  await keyboard.click(screen.getByTestId(TESTID.rosterRemove));
  await keyboard.click(await screen.findByTestId(TESTID.rosterUndo));
  await waitFor(() => expect(screen.queryByTestId(TESTID.rosterUndo)).toBeNull());
  expect(server.requests("DELETE", "/roster/entries/e1")[0]?.headers.get("if-match")).toBe('"3"');
  const [back] = server.requests("POST", "/roster/entries/e1/restore");
  expect(back?.headers.get("if-match")).toBe('"4"');
});

it("takes one day out of a shift of every week", async () => {
  const keyboard = userEvent.setup();
  await show();
  await keyboard.click(await screen.findByTestId(TESTID.rosterShift));
  await keyboard.click(screen.getByTestId(TESTID.rosterSkip));
  await waitFor(() => expect(server.requests("POST", "/roster/entries")).toHaveLength(1));
  expect(server.requests("POST", "/roster/entries")[0]?.body).toEqual({
    agent: "u1",
    plan: { kind: "leave", of: "e1", from: "2026-11-23", until: "2026-11-23", reason: "other" },
  });
});

it("sets a need and shows where seats are too few", async () => {
  const keyboard = userEvent.setup();
  const needs = [{ queue: "health", version: 7, seats: Array(168).fill(1) }];
  server.on("GET /roster", { json: rosterWeek({ entries: [ENTRY], spans: [NIGHT], needs }) });
  await show();
  const gaps = await screen.findAllByTestId(TESTID.rosterGap);
  expect(gaps.map(({ textContent }) => textContent)).toHaveLength(2);
  expect(gaps[0]?.textContent).toContain("0 of 1");
  await keyboard.keyboard("d");
  await keyboard.clear(screen.getByTestId(TESTID.rosterSeats));
  await keyboard.type(screen.getByTestId(TESTID.rosterSeats), "2");
  await expectAccessible();
  await keyboard.click(screen.getByTestId(TESTID.rosterSave));
  await waitFor(() => expect(server.requests("PUT", "/roster/needs/health")).toHaveLength(1));
  const [asked] = server.requests("PUT", "/roster/needs/health");
  expect(asked?.headers.get("if-match")).toBe('"7"');
  expect(asked?.body).toEqual({ seats: Array(168).fill(2) });
});

it("copies the week to the next", async () => {
  const keyboard = userEvent.setup();
  await show();
  await keyboard.click(await screen.findByTestId(TESTID.rosterCopy));
  await waitFor(() => expect(server.requests("POST", "/roster/copy")).toHaveLength(1));
  const [asked] = server.requests("POST", "/roster/copy");
  expect(asked?.body).toEqual({ from: "2026-11-23", to: "2026-11-30" });
});

it("says when nothing is planned", async () => {
  server.on("GET /roster", { json: rosterWeek() });
  await show();
  expect(await screen.findByText(/No shift is planned/)).toBeTruthy();
});

it("shows agents their own shifts, and nothing to change", async () => {
  await show(session as typeof supervisor);
  const days = await screen.findAllByTestId(TESTID.rosterOwnDay);
  expect(days[0]?.textContent).toContain("22:00–07:00 on the next day");
  expect(days[1]?.textContent).toContain("no shift");
  expect(screen.queryByTestId(TESTID.rosterAdd)).toBeNull();
  await expectAccessible();
});
