// Tells that the network of this machine has changed, so far as a browser knows.

export class NetworkWatch {
  private readonly changed: () => void;
  private readonly connection = (navigator as { connection?: EventTarget & { type?: string } })
    .connection;
  private type: string | undefined;

  constructor(changed: () => void) {
    this.changed = changed;
  }

  start(): void {
    this.type = this.connection?.type;
    addEventListener("online", this.changed);
    this.connection?.addEventListener("change", this.compare);
  }

  stop(): void {
    removeEventListener("online", this.changed);
    this.connection?.removeEventListener("change", this.compare);
  }

  /** Estimates of speed change all the time; only another kind of network is another network. */
  private readonly compare = (): void => {
    const { type } = this.connection ?? {};
    if (type === this.type) return;
    this.type = type;
    if (type !== "none") this.changed();
  };
}
