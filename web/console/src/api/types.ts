// The words of the HTTP API and of the event stream, as the screens use them. Types only.

export type Id = string;
/** A reservation is numbered by the floor; the number is only ever echoed back. */
export type ReservationId = number | string;
/** RFC 3339 with the offset of Asia/Kolkata. */
export type Time = string;
export type Language = string;

export const BREAK_REASONS = [
  "meal",
  "rest",
  "training",
  "wellbeing",
  "prayer",
  "technical",
] as const;
export type BreakReason = (typeof BREAK_REASONS)[number];

export const CLASSES = ["emergency", "clinical", "callback_due", "standard", "info"] as const;
export type CallClass = (typeof CLASSES)[number];

export const AGENT_STATES = [
  "offline",
  "available",
  "ringing",
  "talking",
  "on_hold",
  "wrap_up",
  "break",
  "not_responding",
] as const;
export type AgentStateName = (typeof AGENT_STATES)[number];

export interface Me {
  id: Id;
  username: string;
  name: string;
  role: string;
  languages: Language[];
  queues: string[];
}
export interface Session {
  user: Me;
  csrf_token: string;
  expires_at: Time;
}

export type Next = { next: "break"; reason: BreakReason } | { next: "offline" };

export interface AgentView {
  agent: Id;
  name: string;
  state: AgentStateName;
  since?: Time | null;
  until?: Time | null;
  reason?: BreakReason | null;
  next?: Next | null;
  call_id?: Id | null;
  reservation_id?: ReservationId | null;
  media_connected?: boolean;
}

export interface CallView {
  id: Id;
  interaction_id: Id;
  case_id?: Id | null;
  contact_id?: Id | null;
  state: "greeting" | "waiting" | "talking" | "on_hold" | "interrupted" | "ended";
  medium?: "call" | "web_call";
  number?: string | null;
  number_masked?: string | null;
  dialled: string;
  queue: string;
  class: CallClass;
  language?: Language | null;
  arrived_at: Time;
  waited_ms: number;
  talking_since?: Time | null;
}

export interface PickListEntry {
  contact_id: Id;
  name: string;
  name_hi?: string | null;
  sex?: string | null;
  birth_year?: number | null;
  relation?: string | null;
  open_cases: number;
}
export interface PreviousContact {
  at: Time;
  medium: string;
  summary?: string | null;
  outcome?: string | null;
}
export interface Explanation {
  sentence_en: string;
  sentence_hi: string;
  rule_version?: number | string | null;
  candidates: { name: string; idle_ms: number }[];
  eligible?: number | null;
  excluded?: Record<string, number> | null;
  language?: Language | null;
  all_ring?: boolean | null;
}
export interface Ringing {
  reservation_id: ReservationId;
  call: CallView;
  expires_at: Time;
  ring_ms: number;
  explanation?: Explanation | null;
  pick_list: PickListEntry[];
  previous: PreviousContact[];
  people_known: number;
}

export interface QueueView {
  id: string;
  name?: string | null;
  waiting: number;
  longest_wait_ms: number;
}

export type Quality = "good" | "fair" | "poor";

export interface Snapshot {
  type: "snapshot";
  /** Absent for those who take no calls. */
  agent?: AgentView | null;
  reservation?: Ringing | null;
  call?: CallView | null;
  queues: QueueView[];
  server_time: Time;
}
export type ServerFrame = { cursor?: number; at?: Time } & (
  | Snapshot
  | { type: "resumed" }
  | { type: "agent_state_changed"; agent: AgentView }
  | { type: "reservation_ringing"; reservation: Ringing }
  | { type: "reservation_stopped"; reservation_id: ReservationId; cause: string }
  | { type: "call_changed"; call: CallView }
  | { type: "call_ended"; call_id: Id; cause: string }
  | {
      type: "call_quality";
      call_id: Id;
      received: number;
      lost: number;
      jitter_ms: number;
      word: Quality;
    }
  | { type: "queue_changed"; queue: string; waiting: number; longest_wait_ms: number }
  | { type: "alert" }
  | { type: "media_lost"; agent?: Id }
  | { type: "case_saved"; case_id: Id; version: number }
);

export type CaseState = "new" | "open" | "pending" | "escalated" | "resolved" | "closed";
export interface Case {
  id: Id;
  version: number;
  number: string;
  contact_id?: Id | null;
  state: CaseState;
  category?: string | null;
  disposition?: string | null;
  class?: CallClass | null;
  owner?: Id | null;
  summary?: string | null;
  notes?: string | null;
  opened_at: Time;
  updated_at: Time;
  closed_at?: Time | null;
  draft_saved_at?: Time | null;
  /** One's own unsaved draft; only where one case is asked for. */
  draft?: { fields: CaseDraft; saved_at: Time } | null;
}
export interface CaseDraft {
  summary?: string;
  notes?: string;
  category?: string;
  disposition?: string;
  report?: string;
}
export interface Report {
  id: Id;
  case_id: Id;
  version: number;
  text: string;
  disposition: string;
  filed_by: string;
  filed_at: Time;
}
export interface TimelineEntry {
  at: Time;
  /** `interaction`, `report`, `opened`, `edited`, `attached`, `state_changed`. */
  kind: string;
  actor?: string | null;
  title: string;
  text?: string | null;
}

export interface Phone {
  e164: string;
  label?: string | null;
  shared?: boolean;
}
export interface Contact {
  id: Id;
  version: number;
  name: string;
  name_hi?: string | null;
  sex?: string | null;
  birth_year?: number | null;
  language?: Language | null;
  phones: Phone[];
  household?: Id | null;
  relation?: string | null;
  address?: { text?: string | null; ward?: string | null; place?: string | null } | null;
  flags?: { kind: string; text: string; until?: Time | null }[];
  created_at?: Time;
  updated_at?: Time;
}
export interface NewContact {
  name: string;
  name_hi?: string;
  sex?: string;
  birth_year?: number;
  language?: Language;
  phones: Phone[];
  relation?: string;
}

export interface Interaction {
  id: Id;
  case_id?: Id | null;
  contact_id?: Id | null;
  medium?: "call" | "web_call" | null;
  from_masked?: string | null;
  dialled?: string | null;
  queue?: string | null;
  class?: CallClass | null;
  language?: Language | null;
  arrived_at: Time;
  talking_at?: Time | null;
  ended_at?: Time | null;
  outcome?: string | null;
  wait_ms?: number | null;
}

export interface Label {
  key: string;
  parent?: string | null;
  group?: string | null;
  en: string;
  hi: string;
}
export interface Vocabulary {
  categories: Label[];
  dispositions: Label[];
  break_reasons?: unknown[];
  classes?: unknown[];
}

export type HitKind = "contact" | "case" | "interaction";
export interface Hit {
  kind: HitKind;
  id: Id;
  title: string;
  subtitle?: string | null;
  why?: string | null;
  highlights: { field: string; parts: { text: string; hit: boolean }[] }[];
  case_number?: string | null;
  state?: string | null;
  at?: Time | null;
}
export interface SearchAnswer {
  total: number;
  facets: { name: string; values: { value: string; count: number }[] }[];
  hits: Hit[];
  next_cursor?: string | null;
}
export interface SearchQuestion {
  text: string;
  kinds?: HitKind[];
  facets?: Record<string, string[]>;
  cursor?: string;
  limit?: number;
  reason?: string;
}

export interface QueueInfo {
  id: string;
  number: string;
  name_en: string;
  name_hi: string;
}
export interface WebCallView {
  state: "greeting" | "waiting" | "talking" | "on_hold" | "interrupted" | "ended";
  position?: number | null;
  waited_ms?: number | null;
}
