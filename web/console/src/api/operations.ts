// Every endpoint the console calls, by name. No state, no screens; types come from the schema.
import { answer, because, client, once, onVersion, sound } from "./client";
import type { components } from "./schema.gen";
import type {
  BreakReason,
  CallClass,
  CaseDraft,
  Id,
  NewContact,
  NewPaperCall,
  ReservationId,
  RosterWish,
  SearchQuestion,
} from "./types";

export type Want = { want: "available" | "offline" } | { want: "break"; reason: BreakReason };
export type NewCase = components["schemas"]["NewCase"];
export type CaseChange = components["schemas"]["CaseEdit"];

const at = (id: Id) => ({ path: { id } });

// Session
export const signIn = (username: string, password: string) =>
  answer(client.POST("/api/v1/session", { body: { username, password } }));
export const getSession = () => answer(client.GET("/api/v1/session"));
export const signOut = () => answer(client.DELETE("/api/v1/session"));
export const setUpPassword = (token: string, password: string) =>
  answer(client.POST("/api/v1/session/setup", { body: { token, password } }));

// The desk
export const putState = (want: Want) =>
  answer(client.PUT("/api/v1/agents/me/state", { body: want }));
export const putStation = (address: string | null) =>
  answer(client.PUT("/api/v1/agents/me/station", { body: { address } }));
export const postMedia = (sdp: string, signal?: AbortSignal) =>
  answer(client.POST("/api/v1/agents/me/media", { body: { sdp }, signal }));
export const getIceServers = (signal?: AbortSignal) =>
  answer(client.GET("/api/v1/me/ice-servers", { signal }));
export const finishWrapUp = () => answer(client.POST("/api/v1/agents/me/wrap-up/finish"));
export const acceptReservation = (id: ReservationId) =>
  answer(client.POST("/api/v1/reservations/{id}/accept", { params: { path: { id } } }));
export const rejectReservation = (id: ReservationId) =>
  answer(client.POST("/api/v1/reservations/{id}/reject", { params: { path: { id } }, body: {} }));
export const listQueues = () => answer(client.GET("/api/v1/queues"));

// The floor
export const listTrunks = () => answer(client.GET("/api/v1/trunks"));
export type Force = components["schemas"]["ForcedAgentState"];
export const forceState = (agent: Id, body: Force) =>
  answer(client.PUT("/api/v1/agents/{id}/state", { params: at(agent), body }));
export const moveCall = (id: Id, queue: string) =>
  answer(client.POST("/api/v1/calls/{id}/move", { params: at(id), body: { queue } }));
export const reclassCall = (id: Id, wanted: CallClass) =>
  answer(client.POST("/api/v1/calls/{id}/reclass", { params: at(id), body: { class: wanted } }));
export const acknowledgeAlert = (id: number) =>
  answer(client.POST("/api/v1/alerts/{id}/acknowledge", { params: { path: { id } } }));

// The roster
export const getRosterWeek = (week: string) =>
  answer(client.GET("/api/v1/roster", { params: { query: { week } } }));
export const getRosterNow = () => answer(client.GET("/api/v1/roster/now"));
export const addRosterEntry = (body: RosterWish, key: string) =>
  answer(client.POST("/api/v1/roster/entries", { body, headers: once(key) }));
export const changeRosterEntry = (id: Id, version: number, body: RosterWish) =>
  answer(
    client.PUT("/api/v1/roster/entries/{id}", {
      params: { path: { id }, header: onVersion(version) },
      body,
    }),
  );
export const removeRosterEntry = (id: Id, version: number) =>
  answer(
    client.DELETE("/api/v1/roster/entries/{id}", {
      params: { path: { id }, header: onVersion(version) },
    }),
  );
export const restoreRosterEntry = (id: Id, version: number) =>
  answer(
    client.POST("/api/v1/roster/entries/{id}/restore", {
      params: { path: { id }, header: onVersion(version) },
    }),
  );
export const copyRosterWeek = (from: string, to: string, key: string) =>
  answer(client.POST("/api/v1/roster/copy", { body: { from, to }, headers: once(key) }));
export const setRosterNeed = (queue: string, version: number, seats: number[]) =>
  answer(
    client.PUT("/api/v1/roster/needs/{queue}", {
      params: { path: { queue }, header: onVersion(version) },
      body: { seats },
    }),
  );

// Callers who wish to be called back
export const countCallbacks = () => answer(client.GET("/api/v1/callbacks/open"));
export const listCallbacks = () =>
  answer(client.GET("/api/v1/callbacks", { params: { query: { limit: 100 } } }));
export const decideCallback = (
  id: Id,
  version: number,
  state: components["schemas"]["CallbackState"],
) =>
  answer(
    client.PUT("/api/v1/callbacks/{id}/state", {
      params: { path: { id }, header: onVersion(version) },
      body: { state },
    }),
  );

// The call
export const getCall = (id: Id) => answer(client.GET("/api/v1/calls/{id}", { params: at(id) }));
export const holdCall = (id: Id) =>
  answer(client.POST("/api/v1/calls/{id}/hold", { params: at(id) }));
export const resumeCall = (id: Id) =>
  answer(client.POST("/api/v1/calls/{id}/resume", { params: at(id) }));
