// The call as a pure reducer: (state, event) -> state and effects. The server is the truth: its
// snapshot replaces the state, and no key changes the desk before the floor has said so.
// Sound, title and live regions are derived from the state (signals.ts), not asked for here.
import type {
  AgentView,
  AudioVerdict,
  CallRecording,
  CallView,
  ReservationId,
  ServerFrame,
  Stopped,
  Time,
} from "../api/types";
import type { CallEvent, CallState, Command, Desk, Effect, Step, TalkQuality } from "./state";

export const INITIAL: CallState = {
  agent: null,
  link: { kind: "connecting" },
  media: { kind: "off" },
  station: null,
  desk: { kind: "unknown" },
  next: null,
  queues: [],
  quality: null,
  muted: false,
  blocked: false,
  pending: null,
  notice: null,
  stopping: null,
  skew_ms: 0,
};

export function step(state: CallState, event: CallEvent): Step {
  switch (event.kind) {
    case "link_opened":
      return to({ ...state, link: { kind: "online" } });
    case "link_lost":
      if (state.link.kind === "offline") return ignored(state, "already offline");
      return to({ ...state, link: { kind: "offline", since: event.at } }, lowNote(state));
    case "frame":
      return frame(state, event.frame, event.at);
    case "media_changed":
      return media(state, event);
    case "sound_blocked":
      return to({ ...state, blocked: event.blocked });
    case "mute_toggled":
      if (!inCall(state.desk)) return ignored(state, "no call to mute");
      return to({ ...state, muted: !state.muted }, [{ do: "set_muted", muted: !state.muted }]);
    case "asked":
      return asked(state, event.command, event.at);
    case "done":
      if (state.pending !== event.command) return ignored(state, "answer to an older request");
      // The floor's next word ends these: the key must not come back for a moment in between.
      if (event.command.do === "answer" || event.command.do === "decline") {
        return ignored(state, "the floor says what follows");
      }
      return to({ ...state, pending: null });
    case "refused":
      return to({
        ...state,
        pending: state.pending === event.command ? null : state.pending,
        notice: {
          kind: "refused",
          command: event.command.do,
          problem: event.problem,
          at: event.at,
        },
      });
    case "notice_expired":
      return state.notice ? to({ ...state, notice: null }) : ignored(state, "no notice");
  }
}

/** True while a citizen is on the line. */
export function inCall(desk: Desk): desk is Extract<Desk, { kind: "talking" | "on_hold" }> {
  return desk.kind === "talking" || desk.kind === "on_hold";
}

/** The call this desk has on its table: ringing, live or being written up. */
export function callOf(desk: Desk): CallView | null {
  switch (desk.kind) {
    case "ringing":
      return desk.ringing?.call ?? null;
    case "talking":
    case "on_hold":
    case "wrap_up":
      return desk.call;
    case "unknown":
    case "observer":
    case "offline":
    case "available":
    case "break":
    case "not_responding":
      return null;
  }
}

/** Whether a citizen would hear this person: by telephone, or in the browser. */
export function hasSound({ station, media }: CallState): boolean {
  return station !== null || media.kind === "ready";
}

/** How the talk sounds, while that is known: not without sound, nor by an old word of the server. */
export function heardQuality(state: CallState): TalkQuality | null {
  const known = state.link.kind === "online" && hasSound(state);
  return known && state.desk.kind === "talking" ? state.quality : null;
}

/** What the recording of the live call is doing; null where the line is not recorded. */
export function recordingOf({ desk }: CallState): CallRecording | null {
  return inCall(desk) ? (desk.call?.recording ?? null) : null;
}

/** What is wrong with the sound. Who muted the microphone knows why it is silent; the bar says it. */
export function verdictOf(state: CallState): AudioVerdict | null {
  const verdict = heardQuality(state)?.verdict ?? null;
  return state.muted && verdict === "your_microphone_is_silent" ? null : verdict;
}

function qualityOf(message: Extract<ServerFrame, { type: "call_quality" }>): TalkQuality {
  const { word, caller, operator, verdict } = message;
  return { word, caller, operator, verdict: verdict ?? null };
}

