// Gated tones as WAV files: what fake microphones and callers say. Pure but for writing the file.
// Gated, because a steady tone in the ear could be an echo of an old packet; bursts with silence in
// between prove that sound flows now.
import { writeFileSync } from "node:fs";

/** Whose voice is which tone, hertz: far above the notes of the music and their strong overtones. */
export const TONE = { operator: 1500, secondOperator: 2300, caller: 1900 } as const;

const ON_S = 0.3;
const OFF_S = 0.2;
/** Loud enough for the level bar, quiet enough not to clip in G.711. */
const AMPLITUDE = 8000;
/** The length of a file, a whole number of bursts and of periods: it can be said again and again. */
const LENGTH_S = 2;

/** Writes 16-bit mono PCM. Telephones say 8000 Hz; Chromium's fake microphone takes 48000. */
export function writeTone(path: string, hertz: number, rate: 8_000 | 48_000): string {
  const samples = new Int16Array(rate * LENGTH_S);
  for (const at of samples.keys()) {
    const seconds = at / rate;
    if (seconds % (ON_S + OFF_S) < ON_S) {
      samples[at] = Math.round(AMPLITUDE * Math.sin(2 * Math.PI * hertz * seconds));
    }
  }
  writeFileSync(
    path,
    Buffer.concat([header(samples.byteLength, rate), Buffer.from(samples.buffer)]),
  );
  return path;
}

function header(bytes: number, rate: number): Buffer {
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + bytes, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16); // The length of this part,
  head.writeUInt16LE(1, 20); // PCM,
  head.writeUInt16LE(1, 22); // one channel,
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28); // bytes a second,
  head.writeUInt16LE(2, 32); // bytes a sample,
  head.writeUInt16LE(16, 34); // bits a sample.
  head.write("data", 36);
  head.writeUInt32LE(bytes, 40);
  return head;
}

/** Loudness of a part of a recording of telephone audio (8000 Hz, 16 bit, mono), dBFS. */
export function levelOf(wav: Buffer, from_s: number, to_s: number): number {
  const samples = new Int16Array(wav.buffer, wav.byteOffset + 44, (wav.byteLength - 44) >> 1);
  const part = samples.subarray(Math.round(from_s * 8000), Math.round(to_s * 8000));
  if (part.length === 0) throw new Error(`nothing was recorded from ${from_s} s to ${to_s} s`);
  let sum = 0;
  for (const sample of part) sum += (sample / 32768) ** 2;
  return 10 * Math.log10(sum / part.length + 1e-12);
}
