// What the console knows of the call: its states, the events that reach it and the effects it asks
// for. Types only; machine.ts holds the transitions. The names of the desk's states are the floor's
// own; `connecting` and `offline` of the link, and the media, are what only a browser knows.
import type {
  AudioVerdict,
  BreakReason,
  CallView,
  Id,
  Next,
  Quality,
  QueueView,
  ReservationId,
  Ringing,
  ServerFrame,
  SideQuality,
  StationView,
  Stopped,
} from "../api/types";

/** The event stream. Sound and screen fail apart: a lost link does not touch the media. */
export type Link = { kind: "connecting" } | { kind: "online" } | { kind: "offline"; since: number };

export type MediaRefusal = "no_microphone" | "permission" | "busy" | "unsupported";

/** The one peer connection of the shift. */
export type Media =
  | { kind: "off" }
  | { kind: "starting" }
  | { kind: "ready" }
  /** The same connection looks for another way; the sound may be back in a moment. */
  | { kind: "reconnecting"; since: number }
  /** The far end is heard; our microphone is gone and is looked for. */
  | { kind: "voiceless"; since: number }
  /** A new connection must be made. */
  | { kind: "lost"; since: number }
  | { kind: "refused"; why: MediaRefusal };

/** What the floor says this agent is doing. Times are milliseconds of this browser's clock. */
export type Desk =
  | { kind: "unknown" }
  /** This account takes no calls. */
  | { kind: "observer" }
  | { kind: "offline" }
  | { kind: "available"; since: number }
  | {
      kind: "ringing";
      reservation_id: ReservationId;
      ringing: Ringing | null;
      until: number | null;
    }
  | { kind: "talking"; call_id: Id; call: CallView | null; since: number }
  | { kind: "on_hold"; call_id: Id; call: CallView | null; since: number }
  | { kind: "wrap_up"; call_id: Id; call: CallView | null; until: number | null }
  | { kind: "break"; reason: BreakReason; since: number }
  | { kind: "not_responding"; since: number };

/** What a person asks for by a key or a button. */
export type Command =
  | { do: "answer" }
  | { do: "decline" }
  | { do: "hold" }
  | { do: "resume" }
  | { do: "hang_up" }
  | { do: "pause_recording" }
  | { do: "resume_recording" }
  | { do: "stop_recording" }
  | { do: "digits"; digits: string }
  | { do: "available" }
  | { do: "break"; reason: BreakReason }
  | { do: "offline" }
  | { do: "finish" };

/** Something the bar says for a few seconds. */
export type Notice =
  | { kind: "ring_stopped"; cause: Stopped; at: number }
  | { kind: "call_ended"; cause: string; at: number }
  | { kind: "refused"; command: Command["do"]; problem: string; at: number };

/** How the talk sounded in the last second. */
export interface TalkQuality {
  /** For the worse direction. */
  word: Quality;
  caller: SideQuality;
  operator: SideQuality;
  verdict: AudioVerdict | null;
}

export interface CallState {
  /** Whose desk this is; a supervisor's stream brings other agents too. */
  agent: Id | null;
  link: Link;
  media: Media;
  /** The telephone that rings instead of this browser's sound. */
  station: StationView | null;
  desk: Desk;
  /** The state that follows this one, asked for while busy. */
  next: Next | null;
  queues: QueueView[];
  /** Null while nobody talks, or nothing is known. */
  quality: TalkQuality | null;
  muted: boolean;
  /** The browser plays nothing before a click or a key press on this page. */
  blocked: boolean;
  /** Sent and not yet answered; its key waits. */
  pending: Command | null;
  notice: Notice | null;
  /** When the server ends what calls are left, by this clock; null unless it is stopping. */
  stopping: number | null;
  /** Server clock minus this browser's clock, so that countdowns agree with the floor. */
  skew_ms: number;
}

export type CallEvent =
  | { kind: "link_opened" }
  | { kind: "link_lost"; at: number }
  | { kind: "frame"; frame: ServerFrame; at: number }
  | { kind: "media_changed"; media: Media }
  | { kind: "sound_blocked"; blocked: boolean }
  | { kind: "mute_toggled" }
  | { kind: "asked"; command: Command; at: number }
  | { kind: "done"; command: Command }
  | { kind: "refused"; command: Command; problem: string; at: number }
  | { kind: "notice_expired" };

export type Effect =
  | { do: "accept"; reservation_id: ReservationId }
  | { do: "reject"; reservation_id: ReservationId }
  | { do: "control"; call_id: Id; command: Command }
  | { do: "want"; command: Command }
  | { do: "set_muted"; muted: boolean }
  | { do: "fetch_call"; call_id: Id }
  | { do: "restart_media" }
  | { do: "low_note" };

export interface Step {
  state: CallState;
  effects: Effect[];
  /** Why nothing changed. An event that cannot happen here is a value, not an error. */
  ignored?: string;
}
