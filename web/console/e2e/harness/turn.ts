// A TURN server as in service, coturn, for browsers that a firewall keeps from the helpline's UDP port.
// It speaks TCP alone, takes the helpline's credentials, and relays to this machine alone.
import { createHmac } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, freeRange } from "./ports";
import { Program } from "./program";
import type { Settings } from "./server";

const BINARY = process.env.TURNSERVER_BIN ?? "turnserver";
const SECRET = "a-secret-of-the-end-to-end-tests";
const READY_DEADLINE_MS = 15_000;
const RELAY_PORTS = 40;

export class TurnServer {
  private readonly program: Program;
  private readonly folder: string;
  readonly url: string;

  private constructor(program: Program, folder: string, url: string) {
    this.program = program;
    this.folder = folder;
    this.url = url;
  }

  static async start(): Promise<TurnServer> {
    const folder = mkdtempSync(join(tmpdir(), "helpline-turn-"));
    const port = await freePort();
    const [first, last] = (await freeRange(RELAY_PORTS)).split("-");
    const program = new Program(BINARY, [
      "-n",
      ...["--listening-ip=127.0.0.1", `--listening-port=${port}`],
      ...["--relay-ip=127.0.0.1", `--min-port=${first}`, `--max-port=${last}`],
      ...["--no-udp", "--no-tls", "--no-dtls", "--no-cli"],
      ...["--use-auth-secret", `--static-auth-secret=${SECRET}`, "--realm=helpline.test"],
      // The helpline's address and no other: nobody reaches anything else through the relay.
      ...["--denied-peer-ip=0.0.0.0-255.255.255.255", "--allowed-peer-ip=127.0.0.1"],
      "--allow-loopback-peers",
      ...[`--userdb=${join(folder, "turndb")}`, `--pidfile=${join(folder, "pid")}`],
      ...["--log-file=stdout", "--simple-log", "--verbose"],
    ]);
    const server = new TurnServer(program, folder, `turn:127.0.0.1:${port}?transport=tcp`);
    await server.ready();
    return server;
  }

  /** What the helpline must know to send browsers here. */
  get settings(): Settings {
    return { TURN__URLS: this.url, TURN__SECRET: SECRET };
  }

  /** Credentials as the helpline makes them, that end at this moment of this machine's clock. */
  server(ends_at: number): RTCIceServer {
    const username = `${Math.floor(ends_at / 1000)}:made-in-a-test`;
    const credential = createHmac("sha1", SECRET).update(username).digest("base64");
    return { urls: [this.url], username, credential };
  }

  /** What it has logged: allocations, refusals. */
  get log(): string {
    return this.program.output;
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + READY_DEADLINE_MS;
    while (Date.now() < deadline && !this.program.hasEnded) {
      if (this.log.includes("IPv4. TCP listener opened on")) return;
      await pause(50);
    }
    const { tail } = this.program;
    await this.stop();
    throw new Error(`the TURN server is not ready:\n${tail}`);
  }

  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
