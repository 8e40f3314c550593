import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { Recording } from "../../api/types";
import { expectAccessible, showDesk } from "../../testing/desk";
import { iso } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { RecordingPlayer } from "./RecordingPlayer";

let server: MadeUpServer;

beforeEach(() => {
  server = new MadeUpServer({ "GET /recordings/rec-1/audio": { json: {} } });
  vi.stubGlobal(
    "URL",
    Object.assign(URL, { createObjectURL: () => "blob:x", revokeObjectURL: () => undefined }),
  );
});

function kept(part: Partial<Recording> = {}): Recording {
  return {
    id: "rec-1",
    version: 1,
    interaction_id: "i1",
    tier: 1,
    rule: "announced",
    announced: true,
    state: "kept",
    started_at: iso(),
    seconds: 151,
    pauses: [],
    keep_until: iso(86_400_000),
    legal_hold: false,
    ...part,
  };
}

describe("a recording in the timeline", () => {
  it("is fetched when somebody listens, with the reason given for the case", async () => {
    await showDesk(<RecordingPlayer recording={kept()} reason="follow_up" />);
    await expectAccessible();
    expect(server.requests("GET", "/recordings/rec-1/audio")).toHaveLength(0);
    await userEvent.click(await screen.findByTestId(TESTID.recordingPlay));
    expect(await screen.findByTestId(TESTID.recordingSound)).toBeTruthy();
    const [asked] = server.requests("GET", "/recordings/rec-1/audio");
    expect(asked?.headers.get("x-reason")).toBe("follow_up");
    expect(screen.getByLabelText("Recording of the call")).toBeTruthy();
    expect(screen.getAllByRole("img").map((lane) => lane.getAttribute("aria-label"))).toEqual([
      "Caller: sound in 0 % of the time",
      "Operator: sound in 0 % of the time",
    ]);
  });

  it("asks for a reason where the server wants one", async () => {
    const errors = [{ field: "x-reason", message: "Say why." }];
    server.on("GET /recordings/rec-1/audio", { status: 422, json: { type: "invalid", errors } });
    await showDesk(<RecordingPlayer recording={kept()} />);
    const user = userEvent.setup();
    await user.click(await screen.findByTestId(TESTID.recordingPlay));
    const why = await screen.findByTestId(TESTID.recordingReason);
    await expectAccessible();
    server.on("GET /recordings/rec-1/audio", { json: {} });
    await user.type(why, "complaint 17{Enter}");
    await screen.findByTestId(TESTID.recordingSound);
    await waitFor(() => {
      const reasons = server
        .requests("GET", "/recordings/rec-1/audio")
        .map(({ headers }) => headers.get("x-reason"));
      expect(reasons).toEqual([null, "complaint%2017"]);
    });
  });

  it.each([
    [{ state: "recording" }, "Being recorded"],
    [{ state: "not_made", consent: "refused" }, "Not recorded: the caller refused"],
    [{ state: "failed", fault: "the disk is full" }, "Not recorded because of a fault"],
    [{ state: "deleted", deleted_because: "withdrawn" }, "the caller no longer agreed"],
  ])("says what there is instead of sound: %o", async (part, words) => {
    await showDesk(<RecordingPlayer recording={kept(part)} />);
    expect((await screen.findByTestId(TESTID.timelineRecording)).textContent).toContain(words);
    expect(screen.queryByTestId(TESTID.recordingPlay)).toBeNull();
  });
});
