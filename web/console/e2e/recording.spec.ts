// A call is recorded, paused on request and heard again on the page of its case: by keyboard, and judged by
// its sound. The caller says one tone, the operator another; each must be in its own channel, and neither
// in the pause.
import { setTimeout as pause } from "node:timers/promises";
import { TESTID } from "../src/ui/testid";
import { expectAccessible } from "./harness/axe";
import type { Operator } from "./harness/operator";
import { expect, test } from "./harness/test";
import { TONE } from "./harness/tone";

declare global {
  interface Window {
    /** What the page made into something to play. */
    played?: Blob;
  }
}

/** How long somebody talks before, in and after the pause: several bursts. */
const TALK_MS = 2_500;

test("a call is recorded and heard again on the page of its case", async ({ operator, dial }) => {
  test.setTimeout(120_000);
  const desk = await operator("operator6");
  await desk.startShift();
  const caller = dial({ from: "+919999060081" });
  await desk.is("ringing", 30_000);
  await desk.answer();
  const mark = desk.get(TESTID.recording);
  await expect(mark).toHaveAttribute("data-recording", "on");
  await expectAccessible(desk.page, "recorded");
  await pause(TALK_MS);
  await desk.press("F9");
  await expect(mark).toHaveAttribute("data-recording", "paused");
  await pause(TALK_MS);
  await desk.press("F9");
  await expect(mark).toHaveAttribute("data-recording", "on");
  await expect(desk.get("live-assertive")).toHaveText(/The recording goes on/);
  await pause(TALK_MS);
  await desk.press("1");
  await desk.tabTo(TESTID.notes);
  await desk.page.keyboard.type("Asked about a vaccination.");
  await desk.saved();
  const number = (await desk.get(TESTID.caseNumber).textContent()) ?? "";
  await desk.end();
  await caller.report();
  await desk.wrapUp("Told where to go.");
  await listen(desk, number);
  const { pauses, spans } = await measured(desk, number);
  const [from, until] = pauses[0] ?? [0, 0];
  expect(until - from, `the pause, ${JSON.stringify(spans)}`).toBeGreaterThan(TALK_MS - 1_000);
  for (const [who, other] of [
    ["caller", "heard"],
    ["heard", "caller"],
  ] as const) {
    const tones = spans[who];
    expect(tones.before, `${who}, ${JSON.stringify(spans)}`).toBeGreaterThan(10);
    expect(tones.after, `${who}, ${JSON.stringify(spans)}`).toBeGreaterThan(10);
    expect(tones.paused, `${who} in the pause, ${JSON.stringify(spans)}`).toBe(0);
    expect(tones.wrong, `${other} in the channel of ${who}`).toBe(0);
  }
});

/** Opens the case among one's own and plays its recording, by keyboard. */
async function listen(desk: Operator, number: string): Promise<void> {
  await desk.press("Escape");
  await desk.press("m");
  const row = desk.get(TESTID.caseRow).filter({ hasText: number });
  await row.getByRole("link").focus();
  await desk.press("Enter");
  const recording = desk.get(TESTID.timelineRecording);
  // The file is on the disk a moment after the call.
  await expect(async () => {
    if ((await recording.getAttribute("data-state", { timeout: 2_000 })) !== "kept") {
      await desk.page.reload();
    }
    await expect(recording).toHaveAttribute("data-state", "kept", { timeout: 2_000 });
  }).toPass({ timeout: 20_000 });
  await desk.page.evaluate(() => {
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob: Blob) => {
      window.played = blob;
      return make(blob);
    };
  });
  await desk.tabTo(TESTID.recordingPlay);
  await desk.press("Enter");
  const sound = desk.get(TESTID.recordingSound).locator("audio");
  await expect(sound).toBeVisible();
  await expect
    .poll(() => sound.evaluate((audio: HTMLAudioElement) => audio.currentTime), { timeout: 10_000 })
    .toBeGreaterThan(0.5);
  await expectAccessible(desk.page, "the recording on the page of the case");
}

interface Tones {
  before: number;
  paused: number;
  after: number;
  /** Parts with the tone of the other side. */
  wrong: number;
}

/** Counts the parts of 50 ms in which each side's tone sounds, in what the page plays. */
async function measured(desk: Operator, number: string) {
  const { cases } = await (await desk.api("GET", "/cases?mine=true")).json();
  const { id } = cases.find((one: { number: string }) => one.number === number);
  const timeline = await (await desk.api("GET", `/cases/${id}/timeline`)).json();
  const [recording] = timeline.flatMap(
    (entry: { recordings?: unknown[] }) => entry.recordings ?? [],
  );
  const pauses: [number, number][] = recording.pauses.map(
    ({ from_ms, until_ms }: { from_ms: number; until_ms: number }) => [from_ms, until_ms],
  );
  const parts = await desk.page.evaluate(partsWithTones, [TONE.caller, TONE.operator] as const);
  const [from, until] = pauses[0] ?? [0, 0];
  const tones = (side: "caller" | "heard"): Tones => {
    const found = { before: 0, paused: 0, after: 0, wrong: 0 };
    for (const { at, own, other } of parts[side]) {
      if (other) found.wrong += 1;
      if (!own) continue;
      // A quarter of a second at the edges: the two clocks agree no better on a busy machine.
      if (at < from) found.before += 1;
      else if (at > from + 250 && at < until - 250) found.paused += 1;
      else if (at > until) found.after += 1;
    }
    return found;
  };
  return { pauses, spans: { caller: tones("caller"), heard: tones("heard") } };
}

/** In the page: Goertzel's algorithm over each channel of what it plays. */
async function partsWithTones([caller, operator]: readonly [number, number]) {
  const wav = (await window.played?.arrayBuffer()) ?? new ArrayBuffer(44);
  const samples = new Int16Array(wav, 44, Math.floor((wav.byteLength - 44) / 4) * 2);
  const LEN = 400;
  const power = (from: number, channel: number, hertz: number) => {
    const turn = 2 * Math.cos((2 * Math.PI * hertz) / 8000);
    let [last, before] = [0, 0];
    for (let at = 0; at < LEN; at += 1) {
      const next = (samples[2 * (from + at) + channel] ?? 0) / 32768 + turn * last - before;
      [before, last] = [last, next];
    }
    return (last * last + before * before - turn * last * before) / (LEN * LEN);
  };
  const side = (channel: number, own: number, other: number) => {
    const parts = [];
    for (let from = 0; from + LEN <= samples.length / 2; from += LEN) {
      parts.push({
        at: from / 8,
        own: power(from, channel, own) > 1e-4,
        other: power(from, channel, other) > 1e-4,
      });
    }
    return parts;
  };
  return { caller: side(0, caller, operator), heard: side(1, operator, caller) };
}
