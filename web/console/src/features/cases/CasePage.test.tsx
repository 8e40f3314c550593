import { act, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { setLanguage } from "../../i18n";
import { expectAccessible, showDesk } from "../../testing/desk";
import { caseOf, iso, lineQuality, vocabulary } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { CasePage } from "./CasePage";

let server: MadeUpServer;
let number = 0;
let id = "";

beforeEach(() => {
  number += 1;
  id = `case-page-${number}`;
  const report = { id: "r1", case_id: id, version: 1, text: "Rest.", disposition: "self_care" };
  server = new MadeUpServer({
    "GET /vocabulary": { json: vocabulary },
    [`GET /cases/${id}`]: { json: caseOf({ id, notes: "Fever" }) },
    [`GET /cases/${id}/reports`]: { json: [{ ...report, filed_by: "u1", filed_at: iso() }] },
    [`GET /cases/${id}/timeline`]: {
      json: [
        { at: iso(), kind: "opened", title: "Case opened", actor: "Asha" },
        {
          at: iso(1_000),
          kind: "interaction",
          title: "x",
          text: "caller_hung_up",
          line_quality: lineQuality({
            verdicts: [
              { verdict: "poor_line", seconds: 5 },
              { verdict: "caller_cannot_hear_you", seconds: 12 },
            ],
          }),
        },
        { at: iso(2_000), kind: "of-a-newer-server", title: "Something new" },
      ],
    },
  });
});

async function open() {
  await showDesk(<CasePage id={id} />);
  const user = userEvent.setup();
  await user.keyboard("{Enter}");
  await screen.findByTestId(TESTID.timeline);
  return user;
}

describe("the page of a case", () => {
  it("shows reports and what happened, in words, newest first", async () => {
    await open();
    const lines = [...document.querySelectorAll(`[data-testid="${TESTID.timeline}"] b`)];
    expect(lines.map((line) => line.textContent)).toEqual([
      "Something new",
      "Contact with the helpline",
      "Case opened",
    ]);
    expect(screen.getByText("Caller hung up")).toBeTruthy();
    expect(screen.getByText("Rest.")).toBeTruthy();
    await expectAccessible();
  });

  it("says how the call sounded, in both languages", async () => {
    await open();
    const sound = screen.getByTestId(TESTID.timelineQuality);
    expect(sound.textContent).toBe(
      "Line quality: good (4.3); 12 s: the caller could not hear the operator; 5 s: poor line",
    );
    await act(async () => setLanguage("hi"));
    expect(sound.textContent).toBe(
      "लाइन की गुणवत्ता: अच्छी (4.3); 12 से.: कॉलर ऑपरेटर को नहीं सुन पाए; 5 से.: ख़राब लाइन",
    );
  });

  it("keeps what was typed when somebody else saved in between", async () => {
    const user = await open();
    server.on(`PATCH /cases/${id}`, { status: 412, json: { type: "version-conflict" } });
    server.on(`GET /cases/${id}`, { json: caseOf({ id, version: 2, notes: "Theirs" }) });
    const notes = screen.getByLabelText("Notes") as HTMLTextAreaElement;
    await user.type(notes, ", cough");
    await user.click(screen.getByText("Save"));
    expect(await screen.findByText(/Your text is still here/)).toBeTruthy();
    expect(notes.value).toBe("Fever, cough");
    await expectAccessible();
    server.on(`PATCH /cases/${id}`, { json: caseOf({ id, version: 3, notes: "Fever, cough" }) });
    await user.click(screen.getByText("Keep mine"));
    await waitFor(() => {
      const versions = server
        .requests("PATCH", `/cases/${id}`)
        .map(({ headers }) => headers.get("if-match"));
      expect(versions).toEqual(['"1"', '"2"']);
    });
  });

  it("is not closed without a report, and says so", async () => {
    const user = await open();
    server.on(`POST /cases/${id}/close`, { status: 409, json: { type: "report-required" } });
    await user.click(screen.getByTestId(TESTID.closeCase));
    expect(await screen.findByText(/A report is required before closing/)).toBeTruthy();
  });

  it("is closed and reopened", async () => {
    const user = await open();
    const closed = caseOf({ id, version: 2, state: "closed" });
    server.on(`POST /cases/${id}/close`, { json: closed });
    server.on(`POST /cases/${id}/reopen`, { json: caseOf({ id, version: 3, state: "open" }) });
    await user.click(screen.getByTestId(TESTID.closeCase));
    await user.click(await screen.findByTestId(TESTID.reopenCase));
    expect(await screen.findByTestId(TESTID.closeCase)).toBeTruthy();
  });
});
