import { act, fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import type { CallRecording } from "../../api/types";
import { setLanguage } from "../../i18n";
import { expectAccessible, showDesk } from "../../testing/desk";
import { agent, call, iso, NOW, snapshot } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { RecordingLine, RecordingMark } from "./RecordingMark";

let server: MadeUpServer;

beforeEach(() => {
  vi.setSystemTime(NOW);
  server = new MadeUpServer({
    "POST /calls/call-1/recording/pause": { status: 204 },
    "POST /calls/call-1/recording/resume": { status: 204 },
    "POST /calls/call-1/recording/stop": { status: 204 },
  });
});

async function talking(recording?: CallRecording) {
  const desk = await showDesk(
    <main>
      <RecordingMark />
      <RecordingLine />
    </main>,
  );
  await desk.tell(snapshot(agent("talking"), { call: call({ recording }) }));
  const changes = (to: CallRecording) =>
    desk.tell({ type: "call_changed", call: call({ recording: to }) });
  return { desk, changes, user: userEvent.setup() };
}

const ON: CallRecording = { state: "on", announced: true };
const PAUSED: CallRecording = { state: "paused", announced: true, paused_until: iso(90_000) };
const mark = () => screen.getByTestId(TESTID.recording);
const line = () => screen.getByTestId(TESTID.recordingLine);
const key = (shiftKey = false) =>
  fireEvent.keyDown(document.body, { code: "F9", key: "F9", shiftKey });
const asked = (what: string) => server.requests("POST", `/calls/call-1/recording/${what}`);

describe("the mark of the recording", () => {
  it("is not there where nothing is recorded", async () => {
    await talking();
    expect(screen.queryByTestId(TESTID.recording)).toBeNull();
    expect(line().textContent).toBe("");
  });

  it("pauses and resumes by key and by click, with the time left", async () => {
    const { changes, user } = await talking(ON);
    expect(mark().textContent).toBe("Recording");
    key();
    await waitFor(() => expect(asked("pause")).toHaveLength(1));
    await changes(PAUSED);
    expect(mark().textContent).toBe("Recording paused 01:30");
    expect(mark().getAttribute("aria-pressed")).toBe("true");
    expect(line().textContent).toMatch(/Nothing is recorded/);
    await expectAccessible();
    await user.click(mark());
    await waitFor(() => expect(asked("resume")).toHaveLength(1));
  });

  it("asks the operator to tell a caller who has not heard it", async () => {
    const { user } = await talking({ ...ON, announced: false });
    expect(line().textContent).toMatch(/The caller has not heard that this call is recorded/);
    await act(async () => setLanguage("hi"));
    expect(line().textContent).toMatch(/कॉलर को नहीं बताया गया/);
    await expectAccessible();
    await user.click(screen.getByText("मैंने बता दिया"));
    expect(line().textContent).toBe("");
  });

  it("ends and deletes it only when asked twice", async () => {
    const { user, changes } = await talking(ON);
    key(true);
    expect(asked("stop")).toHaveLength(0);
    expect(line().textContent).toMatch(/delete what was recorded\?/);
    await user.click(screen.getByText("Go on recording"));
    key(true);
    key(true);
    await waitFor(() => expect(asked("stop")).toHaveLength(1));
    await changes({ state: "no_consent", announced: true });
    expect(mark().textContent).toBe("Not recorded");
    key();
    expect(asked("pause")).toHaveLength(0);
  });

  it("says when there is a fault", async () => {
    await talking({ state: "failed", announced: true });
    expect(mark().textContent).toBe("Not recorded: fault");
    expect(line().textContent).toMatch(/because of a fault/);
    await expectAccessible();
  });
});
