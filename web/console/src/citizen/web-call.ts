// One call from a citizen's browser: microphone, connection, waiting, talking, ended. Uses the same
// softphone as the desk; asks the server how the call stands, because a citizen has no event stream.
import * as api from "../api/operations";
import { asProblem } from "../api/problem";
import { Softphone } from "../call/softphone";
import type { Media, MediaRefusal } from "../call/state";

export type WebCallState =
  | { kind: "idle" }
  | { kind: "asking" }
  | { kind: "connecting" }
  | { kind: "greeting" }
  /** `position`: callers before this one. */
  | { kind: "waiting"; position: number | null; since: number }
  | { kind: "talking"; since: number; held: boolean }
  | { kind: "interrupted" }
  | { kind: "ended"; talked: boolean }
  | { kind: "failed"; why: "lines" | "offline" | MediaRefusal };

const POLL_MS = 1_500;
/** After so many unanswered questions the call is taken for lost. */
const SILENCES_MAX = 8;

export class WebCall {
  private state: WebCallState = { kind: "idle" };
  private readonly listeners = new Set<() => void>();
  private readonly language: () => string;
  private phone: Softphone | null = null;
  private token: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silences = 0;

  constructor(language: () => string) {
    this.language = language;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): WebCallState => this.state;

  start(): void {
    if (this.phone) return;
    this.silences = 0;
    this.become({ kind: "asking" });
    const phone = new Softphone({
      exchange: (offer, signal) => this.exchange(offer, signal),
      onMedia: (media) => {
        if (this.phone === phone) this.media(media);
      },
    });
    this.phone = phone;
    void phone.start();
  }

  hangUp(): void {
    const { token } = this;
    this.finish({ kind: "ended", talked: this.state.kind === "talking" });
    // The server also notices when the connection closes; this is only the polite way.
    if (token) void api.endWebCall(token).catch(() => undefined);
  }

  press(digit: string): void {
    if (this.token) void api.sendWebCallDigit(this.token, digit).catch(() => undefined);
  }

  level(): number {
    return this.phone?.level() ?? 0;
  }

  private async exchange(offer: string, signal: AbortSignal): Promise<string> {
    if (this.token) throw this.lost();
    this.become({ kind: "connecting" });
    try {
      const answer = await api.startWebCall(offer, this.language(), signal);
      this.token = answer.token;
      this.poll();
      return answer.sdp;
    } catch (error) {
      const problem = asProblem(error);
      this.finish({ kind: "failed", why: problem.offline ? "offline" : "lines" });
      throw error;
    }
  }

  private media(media: Media): void {
    if (media.kind === "refused") this.finish({ kind: "failed", why: media.why });
    if (media.kind === "lost" && this.token) this.lost();
  }

  private poll(): void {
    this.timer = setTimeout(() => void this.ask(), POLL_MS);
  }

  private async ask(): Promise<void> {
    const { token } = this;
    if (!token) return;
    try {
      const view = await api.getWebCall(token);
      if (this.token !== token) return;
      this.silences = 0;
      this.heard(view);
    } catch (error) {
      if (this.token !== token) return;
      this.silences += 1;
      const gone = asProblem(error).status === 404;
      if (gone || this.silences > SILENCES_MAX) {
        this.finish({ kind: "ended", talked: this.state.kind === "talking" });
        return;
      }
    }
    if (this.token === token) this.poll();
  }

  private heard(view: Awaited<ReturnType<typeof api.getWebCall>>): void {
    const { state } = this;
    switch (view.state) {
      case "greeting":
      case "interrupted":
        return this.become({ kind: view.state });
      case "waiting": {
        const since = Date.now() - (view.waited_ms ?? 0);
        return this.become({ kind: "waiting", position: view.position ?? null, since });
      }
      case "talking":
      case "on_hold": {
        const since = state.kind === "talking" ? state.since : Date.now();
        return this.become({ kind: "talking", since, held: view.state === "on_hold" });
      }
      case "ended":
        return this.finish({ kind: "ended", talked: state.kind === "talking" });
    }
  }

  private lost(): Error {
    this.finish({ kind: "failed", why: "offline" });
    return new Error("the connection of the call is lost");
  }

  private finish(state: WebCallState): void {
    clearTimeout(this.timer);
    this.token = null;
    const { phone } = this;
    this.phone = null;
    this.become(state);
    phone?.stop();
  }

  private become(state: WebCallState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
