// The network between browsers and the helpline's audio ports: a UDP relay on an address of its own,
// which can lose the way that a browser uses, as when a laptop leaves its Wi-Fi. What the browser
// sends from a new port afterwards goes through.
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { freeRange } from "./ports";
import type { Settings } from "./server";

/** What browsers are told, and where the helpline really listens. */
const OUTSIDE = "127.0.0.2";
const INSIDE = "127.0.0.1";

/** Each thread of the helpline's audio has a port of its own, one after the other. */
const THREADS = 2;

export class UdpPath {
  private readonly first: number;
  private readonly outside: Socket[] = [];
  /** By the browser's way, its two ends: the socket that stands for it inside. */
  private readonly ways = new Map<string, Socket>();
  private readonly dead = new Set<string>();

  private constructor(first: number) {
    this.first = first;
  }

  static async open(): Promise<UdpPath> {
    const [first] = (await freeRange(THREADS)).split("-");
    const path = new UdpPath(Number(first));
    for (let thread = 0; thread < THREADS; thread += 1) await path.listen(path.first + thread);
    return path;
  }

  /** How the helpline is told of it. */
  get settings(): Settings {
    return {
      WEBRTC__LISTEN: `${INSIDE}:${this.first}`,
      WEBRTC__PUBLIC_ADDRESS: OUTSIDE,
      MEDIA__THREADS: `${THREADS}`,
    };
  }

  /** From now on nothing passes on the ways in use, in either direction. */
  cut(): void {
    for (const way of this.ways.keys()) this.dead.add(way);
  }

  close(): void {
    for (const socket of [...this.ways.values(), ...this.outside]) socket.close();
  }

  private async listen(port: number): Promise<void> {
    const socket = createSocket("udp4");
    await new Promise<void>((resolve, reject) => {
      socket.once("error", reject);
      socket.bind(port, OUTSIDE, () => resolve());
    });
    socket.removeAllListeners("error");
    // A browser that has gone: what was sent to it comes back as an error.
    socket.on("error", () => undefined);
    socket.on("message", (datagram, from) => this.inward(datagram, from, socket, port));
    this.outside.push(socket);
  }

  private inward(datagram: Buffer, from: RemoteInfo, outside: Socket, port: number): void {
    const way = `${from.address}:${from.port}>${port}`;
    if (this.dead.has(way)) return;
    let inside = this.ways.get(way);
    if (!inside) {
      inside = createSocket("udp4");
      inside.on("error", () => undefined);
      inside.on("message", (answer) => {
        if (!this.dead.has(way)) outside.send(answer, from.port, from.address);
      });
      this.ways.set(way, inside);
    }
    inside.send(datagram, port, INSIDE);
  }
}
