// The network between browsers and the helpline's audio port: a UDP relay on an address of its own,
// which can lose the way that a browser uses, as when a laptop leaves its Wi-Fi. What the browser
// sends from a new port afterwards goes through.
import { createSocket, type Socket } from "node:dgram";
import { freePort } from "./ports";
import type { Settings } from "./server";

/** What browsers are told, and where the helpline really listens. */
const OUTSIDE = "127.0.0.2";
const INSIDE = "127.0.0.1";

export class UdpPath {
  private readonly port: number;
  private readonly outside: Socket;
  /** By the browser's address and port: the socket that stands for it inside. */
  private readonly ways = new Map<string, Socket>();
  private readonly dead = new Set<string>();

  private constructor(port: number, outside: Socket) {
    this.port = port;
    this.outside = outside;
    outside.on("message", (datagram, { address, port }) => this.inward(datagram, address, port));
    // A browser that has gone: what was sent to it comes back as an error.
    outside.on("error", () => undefined);
  }

  static async open(): Promise<UdpPath> {
    const port = await freePort();
    const outside = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      outside.once("error", reject);
      outside.bind(port, OUTSIDE, () => resolve());
    });
    outside.removeAllListeners("error");
    return new UdpPath(port, outside);
  }

  /** How the helpline is told of it. */
  get settings(): Settings {
    return {
      WEBRTC__LISTEN: `${INSIDE}:${this.port}`,
      WEBRTC__PUBLIC_ADDRESS: OUTSIDE,
      // One way, one port.
      MEDIA__THREADS: "1",
    };
  }

  /** From now on nothing passes on the ways in use, in either direction. */
  cut(): void {
    for (const way of this.ways.keys()) this.dead.add(way);
  }

  close(): void {
    for (const way of this.ways.values()) way.close();
    this.outside.close();
  }

  private inward(datagram: Buffer, address: string, port: number): void {
    const way = `${address}:${port}`;
    if (this.dead.has(way)) return;
    let inside = this.ways.get(way);
    if (!inside) {
      inside = createSocket("udp4");
      inside.on("error", () => undefined);
      inside.on("message", (answer) => {
        if (!this.dead.has(way)) this.outside.send(answer, port, address);
      });
      this.ways.set(way, inside);
    }
    inside.send(datagram, this.port, INSIDE);
  }
}