function frame(state: CallState, message: ServerFrame, at: number): Step {
  switch (message.type) {
    case "snapshot":
      return snapshot(state, message, at);
    case "resumed":
      return to({ ...state, link: { kind: "online" } });
    case "agent_state_changed":
      if (state.agent && message.agent.agent !== state.agent) {
        return ignored(state, "another agent's state");
      }
      return agentChanged(state, message.agent, null, at);
    case "reservation_ringing": {
      const { reservation } = message;
      const busy = inCall(state.desk) || state.desk.kind === "wrap_up";
      if (busy) return ignored(state, `a reservation rang while ${state.desk.kind}`);
      const until = local(reservation.expires_at, state.skew_ms);
      const { reservation_id } = reservation;
      const desk: Desk = { kind: "ringing", reservation_id, ringing: reservation, until };
      return to({ ...state, desk, pending: null, notice: null });
    }
    case "reservation_stopped":
      return ringStopped(state, message.reservation_id, message.cause, at);
    case "call_changed":
      return callChanged(state, message.call);
    case "call_ended":
      if (!("call_id" in state.desk) || state.desk.call_id !== message.call_id) {
        return ignored(state, "another call ended");
      }
      return to({ ...state, notice: { kind: "call_ended", cause: message.cause, at } });
    case "call_quality":
      if (state.desk.kind !== "talking" || state.desk.call_id !== message.call_id) {
        return ignored(state, "quality of another call, or of one on hold");
      }
      return to({ ...state, quality: qualityOf(message) });
    case "queue_changed":
      return to({ ...state, queues: queueChanged(state.queues, message) });
    case "media_lost":
      if (state.media.kind === "off") return ignored(state, "no media to lose");
      if (message.agent && state.agent && message.agent !== state.agent) {
        return ignored(state, "another agent's media");
      }
      return to({ ...state, media: { kind: "lost", since: at } }, [{ do: "restart_media" }]);
    case "server_stopping":
      return to({ ...state, stopping: local(message.until, state.skew_ms) });
    case "alert":
    case "alert_acknowledged":
    case "trunk_changed":
    case "case_saved":
      return ignored(state, `${message.type} is not about the call`);
    default:
      return ignored(state, "a frame of a newer server");
  }
}

/** The floor's word on the new state comes before or after this; the bar says why it is quiet. */
function ringStopped(state: CallState, id: ReservationId, cause: Stopped, at: number): Step {
  const { desk } = state;
  const here = desk.kind === "ringing" && desk.reservation_id === id;
  if (cause === "accepted") return ignored(state, "the call follows");
  if (!here && desk.kind !== "available") return ignored(state, "another reservation stopped");
  return to({
    ...state,
    desk: here ? { kind: "available", since: at } : desk,
    pending: here ? null : state.pending,
    notice: { kind: "ring_stopped", cause, at },
  });
}

function snapshot(
  state: CallState,
  message: Extract<ServerFrame, { type: "snapshot" }>,
  at: number,
): Step {
  const skew_ms = Date.parse(message.server_time) - at;
  const base: CallState = {
    ...state,
    link: { kind: "online" },
    // Whoever answers again has started anew.
    stopping: null,
    skew_ms: Number.isFinite(skew_ms) ? skew_ms : 0,
    queues: message.queues,
    pending: null,
    agent: message.agent?.agent ?? null,
  };
  if (!message.agent) {
    return to({ ...base, desk: { kind: "observer" }, next: null, station: null });
  }
  const result = agentChanged(base, message.agent, message.call ?? null, at);
  if (result.state.desk.kind !== "ringing" || !message.reservation) return result;
  const { reservation } = message;
  const until = local(reservation.expires_at, base.skew_ms);
  const desk: Desk = { ...result.state.desk, ringing: reservation, until };
  return { ...result, state: { ...result.state, desk } };
}

function agentChanged(state: CallState, agent: AgentView, told: CallView | null, at: number): Step {
  const desk = deskOf(agent, state, told, at);
  const changed = desk.kind !== state.desk.kind;
  const effects: Effect[] = [];
  if ("call" in desk && desk.call === null) {
    effects.push({ do: "fetch_call", call_id: desk.call_id });
  }
  const live = inCall(desk);
  if (!live && state.muted) effects.push({ do: "set_muted", muted: false });
  return to(
    {
      ...state,
      desk,
      station: agent.station ?? null,
      next: agent.next ?? null,
      muted: live && state.muted,
      // Nobody hears anybody while the caller hears music.
      quality: desk.kind === "talking" ? state.quality : null,
      pending: changed ? null : state.pending,
      notice: desk.kind === "ringing" ? null : state.notice,
    },
    effects,
  );
}

function deskOf(agent: AgentView, state: CallState, told: CallView | null, at: number): Desk {
  const since = local(agent.since, state.skew_ms) ?? at;
  switch (agent.state) {
    case "offline":
      return { kind: "offline" };
    case "available":
      return { kind: "available", since };
    case "ringing": {
      const reservation_id = agent.reservation_id ?? 0;
      const known = state.desk.kind === "ringing" && state.desk.reservation_id === reservation_id;
      if (known && state.desk.kind === "ringing") return state.desk;
      const until = local(agent.until, state.skew_ms);
      return { kind: "ringing", reservation_id, ringing: null, until };
    }
    case "talking":
    case "on_hold": {
      const call_id = agent.call_id ?? "";
      return { kind: agent.state, call_id, call: callNamed(call_id, state.desk, told), since };
    }
    case "wrap_up": {
      const call_id = agent.call_id ?? "";
      const until = local(agent.until, state.skew_ms);
      return { kind: "wrap_up", call_id, call: callNamed(call_id, state.desk, told), until };
    }
    case "break":
      return { kind: "break", reason: agent.reason ?? "rest", since };
    case "not_responding":
      return { kind: "not_responding", since };
  }
}

