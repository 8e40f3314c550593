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
    vi.stubGlobal("fetch", (address: string, init: RequestInit) => this.answer(address, init));
  }

  /** "POST /cases" → what to say. */
  on(key: string, handler: Handler): void {
    this.routes.set(key, handler);
  }

  requests(method: string, path: string): Asked[] {
    return this.asked.filter((one) => one.method === method && one.path === path);
  }

  private async answer(address: string, init: RequestInit): Promise<Response> {
    if (this.offline) throw new TypeError("failed to fetch");
    const path = new URL(address, "http://desk.test").pathname.replace("/api/v1", "");
    const asked: Asked = {
      method: init.method ?? "GET",
      path,
      body: init.body ? JSON.parse(String(init.body)) : undefined,
      headers: new Headers(init.headers),
    };
    this.asked.push(asked);
    const handler = this.routes.get(`${asked.method} ${path}`);
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
