import { expect, it } from "vitest";
import type { Board } from "../../floor/board";
import { boardStep } from "../../floor/board";
import { agent, iso, NOW, rosterSpan, watching } from "../../testing/fixtures";
import { dutyOf } from "./duty";

const HOUR = 3_600_000;
const span = (who: string, from: number, until: number) =>
  rosterSpan({ agent: who, name: who, from: iso(from * HOUR), until: iso(until * HOUR) });
const agents = ["u1", "u2", "u3"].map((id) =>
  agent(id === "u3" ? "offline" : "available", { agent: id, name: id }),
);
const board = boardStep(null, watching({ agents }), NOW) as Board;

it("says who is on shift and not signed in, the longest first", () => {
  const duty = dutyOf([span("u1", -1, 7), span("u3", -2, 6), span("u4", -3, 5)], board, NOW);
  expect(duty.expected).toBe(3);
  expect(duty.missing.map(({ name }) => name)).toEqual(["u4", "u3"]);
  expect(duty.missing[0]?.since).toBe(NOW - 3 * HOUR);
  expect(duty.beyond).toEqual([]);
});

it("says who stays beyond a shift, and not who begins another", () => {
  const spans = [span("u1", -9, -1), span("u2", -9, -1), span("u2", -1, 7), span("u3", -9, -1)];
  const duty = dutyOf(spans, board, NOW);
  expect(duty.beyond).toEqual([{ agent: "u1", name: "u1", since: NOW - HOUR }]);
  expect(duty.missing).toEqual([]);
});

it("ends a shift with its last moment, and does not begin one early", () => {
  expect(dutyOf([span("u4", -8, 0), span("u5", 1, 9)], board, NOW).missing).toEqual([]);
});
