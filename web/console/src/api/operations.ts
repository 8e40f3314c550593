// Every endpoint the console calls, by name. One line each; no state, no screens.
import { send } from "./client";
import type {
  AgentView,
  BreakReason,
  CallView,
  Case,
  CaseDraft,
  CaseState,
  Contact,
  Id,
  Interaction,
  NewContact,
  PickListEntry,
  PreviousContact,
  QueueInfo,
  Report,
  ReservationId,
  SearchAnswer,
  SearchQuestion,
  Session,
  Time,
  TimelineEntry,
  Vocabulary,
  WebCallView,
} from "./types";

export type Want = { want: "available" | "offline" } | { want: "break"; reason: BreakReason };

// Session
export const signIn = (username: string, password: string) =>
  send<Session>({ method: "POST", path: "/session", body: { username, password } });
export const getSession = () => send<Session>({ method: "GET", path: "/session" });
export const signOut = () => send<void>({ method: "DELETE", path: "/session" });
export const setUpPassword = (token: string, password: string) =>
  send<void>({ method: "POST", path: "/session/setup", body: { token, password } });

// The desk
export const putState = (want: Want) =>
  send<AgentView>({ method: "PUT", path: "/agents/me/state", body: want });
export const postMedia = (sdp: string, signal?: AbortSignal) =>
  send<{ sdp: string }>({ method: "POST", path: "/agents/me/media", body: { sdp }, signal });
export const finishWrapUp = () => send<void>({ method: "POST", path: "/agents/me/wrap-up/finish" });
export const acceptReservation = (id: ReservationId) =>
  send<void>({ method: "POST", path: `/reservations/${id}/accept` });
export const rejectReservation = (id: ReservationId) =>
  send<void>({ method: "POST", path: `/reservations/${id}/reject`, body: {} });
export const listQueues = () => send<QueueInfo[]>({ method: "GET", path: "/queues" });

// The call
export const getCall = (id: Id) => send<CallView>({ method: "GET", path: `/calls/${id}` });
export const controlCall = (id: Id, verb: "hold" | "resume" | "hang-up") =>
  send<void>({ method: "POST", path: `/calls/${id}/${verb}` });
export const sendDigits = (id: Id, digits: string) =>
  send<void>({ method: "POST", path: `/calls/${id}/digits`, body: { digits } });
export const setCallContact = (id: Id, contact_id: Id | null) =>
  send<void>({ method: "PUT", path: `/calls/${id}/contact`, body: { contact_id } });

// People
export const getContact = (id: Id, reason?: string) =>
  send<Contact>({ method: "GET", path: `/contacts/${id}`, reason });
export const createContact = (contact: NewContact, idempotencyKey: string) =>
  send<Contact>({ method: "POST", path: "/contacts", body: contact, idempotencyKey });

// Cases
export interface NewCase {
  contact_id?: Id;
  interaction_id?: Id;
  category?: string;
}
export const createCase = (body: NewCase, idempotencyKey: string) =>
  send<Case>({ method: "POST", path: "/cases", body, idempotencyKey });
export const listMyCases = (state?: CaseState, cursor?: string) =>
  send<CaseList>({ method: "GET", path: "/cases", query: { mine: "true", state, cursor } });
export interface CaseList {
  cases: Case[];
  next_cursor?: string | null;
}
export const getCase = (id: Id, reason?: string) =>
  send<Case>({ method: "GET", path: `/cases/${id}`, reason });
export type CaseChange = Partial<
  Pick<Case, "category" | "disposition" | "summary" | "notes" | "state" | "contact_id">
>;
export const patchCase = (id: Id, version: number, body: CaseChange) =>
  send<Case>({ method: "PATCH", path: `/cases/${id}`, body, ifMatch: version });
export const saveDraft = (id: Id, base_version: number, fields: CaseDraft) =>
  send<{ saved_at: Time }>({
    method: "PUT",
    path: `/cases/${id}/draft`,
    body: { base_version, fields },
  });
export const fileReport = (id: Id, text: string, disposition: string, idempotencyKey: string) =>
  send<Report>({
    method: "POST",
    path: `/cases/${id}/report`,
    body: { text, disposition },
    idempotencyKey,
  });
export const listReports = (id: Id, reason?: string) =>
  send<Report[]>({ method: "GET", path: `/cases/${id}/reports`, reason });
export const closeCase = (id: Id, version: number) =>
  send<Case>({ method: "POST", path: `/cases/${id}/close`, ifMatch: version });
export const reopenCase = (id: Id, version: number) =>
  send<Case>({ method: "POST", path: `/cases/${id}/reopen`, ifMatch: version });
export const getTimeline = (id: Id, reason?: string) =>
  send<TimelineEntry[]>({ method: "GET", path: `/cases/${id}/timeline`, reason });

// Looking things up
export const getInteraction = (id: Id, reason?: string) =>
  send<Interaction>({ method: "GET", path: `/interactions/${id}`, reason });
export const search = (question: SearchQuestion, signal?: AbortSignal) =>
  send<SearchAnswer>({ method: "POST", path: "/search", body: question, signal });
export const getVocabulary = () => send<Vocabulary>({ method: "GET", path: "/vocabulary" });

// The citizen's call
export const startWebCall = (sdp: string, language: string, signal?: AbortSignal) =>
  send<{ token: string; sdp: string }>({
    method: "POST",
    path: "/web-calls",
    body: { sdp, language, number: "104" },
    signal,
  });
export const getWebCall = (token: string) =>
  send<WebCallView>({ method: "GET", path: `/web-calls/${token}` });
export const sendWebCallDigit = (token: string, digits: string) =>
  send<void>({ method: "POST", path: `/web-calls/${token}/digits`, body: { digits } });
export const endWebCall = (token: string) =>
  send<void>({ method: "DELETE", path: `/web-calls/${token}` });

// Who phones
export const findContacts = (phone: string) =>
  send<PickListEntry[]>({ method: "POST", path: "/contacts/_search", body: { phone } });
export const findPrevious = (phone: string) =>
  send<PreviousContact[]>({ method: "POST", path: "/interactions/_search", body: { phone } });
