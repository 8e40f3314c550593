// How loud each side of a recording was over time: enough to see who spoke when. Pure.

/** Left the caller, right what the caller heard. */
export interface Levels {
  caller: number[];
  heard: number[];
  seconds: number;
}

const HEADER_BYTES = 44;
const RATE = 8000;

/** The loudest sample of each of `parts` equal parts, from 0 to 1; of a WAV file as the server sends it. */
export function levelsOf(wav: ArrayBuffer, parts: number): Levels {
  const usable = Math.max(0, Math.floor((wav.byteLength - HEADER_BYTES) / 4)) * 2;
  const samples = usable > 0 ? new Int16Array(wav, HEADER_BYTES, usable) : new Int16Array();
  const pairs = usable / 2;
  const [caller, heard] = [new Array<number>(parts).fill(0), new Array<number>(parts).fill(0)];
  for (let pair = 0; pair < pairs; pair += 1) {
    const part = Math.floor((pair * parts) / pairs);
    const [left, right] = [samples[2 * pair] ?? 0, samples[2 * pair + 1] ?? 0];
    caller[part] = Math.max(caller[part] ?? 0, Math.abs(left) / 32_768);
    heard[part] = Math.max(heard[part] ?? 0, Math.abs(right) / 32_768);
  }
  return { caller, heard, seconds: pairs / RATE };
}
