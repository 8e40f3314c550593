// Chromium with a fake microphone that says a tone. One browser for each voice, shared by the tests
// of a worker; a page of its own context is a person of its own.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium, type LaunchOptions, type Page } from "@playwright/test";
import { writeTone } from "./tone";

const QUIET = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--autoplay-policy=no-user-gesture-required",
];

/** `hertz`: the microphone says this tone. "denied": there is one, but it may not be used. "none". */
export type Microphone = number | "denied" | "none";

export class Browsers {
  private readonly folder = mkdtempSync(join(tmpdir(), "helpline-voices-"));
  private readonly open = new Map<Microphone, Promise<Browser>>();

  /** How a browser with this microphone is started; for tests that end it themselves. */
  options(microphone: Microphone): LaunchOptions {
    return {
      executablePath: process.env.CHROMIUM_BIN ?? "/usr/bin/chromium",
      args: [...QUIET, ...this.flags(microphone)],
    };
  }

  private flags(microphone: Microphone): string[] {
    if (microphone === "none") return ["--use-fake-ui-for-media-stream"];
    if (microphone === "denied") return ["--use-fake-device-for-media-stream"];
    const file = writeTone(join(this.folder, `${microphone}.wav`), microphone, 48_000);
    return [
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-audio-capture=${file}`,
    ];
  }

  with(microphone: Microphone): Promise<Browser> {
    const open = this.open.get(microphone) ?? chromium.launch(this.options(microphone));
    this.open.set(microphone, open);
    return open;
  }

  /** Every page that is open now. */
  async pages(): Promise<Page[]> {
    const browsers = await Promise.all(this.open.values());
    return browsers.flatMap((browser) => browser.contexts().flatMap((room) => room.pages()));
  }

  async close(): Promise<void> {
    for (const browser of this.open.values()) await (await browser).close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