export const hangUpCall = (id: Id) =>
  answer(client.POST("/api/v1/calls/{id}/hang-up", { params: at(id) }));
export const sendDigits = (id: Id, digits: string) =>
  answer(client.POST("/api/v1/calls/{id}/digits", { params: at(id), body: { digits } }));
export const pauseRecording = (id: Id) =>
  answer(
    client.POST("/api/v1/calls/{id}/recording/pause", {
      params: at(id),
      body: { because: "asked" },
    }),
  );
export const resumeRecording = (id: Id) =>
  answer(client.POST("/api/v1/calls/{id}/recording/resume", { params: at(id) }));
/** The caller no longer agrees. */
export const withdrawRecording = (id: Id) =>
  answer(
    client.POST("/api/v1/calls/{id}/recording/stop", {
      params: at(id),
      body: { withdrawn: true },
    }),
  );
export const setCallContact = (id: Id, contact_id: Id | null) =>
  answer(client.PUT("/api/v1/calls/{id}/contact", { params: at(id), body: { contact_id } }));

// Who phones
export const findContacts = (phone: string) =>
  answer(client.POST("/api/v1/contacts/_search", { body: { phone } }));
export const findPrevious = (phone: string) =>
  answer(client.POST("/api/v1/interactions/_search", { body: { phone } }));

// People
export const getContact = (id: Id, reason?: string) =>
  answer(client.GET("/api/v1/contacts/{id}", { params: at(id), headers: because(reason) }));
export const createContact = (body: NewContact, key: string) =>
  answer(client.POST("/api/v1/contacts", { body, headers: once(key) }));

// Cases
export const createCase = (body: NewCase, key: string) =>
  answer(client.POST("/api/v1/cases", { body, headers: once(key) }));
export const listMyCases = () =>
  answer(client.GET("/api/v1/cases", { params: { query: { mine: true, limit: 100 } } }));
export const getCase = (id: Id, reason?: string) =>
  answer(client.GET("/api/v1/cases/{id}", { params: at(id), headers: because(reason) }));
export const patchCase = (id: Id, version: number, body: CaseChange) =>
  answer(
    client.PATCH("/api/v1/cases/{id}", {
      params: { path: { id }, header: onVersion(version) },
      body,
    }),
  );
export const saveDraft = (id: Id, base_version: number, fields: CaseDraft) =>
  answer(
    client.PUT("/api/v1/cases/{id}/draft", { params: at(id), body: { base_version, fields } }),
  );
export const fileReport = (id: Id, text: string, disposition: string, key: string) =>
  answer(
    client.POST("/api/v1/cases/{id}/report", {
      params: at(id),
      body: { text, disposition },
      headers: once(key),
    }),
  );
export const listReports = (id: Id, reason?: string) =>
  answer(client.GET("/api/v1/cases/{id}/reports", { params: at(id), headers: because(reason) }));
export const closeCase = (id: Id) =>
  answer(client.POST("/api/v1/cases/{id}/close", { params: at(id) }));
export const reopenCase = (id: Id) =>
  answer(client.POST("/api/v1/cases/{id}/reopen", { params: at(id) }));
export const getTimeline = (id: Id, reason?: string) =>
  answer(client.GET("/api/v1/cases/{id}/timeline", { params: at(id), headers: because(reason) }));

// Looking things up
export const getInteraction = (id: Id, reason?: string) =>
  answer(client.GET("/api/v1/interactions/{id}", { params: at(id), headers: because(reason) }));
export const enterPaperCall = (body: NewPaperCall, key: string) =>
  answer(client.POST("/api/v1/interactions", { body, headers: once(key) }));
export const setLegalHold = (id: Id, version: number, held: boolean, why: string) =>
  answer(
    client.PUT("/api/v1/recordings/{id}/legal-hold", {
      params: {
        path: { id },
        header: { ...onVersion(version), "x-reason": encodeURIComponent(why) },
      },
      body: { held },
    }),
  );
export const fetchRecording = (id: Id, reason?: string) =>
  sound(`/api/v1/recordings/${id}/audio`, because(reason));
export const search = (body: SearchQuestion, signal?: AbortSignal) =>
  answer(client.POST("/api/v1/search", { body, signal }));
export const getVocabulary = () => answer(client.GET("/api/v1/vocabulary"));

// The citizen's call
const of = (token: string) => ({ path: { token } });
export const startWebCall = (sdp: string, language: string, signal?: AbortSignal) =>
  answer(client.POST("/api/v1/web-calls", { body: { sdp, language, number: "104" }, signal }));
export const reconnectWebCall = (token: string, sdp: string, signal?: AbortSignal) =>
  answer(
    client.POST("/api/v1/web-calls/{token}/media", { params: of(token), body: { sdp }, signal }),
  );
export const getWebCallIceServers = (signal?: AbortSignal) =>
  answer(client.GET("/api/v1/web-calls/ice-servers", { signal }));
export const getWebCall = (token: string) =>
  answer(client.GET("/api/v1/web-calls/{token}", { params: of(token) }));
export const sendWebCallDigit = (token: string, digits: string) =>
  answer(client.POST("/api/v1/web-calls/{token}/digits", { params: of(token), body: { digits } }));
export const endWebCall = (token: string) =>
  answer(client.DELETE("/api/v1/web-calls/{token}", { params: of(token) }));
