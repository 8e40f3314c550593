// Runs the call machine in one tab: feeds it frames, media changes and key presses, executes its
// effects, and tells React when the state has changed. The only place where machine, softphone and
// event stream meet.
import { signedOut } from "../api/client";
import { EventLink } from "../api/events";
import * as api from "../api/operations";
import { asProblem } from "../api/problem";
import type { CallView } from "../api/types";
import { BoardStore } from "../floor/board-store";
import { INITIAL, step } from "./machine";
import { playLowNote } from "./ringer";
import { Softphone } from "./softphone";
import type { CallEvent, CallState, Command, Effect } from "./state";

/** How long the bar says why something ended or was refused. */
const NOTICE_MS = 5_000;

export class CallStore {
  private state: CallState = INITIAL;
  private readonly listeners = new Set<() => void>();
  private noticeTimer: ReturnType<typeof setTimeout> | undefined;
  readonly softphone: Softphone;
  readonly link: EventLink;
  /** The whole floor, for those who watch it. */
  readonly board = new BoardStore();
  /** Somebody saved a case; whoever shows it reads it again. */
  onCaseSaved: (id: string) => void = () => undefined;

  constructor() {
    this.softphone = new Softphone({
      exchange: async (offer, signal) => (await api.postMedia(offer, signal)).sdp,
      iceServers: api.getIceServers,
      onMedia: (media) => this.dispatch({ kind: "media_changed", media }),
      onBlocked: (blocked) => this.dispatch({ kind: "sound_blocked", blocked }),
    });
    this.link = new EventLink({
      onFrame: (frame) => {
        if (frame.type === "case_saved") this.onCaseSaved(frame.case_id);
        this.dispatch({ kind: "frame", frame, at: Date.now() });
      },
      onSignedOut: signedOut,
      onLost: () => this.dispatch({ kind: "link_lost", at: Date.now() }),
    });
  }

  start(): void {
    this.link.start();
  }

  stop(): void {
    this.link.stop();
    this.softphone.stop();
    clearTimeout(this.noticeTimer);
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): CallState => this.state;

  /** Asks for something by a key or a button. Nothing changes before the floor has said so. */
  ask(command: Command): void {
    this.dispatch({ kind: "asked", command, at: Date.now() });
  }

  dispatch(event: CallEvent): void {
    if (event.kind === "frame") this.board.take(event.frame, event.at);
    const { state, effects } = step(this.state, event);
    if (state !== this.state) {
      const noticed = state.notice !== this.state.notice && state.notice !== null;
      this.state = state;
      if (noticed) this.expireNotice();
      for (const listener of this.listeners) listener();
    }
    for (const effect of effects) this.run(effect);
  }

  private expireNotice(): void {
    clearTimeout(this.noticeTimer);
    this.noticeTimer = setTimeout(() => this.dispatch({ kind: "notice_expired" }), NOTICE_MS);
  }

  private run(effect: Effect): void {
    switch (effect.do) {
      case "accept":
        return this.send({ do: "answer" }, () => api.acceptReservation(effect.reservation_id));
      case "reject":
        return this.send({ do: "decline" }, () => api.rejectReservation(effect.reservation_id));
      case "control":
        return this.send(effect.command, () => control(effect.call_id, effect.command));
      case "want":
        return this.send(effect.command, () => this.want(effect.command));
      case "set_muted":
        return this.softphone.setMuted(effect.muted);
      case "fetch_call":
        return this.refreshCall(effect.call_id);
      case "restart_media":
        void this.softphone.restart();
        return;
      case "low_note":
        return playLowNote();
    }
  }

  /** The pending command is matched by identity, so that a late answer clears nothing newer. */
  private send(command: Command, request: () => Promise<unknown>): void {
    const { pending } = this.state;
    const asked = pending?.do === command.do ? pending : command;
    request().then(
      () => this.dispatch({ kind: "done", command: asked }),
      (error: unknown) => {
        const problem = asProblem(error);
        const kind = problem.offline ? "offline" : problem.kind || String(problem.status);
        this.dispatch({ kind: "refused", command: asked, problem: kind, at: Date.now() });
      },
    );
  }

  private async want(command: Command): Promise<void> {
    if (command.do === "finish") return api.finishWrapUp();
    const agent = await api.putState(wanted(command));
    this.dispatch({ kind: "frame", frame: { type: "agent_state_changed", agent }, at: Date.now() });
  }

  /** Asks for the call again, after something about it was changed. */
  refreshCall(id: string): void {
    api
      .getCall(id)
      .catch(() => callFromRecords(id))
      .then(
        (call) =>
          this.dispatch({ kind: "frame", frame: { type: "call_changed", call }, at: Date.now() }),
        // The stream brings the call too; without either, the bar shows the state alone.
        () => undefined,
      );
  }
}

/** A call that is over lives in the records; a call and its interaction share their id. */
async function callFromRecords(id: string): Promise<CallView> {
  const past = await api.getInteraction(id);
  return {
    id,
    interaction_id: past.id,
    case_id: past.case_id,
    contact_id: past.contact_id,
    state: "ended",
    medium: past.medium ?? "call",
    number_masked: past.from_masked,
    dialled: past.dialled ?? "",
    queue: past.queue ?? "",
    class: past.class ?? "standard",
    language: past.language,
    arrived_at: past.arrived_at,
    waited_ms: past.wait_ms ?? 0,
    talking_since: past.talking_at,
  };
}

function wanted(command: Command): api.Want {
  if (command.do === "break") return { want: "break", reason: command.reason };
  return { want: command.do === "available" ? "available" : "offline" };
}

function control(call: string, command: Command): Promise<unknown> {
  switch (command.do) {
    case "hold":
      return api.holdCall(call);
    case "resume":
      return api.resumeCall(call);
    case "pause_recording":
      return api.pauseRecording(call);
    case "resume_recording":
      return api.resumeRecording(call);
    case "stop_recording":
      return api.withdrawRecording(call);
    case "digits":
      return api.sendDigits(call, command.digits);
    case "hang_up":
    case "answer":
    case "decline":
    case "available":
    case "break":
    case "offline":
    case "finish":
      return api.hangUpCall(call);
  }
}
