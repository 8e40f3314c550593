// A citizen with a telephone: `helpline dial`, real SIP and RTP. What it heard is known when the call
// is over.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Program } from "./program";
import { BINARY, type Server } from "./server";
import { levelOf, TONE } from "./tone";

/** A stretch of time in which a tone was heard, seconds after the answer. */
interface Heard {
  hertz: number;
  from: number;
  to: number;
}

export interface CallOptions {
  from: string;
  /** Keys with their times after the answer: `2@1s`. */
  press?: string[];
  /** Otherwise the helpline hangs up, at the latest after a minute and a half. */
  hangUpAfter?: string;
}

/** English, then at once "a person". */
export const TO_A_PERSON = ["2@700ms", "0@1500ms"];
/** No call of a test is longer. */
const LONGEST = "90s";

let calls = 0;

export class Caller {
  private readonly program: Program;
  private readonly recording: string;

  private constructor(program: Program, recording: string) {
    this.program = program;
    this.recording = recording;
  }

  static dial(server: Server, options: CallOptions): Caller {
    calls += 1;
    const recording = join(server.folder, `heard-${calls}.wav`);
    const args = ["dial", "--to", server.sip, "--from", options.from];
    args.push("--say", server.voice(), "--say-repeatedly", "--record", recording);
    args.push("--hang-up-after", options.hangUpAfter ?? LONGEST);
    for (const press of options.press ?? TO_A_PERSON) args.push("--press", press);
    for (const tone of [TONE.operator, TONE.secondOperator]) args.push("--listen-for", `${tone}`);
    return new Caller(new Program(BINARY, args), recording);
  }

  /** Waits for the end of the call and tells what was heard. */
  async report(deadline_ms = 20_000): Promise<Report> {
    const code = await Promise.race([
      this.program.ended,
      pause(deadline_ms, "late" as const, { ref: false }),
    ]);
    if (code === "late") throw new Error(`the caller is still on the line:\n${this.program.tail}`);
    if (code !== 0) throw new Error(`the call failed:\n${this.program.tail}`);
    return new Report(this.program, this.recording);
  }

  get hasEnded(): boolean {
    return this.program.hasEnded;
  }

  async stop(): Promise<void> {
    await this.program.stop();
  }
}

export class Report {
  private readonly tones: Heard[];
  private readonly wav: Buffer;
  /** When the call was answered, by this machine's clock. */
  private readonly answeredAt: number;
  /** The keys that the other side pressed. */
  readonly keys: string;
  readonly text: string;

  constructor(program: Program, recording: string) {
    this.text = program.output;
    const answered = /answered after (\d+) ms/.exec(this.text);
    if (!answered) throw new Error(`the call was not answered:\n${this.text}`);
    this.answeredAt = program.started + Number(answered[1]);
    this.tones = [...this.text.matchAll(/heard ([\d.]+) Hz from ([\d.]+) s to ([\d.]+) s/g)].map(
      ([, hertz, from, to]) => ({ hertz: Number(hertz), from: Number(from), to: Number(to) }),
    );
    this.keys = /the other side pressed (\S+)/.exec(this.text)?.[1] ?? "";
    this.wav = readFileSync(recording);
  }

  /** Bursts of a tone that began between two moments of this machine's clock. */
  bursts(hertz: number, from = 0, to = Number.POSITIVE_INFINITY): number {
    return this.tones.filter((tone) => {
      const began = this.answeredAt + tone.from * 1000;
      return tone.hertz === hertz && began >= from && began < to;
    }).length;
  }

  /** The longest time without a tone between two moments, milliseconds; as `Ear.silence`. */
  silence(hertz: number, from: number, to: number): number {
    const bursts = this.tones
      .filter((tone) => tone.hertz === hertz)
      .map(
        (tone) => [this.answeredAt + tone.from * 1000, this.answeredAt + tone.to * 1000] as const,
      )
      .filter(([began, ended]) => ended >= from && began <= to);
    let [heardUntil, longest] = [from, 0];
    for (const [began, ended] of bursts) {
      longest = Math.max(longest, began - heardUntil);
      heardUntil = Math.max(heardUntil, ended);
    }
    return Math.round(Math.max(longest, to - heardUntil));
  }

  /** How loud it was at the caller's ear between two moments, dBFS. */
  level(from: number, to: number): number {
    return levelOf(this.wav, (from - this.answeredAt) / 1000, (to - this.answeredAt) / 1000);
  }
}
