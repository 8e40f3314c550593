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
  /** The citizen's network broke; another way is looked for. */
  | { kind: "reconnecting" }
  | { kind: "ended"; talked: boolean }
  | { kind: "failed"; why: "lines" | "offline" | MediaRefusal };

type WebCallView = Awaited<ReturnType<typeof api.getWebCall>>;

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
  private talkingSince: number | null = null;
  private broken = false;
  private told: WebCallView | null = null;

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
    this.talkingSince = null;
    this.broken = false;
    this.told = null;
    this.become({ kind: "asking" });
    const phone = new Softphone({
      exchange: (offer, signal) => this.exchange(offer, signal),
      iceServers: api.getWebCallIceServers,
      onMedia: (media) => {
        if (this.phone === phone) this.media(media);
      },
    });
    this.phone = phone;
    void phone.start();
  }

  hangUp(): void {
    const { token } = this;
    this.finish(this.ended());
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
    if (this.token) return (await api.reconnectWebCall(this.token, offer, signal)).sdp;
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
    if (!this.token) return;
    if (media.kind === "reconnecting" || media.kind === "lost" || media.kind === "voiceless") {
      this.broken = true;
      this.become({ kind: "reconnecting" });
    } else if (media.kind === "ready" && this.broken) {
      this.broken = false;
      if (this.told) this.heard(this.told);
    }
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
        this.finish(this.broken ? { kind: "failed", why: "offline" } : this.ended());
        return;
      }
    }
    if (this.token === token) this.poll();
  }

  private heard(view: WebCallView): void {
    this.told = view;
    // What the server tells is true, but the citizen hears nothing of it.
    if (this.broken && view.state !== "ended") return;
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
        this.talkingSince ??= Date.now();
        const since = this.talkingSince;
        return this.become({ kind: "talking", since, held: view.state === "on_hold" });
      }
      case "ended":
        return this.finish(this.ended());
    }
  }

  private ended(): WebCallState {
    return { kind: "ended", talked: this.talkingSince !== null };
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
