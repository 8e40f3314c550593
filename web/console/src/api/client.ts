// One request to the helpline's API: CSRF token, deadline, and refusals turned into ApiProblem.
// Does I/O. Knows no endpoint; operations.ts names them.
import { ApiProblem, type ProblemBody } from "./problem";

export interface Call {
  method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  path: string;
  body?: unknown;
  query?: Record<string, string | undefined>;
  /** The version the change was made on; the server refuses another with 412. */
  ifMatch?: number;
  /** The same key twice creates one thing. */
  idempotencyKey?: string;
  /** Why a record is opened without a call; written to the audit. */
  reason?: string;
  signal?: AbortSignal;
}

const DEADLINE_MS = 10_000;
const BASE = "/api/v1";

let csrfToken = "";
let onSignedOut: () => void = () => undefined;

/** The token that every change must carry; it comes with the session. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** Called when the server says that the session is over. */
export function setOnSignedOut(handler: () => void): void {
  onSignedOut = handler;
}

/** Says that the session is over, for those who learn it by another way than a request. */
export function signedOut(): void {
  onSignedOut();
}

/** Sends one request. Throws ApiProblem for a refusal and for no answer. */
export async function send<T>(call: Call): Promise<T> {
  const deadline = AbortSignal.timeout(DEADLINE_MS);
  const signal = call.signal ? AbortSignal.any([call.signal, deadline]) : deadline;
  let response: Response;
  try {
    response = await fetch(address(call), {
      method: call.method,
      headers: headers(call),
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
      credentials: "same-origin",
      signal,
    });
  } catch (error) {
    throw new ApiProblem(0, { title: error instanceof Error ? error.message : "no answer" });
  }
  if (!response.ok) throw await refusal(response);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

function address(call: Call): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(call.query ?? {})) {
    if (value !== undefined) query.set(key, value);
  }
  const suffix = query.size > 0 ? `?${query}` : "";
  return `${BASE}${call.path}${suffix}`;
}

function headers(call: Call): Headers {
  const headers = new Headers({ accept: "application/json" });
  if (call.body !== undefined) headers.set("content-type", "application/json");
  if (call.method !== "GET" && csrfToken) headers.set("x-csrf-token", csrfToken);
  if (call.ifMatch !== undefined) headers.set("if-match", `"${call.ifMatch}"`);
  if (call.idempotencyKey) headers.set("idempotency-key", call.idempotencyKey);
  if (call.reason) headers.set("x-reason", encodeURIComponent(call.reason));
  return headers;
}

async function refusal(response: Response): Promise<ApiProblem> {
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // A refusal without a body (a proxy, a crash) still has its status.
  }
  const after = Number(response.headers.get("retry-after"));
  const problem = new ApiProblem(
    response.status,
    body,
    Number.isFinite(after) && after > 0 ? after : undefined,
  );
  if (response.status === 401 && !response.url.endsWith("/session")) onSignedOut();
  return problem;
}
