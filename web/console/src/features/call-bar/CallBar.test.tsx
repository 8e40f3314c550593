import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { AGENT_STATES, type AgentStateName } from "../../api/types";
import { setLanguage } from "../../i18n";
import { expectAccessible, showDesk, type TestDesk } from "../../testing/desk";
import { agent, call, iso, NOW, quality, ringing, snapshot } from "../../testing/fixtures";
import { MadeUpServer } from "../../testing/server";
import { TESTID } from "../../ui/testid";
import { CallBar } from "./CallBar";
import { LineFigures } from "./LineMark";
import { StatusMenu } from "./StatusMenu";

let server: MadeUpServer;
const props = {
  strip: "none" as const,
  onStatus: vi.fn(),
  onLine: vi.fn(),
  onKeypad: vi.fn(),
  onCheckAgain: vi.fn(),
};

afterEach(() => vi.clearAllMocks());
beforeEach(() => {
  vi.setSystemTime(NOW);
  document.body.replaceChildren();
  server = new MadeUpServer({
    "GET /calls/call-1": { json: call() },
    "POST /reservations/7/accept": { status: 204 },
    "POST /calls/call-1/hold": { status: 204 },
    "POST /calls/call-1/hang-up": { status: 204 },
    "PUT /agents/me/state": { json: agent("available") },
  });
});

async function bar(state: AgentStateName): Promise<TestDesk> {
  const desk = await showDesk(<CallBar {...props} />);
  await act(async () => {
    desk.store.dispatch({ kind: "media_changed", media: { kind: "ready" } });
  });
  const extra = state === "ringing" ? { reservation: ringing() } : { call: call() };
  await desk.tell(snapshot(agent(state), extra));
  return desk;
}

describe("the call bar", () => {
  it.each(AGENT_STATES)("is accessible and says its state in words: %s", async (state) => {
    await bar(state);
    expect(screen.getByTestId(TESTID.bar).dataset.state).toBe(state);
    await expectAccessible();
    await act(async () => setLanguage("hi"));
    expect(screen.getByTestId(TESTID.barState).textContent).toMatch(/[\u0900-\u097f]/);
    await expectAccessible();
  });

  it("counts the ringing down and names the class", async () => {
    await bar("ringing");
    expect(screen.getByTestId(TESTID.barTimer).textContent).toContain("00:20");
    expect(screen.getByTestId(TESTID.barTimer).textContent).toContain("of 20 s");
    expect(screen.getByText("Clinical")).toBeTruthy();
    expect(document.activeElement).toBe(screen.getByTestId(TESTID.answer));
  });

  it("leaves answering to the telephone that rings, and can decline", async () => {
    const desk = await showDesk(<CallBar {...props} />);
    const station = { address: "sip:201@10.0.0.5:5060", state: "ringing" } as const;
    await desk.tell(snapshot(agent("ringing", { station }), { reservation: ringing() }));
    expect(screen.getByTestId(TESTID.telephoneRings).textContent).toContain("lift the handset");
    expect(screen.queryByTestId(TESTID.answer)).toBeNull();
    server.on("POST /reservations/7/reject", { status: 204 });
    const user = userEvent.setup();
    await user.keyboard("[F2]{Shift>}[F2]{/Shift}");
    expect(server.requests("POST", "/reservations/7/accept").length).toBe(0);
    expect(server.requests("POST", "/reservations/7/reject").length).toBe(1);
    await expectAccessible();
    await act(async () => setLanguage("hi"));
    expect(screen.getByTestId(TESTID.telephoneRings).textContent).toMatch(/[\u0900-\u097f]/);
  });

  it("lets who has a telephone be available without the browser's sound", async () => {
    const desk = await showDesk(<CallBar {...props} />);
    const station = { address: "sip:201@10.0.0.5:5060", state: "ready" } as const;
    await desk.tell(snapshot(agent("offline", { station, media_connected: false })));
    await userEvent.setup().keyboard("[F2]");
    expect(server.requests("PUT", "/agents/me/state").length).toBe(1);
    await desk.tell(snapshot(agent("talking", { station }), { call: call() }));
    expect(screen.queryByTestId(TESTID.mute)).toBeNull();
    expect(screen.getByText("You talk on your telephone")).toBeTruthy();
    await expectAccessible();
  });

  it("is answered by F2, and asks once", async () => {
    await bar("ringing");
    const user = userEvent.setup();
    await user.keyboard("[F2][F2]");
    expect(server.requests("POST", "/reservations/7/accept").length).toBe(1);
  });

  it("holds by F4 and ends by Shift+F2 from inside a text field", async () => {
    await bar("talking");
    const notes = document.createElement("textarea");
    document.body.append(notes);
    notes.focus();
    const user = userEvent.setup();
    await user.keyboard("[F4]{Shift>}[F2]{/Shift}");
    expect(server.requests("POST", "/calls/call-1/hold").length).toBe(1);
    expect(server.requests("POST", "/calls/call-1/hang-up").length).toBe(1);
    notes.remove();
  });

  it("mutes by F8 and says that nobody hears", async () => {
    await bar("talking");
    await userEvent.setup().keyboard("[F8]");
    expect(screen.getByTestId(TESTID.mute).getAttribute("aria-pressed")).toBe("true");
    expect(screen.getByText(/nobody hears you/)).toBeTruthy();
  });

  it("says to keep talking when the screen is offline", async () => {
    const desk = await bar("talking");
    await act(async () => desk.store.dispatch({ kind: "link_lost", at: NOW }));
    expect(screen.getByTestId(TESTID.barNotice).textContent).toContain("Keep talking");
    expect((screen.getByTestId(TESTID.end) as HTMLButtonElement).disabled).toBe(false);
    await expectAccessible();
  });

  it("says that the helpline stops, and by when a call must be over", async () => {
    const desk = await bar("talking");
    const frame = { type: "server_stopping", until: iso(30_000) } as const;
    await act(async () => desk.store.dispatch({ kind: "frame", frame, at: NOW }));
    expect(screen.getByTestId(TESTID.barNotice).textContent).toContain("Finish the call");
    await expectAccessible();
  });

  it("says in a word how the line sounds, and offers the figures", async () => {
    const desk = await bar("talking");
    expect(screen.queryByTestId(TESTID.lineQuality)).toBeNull();
    await desk.tell(quality());
    const mark = screen.getByTestId(TESTID.lineQuality);
    expect(mark.textContent).toBe("Line quality: good");
    expect(mark.title).toContain("MOS 4.4 / 4.4 · loss 0.5 / 0.0 % · jitter 4 / 2 ms");
    expect(mark.title).toContain("round trip 80 / – ms");
    await userEvent.setup().click(mark);
    expect(mark.getAttribute("aria-expanded")).toBe("false");
    expect(props.onLine).toHaveBeenCalledOnce();
    await expectAccessible();
    await desk.tell(quality({ word: "poor" }));
    expect(screen.getByTestId(TESTID.lineQuality).textContent).toContain("poor");
    await act(async () => setLanguage("hi"));
    expect(screen.getByTestId(TESTID.lineQuality).textContent).toContain("ख़राब");
    await desk.tell({ type: "agent_state_changed", agent: agent("on_hold") });
    expect(screen.queryByTestId(TESTID.lineQuality)).toBeNull();
  });

  it("says that the sound is lost and connects by itself", async () => {
    const desk = await bar("talking");
    await act(async () =>
      desk.store.dispatch({ kind: "media_changed", media: { kind: "lost", since: NOW } }),
    );
    expect(screen.getByTestId(TESTID.barNotice).textContent).toContain("Sound lost");
  });

  it("says that the audio is being reconnected, and takes no key away", async () => {
    const desk = await bar("talking");
    await act(async () =>
      desk.store.dispatch({ kind: "media_changed", media: { kind: "reconnecting", since: NOW } }),
    );
    expect(screen.getByTestId(TESTID.barNotice).textContent).toContain("Reconnecting the audio…");
    expect((screen.getByTestId(TESTID.end) as HTMLButtonElement).disabled).toBe(false);
    await expectAccessible();
  });

  it("says why it stopped ringing", async () => {
    const desk = await bar("ringing");
    await desk.tell({ type: "reservation_stopped", reservation_id: 7, cause: "caller_left" });
    expect(screen.getByTestId(TESTID.barNotice).textContent).toContain("The caller hung up");
  });

  it("offers the headset check instead of F2 while there is no microphone", async () => {
    const desk = await bar("offline");
    await act(async () =>
      desk.store.dispatch({
        kind: "media_changed",
        media: { kind: "refused", why: "no_microphone" },
      }),
    );
    await userEvent.setup().keyboard("[F2]");
    expect(props.onCheckAgain).toHaveBeenCalledOnce();
    expect(server.requests("PUT", "/agents/me/state")).toEqual([]);
  });

  it("shows what comes next", async () => {
    const desk = await bar("talking");
    const next = { next: "break", reason: "meal" } as const;
    await desk.tell({ type: "agent_state_changed", agent: agent("talking", { next }) });
    expect(screen.getByText("Then: break (Meal)")).toBeTruthy();
  });
});

