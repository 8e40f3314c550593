// A made-up server for tests: answers by method and path, and remembers what was asked.
import { vi } from "vitest";

export interface Asked {
  method: string;
  path: string;
  body: unknown;
  headers: Headers;
}

type Answer = { status?: number; json?: unknown; headers?: Record<string, string> };
export type Handler = Answer | ((asked: Asked) => Answer | Promise<Answer>);

export class MadeUpServer {
  readonly asked: Asked[] = [];
  private readonly routes = new Map<string, Handler>();
  /** No answers at all while true. */
  offline = false;

  constructor(routes: Record<string, Handler> = {}) {
    for (const [key, handler] of Object.entries(routes)) this.on(key, handler);
    vi.stubGlobal("fetch", (request: Request) => this.answer(request));
  }

  /** "POST /cases" → what to say. */
  on(key: string, handler: Handler): void {
    this.routes.set(key, handler);
  }

  requests(method: string, path: string): Asked[] {
    return this.asked.filter((one) => one.method === method && one.path === path);
  }

  private async answer(request: Request): Promise<Response> {
    if (this.offline) throw new TypeError("failed to fetch");
    const text = await request.text();
    const asked: Asked = {
      method: request.method,
      path: new URL(request.url).pathname.replace("/api/v1", ""),
      body: text ? JSON.parse(text) : undefined,
      headers: request.headers,
    };
    this.asked.push(asked);
    const handler = this.routes.get(`${asked.method} ${asked.path}`);
    if (!handler) return new Response("{}", { status: 404 });
    const {
      status = 200,
      json,
      headers,
    } = typeof handler === "function" ? await handler(asked) : handler;
    const body = json === undefined || status === 204 ? null : JSON.stringify(json);
    return new Response(body, { status, headers });
  }
}
