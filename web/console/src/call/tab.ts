// Which of a person's tabs is the desk. The first takes a lock and keeps it until it closes; another
// waits for it, reads only, and is told over a channel what the first one is doing. It may take the
// lock from the first, which then reads only in its turn.
import type { CallState, Desk } from "./state";

export type TabState =
  | { role: "waiting" }
  | { role: "primary" }
  | { role: "secondary"; other: Desk["kind"] | null };

export class TabRole {
  private readonly name: string;
  private readonly read: () => CallState;
  private readonly shared: boolean;
  private state: TabState = { role: "waiting" };
  private readonly listeners = new Set<() => void>();
  private channel: BroadcastChannel | null = null;
  private release: (() => void) | null = null;
  private abort = new AbortController();

  /** `shared`: no tab is the desk, because no sound comes here; all work side by side. */
  constructor(user: string, read: () => CallState, shared = false) {
    this.shared = shared;
    this.name = `helpline.desk.${user}`;
    this.read = read;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): TabState => this.state;

  start(): void {
    this.abort = new AbortController();
    // Without locks (an insecure address) there is no sound either; every tab is then on its own.
    if (this.shared || !navigator.locks) {
      this.become({ role: "primary" });
      return;
    }
    this.channel = new BroadcastChannel(this.name);
    this.channel.addEventListener("message", (message) => this.heard(message.data));
    void this.claim();
  }

  stop(): void {
    this.abort.abort();
    this.release?.();
    this.channel?.close();
    this.channel = null;
  }

  /** Tells the other tabs what this one is doing. */
  tell(): void {
    if (this.state.role !== "primary") return;
    this.channel?.postMessage({ desk: this.read().desk.kind });
  }

  private async claim(): Promise<void> {
    const { signal } = this.abort;
    const request = navigator.locks.request(this.name, { ifAvailable: true }, (lock) => {
      if (!lock) return false;
      return this.hold();
    });
    const free = await request.catch(() => "robbed" as const);
    if (free === "robbed") return this.robbed(signal);
    if (free !== false || signal.aborted) return;
    this.become({ role: "secondary", other: null });
    this.channel?.postMessage({ asks: true });
    await this.wait({});
  }

  /** Holds the lock until this tab ends, or until another takes it. */
  private async wait(how: { steal?: true }): Promise<void> {
    const { signal } = this.abort;
    // A lock that is taken by force is not waited for.
    const options = how.steal ? how : { signal };
    const request = navigator.locks.request(this.name, options, () => this.hold());
    await request.catch(() => this.robbed(signal));
  }

  /** Another tab took the lock: get in line behind it. */
  private async robbed(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.release = null;
    this.become({ role: "secondary", other: null });
    this.channel?.postMessage({ asks: true });
    await this.wait({});
  }

  /** Makes this tab the desk; the one that was the desk lets its sound go and reads only. */
  takeOver(): void {
    if (this.state.role !== "secondary") return;
    // The request that waits in line would otherwise come back for the lock later.
    this.abort.abort();
    this.abort = new AbortController();
    void this.wait({ steal: true });
  }

  private hold(): Promise<void> {
    if (this.abort.signal.aborted) return Promise.resolve();
    this.become({ role: "primary" });
    this.tell();
    return new Promise((resolve) => {
      this.release = resolve;
    });
  }

  private heard(message: { asks?: boolean; desk?: Desk["kind"] }): void {
    if (message.asks) this.tell();
    else if (this.state.role === "secondary" && message.desk) {
      this.become({ role: "secondary", other: message.desk });
    }
  }

  private become(state: TabState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}