describe("the figures of the line", () => {
  it("are those of the last second, in both languages, while somebody talks", async () => {
    const desk = await showDesk(<LineFigures />);
    await act(async () => {
      desk.store.dispatch({ kind: "media_changed", media: { kind: "ready" } });
    });
    await desk.tell(snapshot(agent("talking"), { call: call() }), quality());
    const shown = screen.getByTestId(TESTID.lineFigures);
    expect(shown.textContent).toContain("caller / you: MOS 4.4 / 4.4 · loss 0.5 / 0.0 %");
    await expectAccessible();
    await act(async () => setLanguage("hi"));
    expect(shown.textContent).toContain("आना-जाना 80 / – ms");
    await desk.tell({ type: "agent_state_changed", agent: agent("on_hold") });
    expect(screen.queryByTestId(TESTID.lineFigures)).toBeNull();
  });
});

describe("the status menu", () => {
  it("is chosen from by number and gives a reason", async () => {
    const close = vi.fn();
    const desk = await showDesk(<StatusMenu onClose={close} />);
    await desk.tell(snapshot(agent("available")));
    await expectAccessible();
    await userEvent.setup().keyboard("2");
    expect(server.requests("PUT", "/agents/me/state")[0]?.body).toEqual({
      want: "break",
      reason: "rest",
    });
    expect(close).toHaveBeenCalledOnce();
  });

  it("takes back what comes next", async () => {
    const desk = await showDesk(<StatusMenu onClose={vi.fn()} />);
    await act(async () => {
      desk.store.dispatch({ kind: "media_changed", media: { kind: "ready" } });
    });
    await desk.tell(snapshot(agent("talking", { next: { next: "offline" } }), { call: call() }));
    await userEvent.setup().click(screen.getByTestId(TESTID.statusCancelNext));
    expect(server.requests("PUT", "/agents/me/state")[0]?.body).toEqual({ want: "available" });
  });
});
