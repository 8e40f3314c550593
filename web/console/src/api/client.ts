// One client for the helpline's API, typed by the generated schema: CSRF token, deadline, and
// refusals turned into ApiProblem. Does I/O. operations.ts names the endpoints.
import createClient, { type Middleware } from "openapi-fetch";
import { ApiProblem, type ProblemBody } from "./problem";
import type { paths } from "./schema.gen";

const DEADLINE_MS = 10_000;

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

const guard: Middleware = {
  onRequest({ request }) {
    const deadline = AbortSignal.timeout(DEADLINE_MS);
    const guarded = new Request(request, { signal: AbortSignal.any([request.signal, deadline]) });
    if (request.method !== "GET" && csrfToken) guarded.headers.set("x-csrf-token", csrfToken);
    return guarded;
  },
  async onResponse({ request, response }) {
    if (response.ok) return;
    if (response.status === 401 && !request.url.endsWith("/session")) onSignedOut();
    throw await refusal(response);
  },
};

export const client = createClient<paths>({
  baseUrl: location.origin,
  credentials: "same-origin",
  // Looked up at each request, so that a test can stand in for the network.
  fetch: (request) => globalThis.fetch(request),
});
client.use(guard);

/** The body of an answer. Throws ApiProblem for a refusal and for no answer at all. */
export async function answer<T>(asked: Promise<{ data?: T }>): Promise<T> {
  try {
    return (await asked).data as T;
  } catch (error) {
    if (error instanceof ApiProblem) throw error;
    throw new ApiProblem(0, { title: error instanceof Error ? error.message : "no answer" });
  }
}

/** Sound takes longer than an answer: an hour of talk is 115 MB. */
const SOUND_DEADLINE_MS = 120_000;

/** The sound at a path of the API. Throws as `answer`. */
export async function sound(path: string, headers: Record<string, string>): Promise<Blob> {
  const signal = AbortSignal.timeout(SOUND_DEADLINE_MS);
  try {
    const request = new Request(new URL(path, location.origin), { headers, signal });
    const response = await globalThis.fetch(request);
    if (!response.ok) throw await refusal(response);
    return await response.blob();
  } catch (error) {
    if (error instanceof ApiProblem) throw error;
    throw new ApiProblem(0, { title: error instanceof Error ? error.message : "no answer" });
  }
}

/** The headers of a change made on a version; the server refuses another version with 412. */
export const onVersion = (version: number) => ({ "if-match": `"${version}"` });

/** The same key twice creates one thing. */
export const once = (key: string) => ({ "idempotency-key": key });

/** Why a record is opened without a call; written to the audit. Headers hold ASCII alone. */
export const because = (reason: string | undefined): Record<string, string> =>
  reason ? { "x-reason": encodeURIComponent(reason) } : {};

async function refusal(response: Response): Promise<ApiProblem> {
  let body: ProblemBody = {};
  try {
    body = (await response.json()) as ProblemBody;
  } catch {
    // A refusal without a body (a proxy, a crash) still has its status.
  }
  const after = Number(response.headers.get("retry-after"));
  const wait = Number.isFinite(after) && after > 0 ? after : undefined;
  return new ApiProblem(response.status, body, wait);
}
