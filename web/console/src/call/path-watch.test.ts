import { describe, expect, it } from "vitest";
import { figuresOf, type PathFigures, PathWatch, type Verdict } from "./path-watch";

/** What the watch says, second by second. */
function judged(seconds: Omit<PathFigures, "pair">[], pair = "p1"): Verdict[] {
  const watch = new PathWatch();
  return seconds.map((figures) => watch.judge({ pair, ...figures }));
}
const at = (requests: number, responses: number, packets: number) => ({
  requests,
  responses,
  packets,
});

describe("the way of a connection", () => {
  it("is dead when a check stays without an answer and no sound comes in", () => {
    const seconds = [at(5, 5, 50), at(6, 5, 50), at(7, 5, 50), at(8, 5, 50), at(9, 5, 50)];
    expect(judged(seconds)).toEqual(["heard", "silent", "dead", "silent", "silent"]);
  });

  it("is well while sound comes in, whatever becomes of the checks", () => {
    const seconds = [at(5, 5, 50), at(6, 5, 100), at(7, 5, 150), at(8, 5, 200), at(9, 5, 250)];
    expect(judged(seconds)).not.toContain("dead");
  });

  it("is well between two calls, when only checks go over it", () => {
    const seconds = [at(5, 5, 50), at(5, 5, 50), at(5, 5, 50), at(6, 6, 50), at(6, 6, 50)];
    expect(judged(seconds)).not.toContain("dead");
  });

  it("is not blamed for a check that was lost long ago", () => {
    const seconds = [at(6, 5, 50), at(7, 6, 50), at(7, 6, 50), at(7, 6, 50), at(7, 6, 50)];
    expect(judged(seconds)).not.toContain("dead");
  });

  it("begins anew on another pair", () => {
    const watch = new PathWatch();
    const say = (pair: string, requests: number) =>
      watch.judge({ pair, requests, responses: 5, packets: 9 });
    expect([say("p1", 5), say("p1", 6), say("p2", 7), say("p2", 7)]).not.toContain("dead");
  });

  it("is read from the browser's statistics", () => {
    const stats = new Map<string, unknown>([
      ["T", { type: "transport", selectedCandidatePairId: "P" }],
      ["P", { type: "candidate-pair", id: "P", requestsSent: 3, responsesReceived: 2 }],
      ["Q", { type: "candidate-pair", id: "Q", requestsSent: 9, responsesReceived: 0 }],
      ["I", { type: "inbound-rtp", packetsReceived: 70 }],
    ]);
    expect(figuresOf(stats)).toEqual({ pair: "P", requests: 3, responses: 2, packets: 70 });
    expect(figuresOf(new Map())).toBeNull();
  });
});
