// The words of the HTTP API and of the event stream by the names the screens use. All come from
// schema.gen.ts, which is generated from openapi.json; nothing is defined twice. Types only, but for
// the lists that a screen walks through.
import type { components } from "./schema.gen";

type Schemas = components["schemas"];

export type Id = string;
/** RFC 3339 with the offset of Asia/Kolkata. */
export type Time = string;

export type BreakReason = Schemas["BreakReason"];
export const BREAK_REASONS = [
  "meal",
  "rest",
  "training",
  "wellbeing",
  "prayer",
  "technical",
] as const satisfies readonly BreakReason[];

export type CallClass = Schemas["Class"];
export const CLASSES = [
  "emergency",
  "clinical",
  "callback_due",
  "standard",
  "info",
] as const satisfies readonly CallClass[];

export type AgentStateName = Schemas["AgentStateName"];
export const AGENT_STATES = [
  "offline",
  "available",
  "ringing",
  "talking",
  "on_hold",
  "wrap_up",
  "break",
  "not_responding",
] as const satisfies readonly AgentStateName[];

export type AgentView = Schemas["AgentView"];
export type StationView = Schemas["StationView"];
export type AlertView = Schemas["AlertView"];
export type Callback = Schemas["Callback"];
export type FloorView = Schemas["FloorView"];
export type ForceReason = Schemas["ForceReason"];
export const FORCE_REASONS = [
  "coverage",
  "end_of_shift",
  "left_desk",
  "wellbeing",
  "technical",
  "other",
] as const satisfies readonly ForceReason[];
export type CallView = Schemas["CallView"];
export type Case = Schemas["Case"];
export type CaseDraft = Schemas["DraftFields"];
export type CaseState = Schemas["CaseState"];
export const CASE_STATES = [
  "new",
  "open",
  "pending",
  "escalated",
  "resolved",
  "closed",
] as const satisfies readonly CaseState[];
export type Contact = Schemas["Contact"];
export type Explanation = Schemas["Explanation"];
export type Interaction = Schemas["Interaction"];
export type Label = Schemas["Label"];
export type NewContact = Schemas["ContactDetails"];
export type NewPaperCall = Schemas["PaperCall"];
export type Next = Schemas["NextState"];
export type PickListEntry = Schemas["PickListEntry"];
export type PreviousContact = Schemas["PreviousContact"];
export type LineQuality = Schemas["LineQuality"];
export type CallRecording = Schemas["CallRecording"];
export type Recording = Schemas["Recording"];
export type Quality = Schemas["QualityWord"];
export type SideQuality = Schemas["SideQuality"];
export type AudioVerdict = Schemas["AudioVerdict"];
export const AUDIO_VERDICTS = [
  "caller_cannot_hear_you",
  "you_cannot_hear_caller",
  "your_microphone_is_silent",
  "caller_is_silent",
  "poor_line",
] as const satisfies readonly AudioVerdict[];
export type QueueView = Schemas["QueueView"];
export type Report = Schemas["Report"];
export type ReservationId = Ringing["reservation_id"];
export type Ringing = Schemas["Ringing"];
export type RosterEntry = Schemas["RosterEntry"];
export type RosterSpan = Schemas["RosterSpan"];
export type RosterWeek = Schemas["RosterWeek"];
export type RosterWish = Schemas["RosterWish"];
export type LeaveReason = Schemas["LeaveReason"];
export const LEAVE_REASONS = [
  "planned",
  "sick",
  "training",
  "other",
] as const satisfies readonly LeaveReason[];
export type SearchAnswer = Schemas["SearchAnswer"];
export type SearchQuestion = Schemas["SearchQuestion"];
export const KINDS = ["contact", "case", "interaction"] as const;
export type HitKind = (typeof KINDS)[number];
/** The schema leaves the kind of a hit open; these are the kinds there are. */
export type Hit = Omit<Schemas["SearchHit"], "kind"> & { kind: HitKind };
export type Session = Schemas["Session"];
export type Stopped = Schemas["Stopped"];
export type TimelineEntry = Schemas["TimelineEntry"];
export type Trunk = Schemas["Trunk"];
export type Vocabulary = Schemas["Vocabulary"];
export type WebCallView = Schemas["WebCallView"];

/** What happened, as one union; the place and the time stand on every frame. */
export type News = Schemas["News"];
export type ServerFrame = News & { cursor?: number | null; at?: Time };
