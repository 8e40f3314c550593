// Free ports of 127.0.0.1. Between asking and using, another program may take one: the server then
// fails to start, loudly.
import { createSocket } from "node:dgram";
import { createServer } from "node:net";

const HOST = "127.0.0.1";

/** Ports below those that the system hands out by itself: between our look and the server's start it
 * cannot give one of them to a socket that asked for any port, as the server's own do. */
const FIRST = 28_200;
const COUNT = 4_500;

/** Binds a TCP port and lets it go; `false` if it is taken. */
function isFreeForTcp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });
}

/** A port that is free for TCP. */
export async function freeTcpPort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = FIRST + Math.floor(Math.random() * COUNT);
    if (await isFreeForTcp(port)) return port;
  }
  throw new Error("no port is free for TCP");
}

/** Binds a UDP port and lets it go; `false` if it is taken. */
function isFreeForUdp(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => resolve(false));
    socket.bind(port, HOST, () => socket.close(() => resolve(true)));
  });
}

/** A port that is free for both, as SIP needs it. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const port = await freeTcpPort();
    if (await isFreeForUdp(port)) return port;
  }
  throw new Error("no port is free for TCP and UDP");
}

/** A range of UDP ports whose first is free, below the ports that the system itself hands out. */
export async function freeRange(length: number): Promise<string> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const first = 12_000 + 2 * Math.floor(Math.random() * 8_000);
    if (await isFreeForUdp(first)) return `${first}-${first + length - 1}`;
  }
  throw new Error("no range of ports is free");
}
