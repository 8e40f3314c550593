// The real program, `helpline demo`, on free ports with a folder of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { freePort, freeRange } from "./ports";
import { Program } from "./program";
import { TONE, writeTone } from "./tone";

/** The binary that the build leaves; another one by HELPLINE_BIN. */
export const BINARY =
  process.env.HELPLINE_BIN ?? resolve(import.meta.dirname, "../../../../target/debug/helpline");

export const PASSWORD = "ripple-saffron-tundra-quartz-471";
const READY_DEADLINE_MS = 60_000;
const RTP_PORTS = 200;
/** A telephone number of India; parts of ids, times and fractions are none. */
const NUMBER = /\+91[ -]?\d|(?<![\w.-])(?:0|91)?[6-9]\d{9}(?![\w-])/;

/** Settings that differ from the program's own: environment names without HELPLINE__. */
export type Settings = Record<string, string>;

export class Server {
  private readonly program: Program;
  readonly folder: string;
  readonly origin: string;
  /** Where a caller dials. */
  readonly sip: string;

  private constructor(program: Program, folder: string, origin: string, sip: string) {
    this.program = program;
    this.folder = folder;
    this.origin = origin;
    this.sip = sip;
  }

  /** Starts the program and waits until it takes calls. */
  static async start(settings: Settings): Promise<Server> {
    const folder = mkdtempSync(join(tmpdir(), "helpline-e2e-"));
    const [http, sip] = [await freePort(), await freePort()];
    const listen = {
      HTTP__LISTEN: `127.0.0.1:${http}`,
      SIP__LISTEN: `127.0.0.1:${sip}`,
      WEBRTC__LISTEN: "127.0.0.1:0",
      RTP__PORTS: await freeRange(RTP_PORTS),
      // All tests come from one address.
      HTTP__SIGN_INS_PER_MINUTE_BY_ADDRESS: "600",
      HTTP__SIGN_INS_PER_MINUTE_BY_USERNAME: "600",
      LIMITS__WEB_CALLS_PER_HOUR_BY_ADDRESS: "600",
      STOP__DRAIN_S: "2",
    };
    const env = Object.fromEntries(
      Object.entries({ ...listen, ...settings }).map(([key, value]) => [`HELPLINE__${key}`, value]),
    );
    const program = new Program(BINARY, ["demo", "--data", join(folder, "data")], {
      ...env,
      HELPLINE_DEMO_PASSWORD: PASSWORD,
      HELPLINE_DEMO_TOKEN: "a-token-of-the-end-to-end-tests-0123456789",
    });
    const server = new Server(
      program,
      folder,
      `http://127.0.0.1:${http}`,
      `sip:104@127.0.0.1:${sip}`,
    );
    await server.ready();
    return server;
  }

  private async ready(): Promise<void> {
    const deadline = Date.now() + READY_DEADLINE_MS;
    while (Date.now() < deadline && !this.program.hasEnded) {
      const answer = await fetch(`${this.origin}/readyz`).catch(() => null);
      if (answer?.ok) return;
      await pause(100);
    }
    const { tail } = this.program;
    await this.stop();
    throw new Error(`the helpline is not ready:\n${tail}`);
  }

  /** The end of its log. */
  get log(): string {
    return this.program.tail;
  }

  /** A file for this server's tests: the voice of a caller on a telephone. */
  voice(): string {
    return writeTone(join(this.folder, `caller-${TONE.caller}.wav`), TONE.caller, 8_000);
  }

  /** Ends it. Fails if its log tells whose telephone called. */
  async stop(): Promise<void> {
    await this.program.stop();
    rmSync(this.folder, { recursive: true, force: true });
    const told = this.program.output.split("\n").find((line) => NUMBER.test(line));
    if (told) throw new Error(`the helpline's log holds a telephone number: ${told}`);
  }
}
