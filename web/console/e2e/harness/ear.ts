// An ear inside a page: looks for tones in what its <audio> element plays, by Goertzel's algorithm
// over the samples of an AnalyserNode. It judges sound, not packets.
import { expect, type Page } from "@playwright/test";

interface Sighting {
  at: number;
  hertz: number;
}

declare global {
  interface Window {
    heardTones?: Sighting[];
  }
}

/** Sound flows if so many separate bursts of the tone are heard. */
const BURSTS_MIN = 2;
/** Two sightings further apart than this belong to two bursts (they are 200 ms apart, looked for
 * every 40 ms). */
const GAP_MS = 110;

export class Ear {
  private readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Begins to listen. After a reload the page needs a new ear. */
  static async open(page: Page, tones: number[]): Promise<Ear> {
    await page.evaluate(listen, tones);
    return new Ear(page);
  }

  /** Bursts of a tone that were heard since then. */
  async bursts(hertz: number, since: number): Promise<number> {
    const heard = await this.page.evaluate(() => window.heardTones ?? []);
    const times = heard.filter((one) => one.hertz === hertz && one.at >= since).map(({ at }) => at);
    return times.filter((at, index) => index === 0 || at - (times[index - 1] ?? 0) > GAP_MS).length;
  }

  /** The longest time without the tone between two moments of this machine's clock, milliseconds.
   * The pauses of a gated tone count, so sound without a gap has one of 200 ms or a little more. */
  async silence(hertz: number, from: number, to: number): Promise<number> {
    const heard = await this.page.evaluate(() => window.heardTones ?? []);
    const times = heard
      .filter((one) => one.hertz === hertz && one.at >= from && one.at <= to)
      .map(({ at }) => at);
    const edges = [from, ...times, to];
    return Math.max(...edges.slice(1).map((at, index) => at - (edges[index] ?? at)));
  }

  /** Waits until the tone is heard from now on, in bursts. */
  async hears(hertz: number, timeout = 12_000): Promise<void> {
    const since = Date.now();
    await expect
      .poll(() => this.bursts(hertz, since), { timeout, message: `bursts of ${hertz} Hz` })
      .toBeGreaterThanOrEqual(BURSTS_MIN);
  }
}

/** Runs inside the page. */
function listen(tones: number[]): void {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 2048;
  const samples = new Float32Array(analyser.fftSize);
  let stream: MediaProvider | null = null;
  let source: MediaStreamAudioSourceNode | null = null;
  const heard: Sighting[] = [];
  window.heardTones = heard;

  function power(hertz: number): number {
    const turn = 2 * Math.cos((2 * Math.PI * hertz) / context.sampleRate);
    let [one, two] = [0, 0];
    for (const sample of samples) [one, two] = [sample + turn * one - two, one];
    return one * one + two * two - turn * one * two;
  }

  setInterval(() => {
    const audio = document.querySelector<HTMLAudioElement>('[data-testid="remote-audio"]');
    const now = audio?.srcObject ?? null;
    if (now !== stream) {
      source?.disconnect();
      stream = now;
      source = now instanceof MediaStream ? context.createMediaStreamSource(now) : null;
      source?.connect(analyser);
    }
    if (!source) return;
    analyser.getFloatTimeDomainData(samples);
    let energy = 0;
    for (const sample of samples) energy += sample * sample;
    // Quieter than -45 dBFS is silence.
    if (energy / samples.length < 3e-5) return;
    for (const hertz of tones) {
      const share = (2 * power(hertz)) / (samples.length * energy);
      if (share > 0.6) heard.push({ at: Date.now(), hertz });
    }
  }, 40);
}
