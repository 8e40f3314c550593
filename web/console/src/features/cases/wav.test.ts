import { describe, expect, it } from "vitest";
import { levelsOf } from "./wav";

function wav(pairs: [number, number][]): ArrayBuffer {
  const samples = new Int16Array(22 + pairs.length * 2);
  for (const [at, [left, right]] of pairs.entries()) {
    samples[22 + 2 * at] = left;
    samples[23 + 2 * at] = right;
  }
  return samples.buffer;
}

describe("the levels of a recording", () => {
  it("tell who spoke when", () => {
    const first: [number, number][] = Array.from({ length: 4000 }, () => [16_384, 0]);
    const second: [number, number][] = Array.from({ length: 4000 }, () => [0, -32_768]);
    expect(levelsOf(wav([...first, ...second]), 2)).toEqual({
      caller: [0.5, 0],
      heard: [0, 1],
      seconds: 1,
    });
  });

  it("are silence for an empty file and for one that is cut", () => {
    expect(levelsOf(new ArrayBuffer(10), 2)).toEqual({ caller: [0, 0], heard: [0, 0], seconds: 0 });
    expect(levelsOf(new ArrayBuffer(47), 1).seconds).toBe(0);
  });
});
