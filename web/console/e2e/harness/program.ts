// A child process with its log and its end. Ended by its own id, never by a name.
import { type ChildProcess, spawn } from "node:child_process";

/** So much of the log is told when something fails. */
const TAIL_LINES = 60;
const KILL_AFTER_MS = 5_000;

export class Program {
  private readonly child: ChildProcess;
  private readonly lines: string[] = [];
  readonly started = Date.now();
  /** The exit code, or null if a signal ended it. */
  readonly ended: Promise<number | null>;
  private over = false;

  constructor(path: string, args: string[], env: Record<string, string> = {}) {
    this.child = spawn(path, args, {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding("utf8");
      stream?.on("data", (text: string) => this.lines.push(...text.split("\n")));
    }
    this.ended = new Promise((resolve, reject) => {
      this.child.once("error", reject);
      this.child.once("close", (code) => {
        this.over = true;
        resolve(code);
      });
    });
    this.ended.catch(() => undefined);
  }

  get hasEnded(): boolean {
    return this.over;
  }

  get output(): string {
    return this.lines.join("\n");
  }

  get tail(): string {
    return this.lines.slice(-TAIL_LINES).join("\n");
  }

  /** Asks it to stop, and makes it after a while. */
  async stop(): Promise<void> {
    if (this.over) return;
    this.child.kill("SIGTERM");
    const forced = setTimeout(() => this.child.kill("SIGKILL"), KILL_AFTER_MS);
    await this.ended.catch(() => undefined);
    clearTimeout(forced);
  }
}
