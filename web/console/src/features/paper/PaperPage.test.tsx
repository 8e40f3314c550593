import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { clear } from "idb-keyval";
import { beforeEach, expect, it } from "vitest";
import { setLanguage } from "../../i18n";
import { expectAccessible, showDesk } from "../../testing/desk";
import { caseOf, vocabulary } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { PaperPage } from "./PaperPage";
import { EMPTY, type Paper, wishOf } from "./paper";

const NOW = Date.parse("2026-11-23T10:00:00+05:30");
const FULL: Paper = {
  ...EMPTY,
  day: "2026-11-22",
  time: "21:40",
  phone: " 99990 00001 ",
  disposition: "self_care",
  notes: "बुखार ",
};
let server: MadeUpServer;

beforeEach(async () => {
  setLanguage("en");
  await clear();
  server = new MadeUpServer({
    "GET /queues": {
      json: [{ id: "health", number: "104", name_en: "Health", name_hi: "स्वास्थ्य" }],
    },
    "GET /vocabulary": { json: { ...vocabulary, break_reasons: [], classes: [] } },
    "POST /interactions": { status: 201, json: { interaction: { id: "i1" }, case: caseOf() } },
  });
});

it("asks for what was typed, in India's time, and names what is missing", () => {
  expect(wishOf(FULL, NOW)).toEqual({
    happened_at: "2026-11-22T21:40:00+05:30",
    phone: "99990 00001",
    disposition: "self_care",
    notes: "बुखार",
  });
  expect(wishOf({ ...FULL, time: "" }, NOW)).toBe("when");
  expect(wishOf({ ...FULL, day: "2026-11-24" }, NOW)).toBe("future");
  expect(wishOf({ ...FULL, notes: " " }, NOW)).toBe("incomplete");
  expect(wishOf({ ...FULL, disposition: "" }, NOW)).toBe("incomplete");
  const old = { ...FULL, day: "2026-10-01" };
  expect(wishOf(old, NOW)).toBe("late");
  expect(wishOf({ ...old, whyLate: "flood" }, NOW)).toMatchObject({ why_late: "flood" });
  expect(wishOf({ ...FULL, whyLate: "flood" }, NOW)).not.toHaveProperty("why_late");
});

/** Everything but the reason, as if it were typed. */
async function type(day: string): Promise<void> {
  await showDesk(<PaperPage />);
  await userEvent.click(await screen.findByTestId(`${TESTID.disposition}-self_care`));
  write(TESTID.paperDay, day);
  write(TESTID.paperTime, "21:40");
  write(TESTID.paperNotes, "Fever since Monday");
}

function write(field: string, value: string): void {
  fireEvent.change(screen.getByTestId(field), { target: { value } });
}

const submit = () => fireEvent.click(screen.getByTestId(TESTID.paperSubmit));
const notes = () => (screen.getByTestId(TESTID.paperNotes) as HTMLTextAreaElement).value;

it("enters it once, with the case that it became", async () => {
  await type("2020-01-02");
  submit();
  expect(screen.getByTestId(TESTID.paperProblem).textContent).toContain("30 days");
  write(TESTID.paperWhyLate, "The book was found today");
  await expectAccessible();
  await userEvent.keyboard("{Control>}{Enter}{/Control}");
  expect((await screen.findByTestId(TESTID.paperDone)).textContent).toContain("C-2611-0001");
  const [asked] = server.requests("POST", "/interactions");
  expect(asked?.headers.get("idempotency-key")).toBeTruthy();
  expect(asked?.body).toMatchObject({
    happened_at: "2020-01-02T21:40:00+05:30",
    why_late: "The book was found today",
  });
  expect(notes()).toBe("");
});

it("keeps what was typed when the server is away, and enters it later", async () => {
  await type("2020-01-02");
  write(TESTID.paperWhyLate, "flood");
  server.offline = true;
  submit();
  const problem = screen.getByTestId(TESTID.paperProblem);
  await waitFor(() => expect(problem.textContent).toContain("kept"));
  expect(notes()).toContain("Fever");
  server.offline = false;
  submit();
  expect(await screen.findByTestId(TESTID.paperDone)).toBeTruthy();
});
