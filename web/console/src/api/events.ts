// The event stream: one WebSocket, made again with growing pauses, resumed from the last cursor.
// Heartbeats tell the floor that this desk is alive. Does I/O; decides nothing about calls.
import type { ServerFrame } from "./types";

export interface EventLinkHandlers {
  onFrame: (frame: ServerFrame) => void;
  onLost: () => void;
  /** The session is over; the stream does not come back by itself. */
  onSignedOut?: () => void;
}

/** The server's close code for a session that is over. */
const SIGNED_OUT = 4401;

const HEARTBEAT_MS = 5_000;
/** No frame and no closing for so long while a socket opens: try another. */
const OPEN_MS_MAX = 8_000;
const RETRY_MS = [250, 500, 1_000, 2_000, 4_000, 8_000];

export class EventLink {
  private readonly handlers: EventLinkHandlers;
  private readonly address: () => string;
  private socket: WebSocket | null = null;
  private cursor: number | null = null;
  private attempt = 0;
  private heartbeat: ReturnType<typeof setInterval> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private opening: ReturnType<typeof setTimeout> | undefined;
  private wanted = false;

  constructor(handlers: EventLinkHandlers, address: () => string = defaultAddress) {
    this.handlers = handlers;
    this.address = address;
  }

  start(): void {
    this.wanted = true;
    addEventListener("online", this.hurry);
    this.open();
  }

  stop(): void {
    this.wanted = false;
    removeEventListener("online", this.hurry);
    this.drop();
  }

  /** The network is back: no need to wait for the next attempt. */
  private readonly hurry = (): void => {
    if (this.socket) return;
    this.attempt = 0;
    clearTimeout(this.retry);
    this.open();
  };

  private open(): void {
    this.drop();
    const resume = this.cursor === null ? "" : `?cursor=${this.cursor}`;
    const socket = new WebSocket(`${this.address()}${resume}`);
    this.socket = socket;
    this.opening = setTimeout(() => socket.close(), OPEN_MS_MAX);
    socket.addEventListener("open", () => {
      clearTimeout(this.opening);
      this.heartbeat = setInterval(() => this.beat(socket), HEARTBEAT_MS);
      this.beat(socket);
    });
    socket.addEventListener("message", (message) => this.received(String(message.data)));
    socket.addEventListener("close", (closed) => {
      if (this.socket !== socket) return;
      if (closed.code === SIGNED_OUT) {
        this.stop();
        this.handlers.onSignedOut?.();
      } else this.lost();
    });
  }

  private received(text: string): void {
    let frame: ServerFrame;
    try {
      frame = JSON.parse(text) as ServerFrame;
    } catch {
      return; // Not ours; the stream goes on.
    }
    if (typeof frame?.type !== "string") return;
    if (typeof frame.cursor === "number") this.cursor = frame.cursor;
    this.attempt = 0;
    this.handlers.onFrame(frame);
  }

  private beat(socket: WebSocket): void {
    if (socket.readyState === WebSocket.OPEN) socket.send('{"type":"heartbeat"}');
  }

  private lost(): void {
    this.drop();
    if (!this.wanted) return;
    this.handlers.onLost();
    const pause = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)] ?? 1_000;
    this.attempt += 1;
    // A little chance, so that a room of desks does not come back in one instant.
    this.retry = setTimeout(() => this.open(), pause * (0.75 + Math.random() / 2));
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.opening);
    clearInterval(this.heartbeat);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

function defaultAddress(): string {
  const scheme = location.protocol === "https:" ? "wss:" : "ws:";
  return `${scheme}//${location.host}/api/v1/events`;
}