function callNamed(id: string, desk: Desk, told: CallView | null): CallView | null {
  if (told?.id === id) return told;
  const known = callOf(desk);
  return known?.id === id ? known : null;
}

function callChanged(state: CallState, call: CallView): Step {
  const { desk } = state;
  if (desk.kind === "ringing" && desk.ringing?.call.id === call.id) {
    return to({ ...state, desk: { ...desk, ringing: { ...desk.ringing, call } } });
  }
  if ("call" in desk && desk.call_id === call.id) {
    return to({ ...state, desk: { ...desk, call } });
  }
  return ignored(state, "another call changed");
}

function media(state: CallState, event: Extract<CallEvent, { kind: "media_changed" }>): Step {
  const breaks = !state.station && isBroken(event.media) && !isBroken(state.media);
  return to({ ...state, media: event.media }, breaks ? lowNote(state) : []);
}

/** True while one cannot hear the other, and it is being mended. */
export function isBroken(media: CallState["media"]): boolean {
  return media.kind === "lost" || media.kind === "reconnecting" || media.kind === "voiceless";
}

function asked(state: CallState, command: Command, at: number): Step {
  if (state.pending?.do === command.do && command.do !== "digits") {
    return ignored(state, "already asked");
  }
  const effect = effectOf(state, command);
  if (typeof effect === "string") {
    if (effect !== "no_sound") return ignored(state, effect);
    const notice = { kind: "refused", command: command.do, problem: effect, at } as const;
    return to({ ...state, notice });
  }
  return to({ ...state, pending: command, notice: null }, [effect]);
}

/** Whether the agent's own state can be asked for here; while it rings there is Answer and Decline. */
function mayChange(desk: Desk): boolean {
  return desk.kind !== "unknown" && desk.kind !== "observer" && desk.kind !== "ringing";
}

/** What a command asks of the server here, or why it means nothing here. */
function effectOf(state: CallState, command: Command): Effect | string {
  const { desk } = state;
  switch (command.do) {
    case "answer":
      if (desk.kind !== "ringing") return "nothing rings";
      if (state.station) return "the telephone is answered, not the console";
      return { do: "accept", reservation_id: desk.reservation_id };
    case "decline":
      if (desk.kind !== "ringing") return "nothing rings";
      return { do: "reject", reservation_id: desk.reservation_id };
    case "hold":
      if (desk.kind !== "talking") return "no call to hold";
      return { do: "control", call_id: desk.call_id, command };
    case "resume":
      if (desk.kind !== "on_hold") return "no call on hold";
      return { do: "control", call_id: desk.call_id, command };
    case "pause_recording":
      if (recordingOf(state)?.state !== "on") return "nothing is being recorded";
      return onCall(desk, command);
    case "resume_recording":
      if (recordingOf(state)?.state !== "paused") return "the recording is not paused";
      return onCall(desk, command);
    case "stop_recording":
      if (!["on", "paused"].includes(recordingOf(state)?.state ?? "")) {
        return "nothing is being recorded";
      }
      return onCall(desk, command);
    case "hang_up":
    case "digits":
      return onCall(desk, command);
    case "available":
      if (!mayChange(desk)) return `not while ${desk.kind}`;
      if (desk.kind === "available" && !state.next) return "available already";
      // A caller given to an agent who hears nothing waits for nobody.
      if (!hasSound(state)) return "no_sound";
      return { do: "want", command };
    case "break":
    case "offline":
      if (!mayChange(desk)) return `not while ${desk.kind}`;
      return { do: "want", command };
    case "finish":
      if (desk.kind !== "wrap_up") return "no wrap-up to finish";
      return { do: "want", command };
  }
}

function onCall(desk: Desk, command: Command): Effect | string {
  if (!inCall(desk)) return "no call";
  return { do: "control", call_id: desk.call_id, command };
}

function queueChanged(
  queues: CallState["queues"],
  change: Extract<ServerFrame, { type: "queue_changed" }>,
): CallState["queues"] {
  const { waiting, longest_wait_ms } = change;
  const known = queues.some((queue) => queue.id === change.queue);
  if (!known) {
    const fresh = { id: change.queue, name: change.queue, classes: {} };
    return [...queues, { ...fresh, waiting, longest_wait_ms }];
  }
  return queues.map((queue) =>
    queue.id === change.queue ? { ...queue, waiting, longest_wait_ms } : queue,
  );
}

/** A time of the server on this browser's clock. */
function local(time: Time | null | undefined, skew_ms: number): number | null {
  if (!time) return null;
  const at = Date.parse(time) - skew_ms;
  return Number.isFinite(at) ? at : null;
}

function lowNote(state: CallState): Effect[] {
  return inCall(state.desk) ? [{ do: "low_note" }] : [];
}

function to(state: CallState, effects: Effect[] = []): Step {
  return { state, effects };
}

function ignored(state: CallState, reason: string): Step {
  return { state, effects: [], ignored: reason };
}
