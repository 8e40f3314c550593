import { describe, expect, it } from "vitest";
import { rosterSpan, rosterWeek } from "../../testing/fixtures";
import {
  barsOf,
  dayAfter,
  dayOf,
  gapsOf,
  lengthOf,
  midnight,
  minuteOf,
  runsOf,
  seatsOf,
  timeOf,
  withSeats,
} from "./week";

const night = (day: string, part = {}) =>
  rosterSpan({
    day,
    from: `${day}T22:00:00+05:30`,
    until: `${dayAfter(day, 1)}T07:00:00+05:30`,
    ...part,
  });

describe("a week of the roster", () => {
  it("draws a night shift as one bar over midnight, cut where the week is", () => {
    const spans = ["2026-11-22", "2026-11-24", "2026-11-29"].map((day) => night(day));
    const bars = barsOf(rosterWeek({ spans }), "u1");
    const drawn = bars.map(({ day, left, width, cut }) => [day, left * 24, width * 24, cut]);
    expect(
      drawn.map((bar) => bar.map((one) => (typeof one === "number" ? Math.round(one) : one))),
    ).toEqual([
      [0, 0, 7, "before"],
      [1, 22, 9, null],
      [6, 22, 2, "after"],
    ]);
  });

  it("puts bars that overlap below each other", () => {
    const early = rosterSpan({
      from: "2026-11-24T06:00:00+05:30",
      until: "2026-11-24T23:00:00+05:30",
    });
    const bars = barsOf(rosterWeek({ spans: [night("2026-11-24"), early] }), "u1");
    expect(bars.map(({ lane }) => lane)).toEqual([0, 1]);
    expect(barsOf(rosterWeek({ spans: [early] }), "u2")).toEqual([]);
  });

  it("counts each person once, and the fewest of an hour", () => {
    const late = night("2026-11-23", { from: "2026-11-23T22:15:00+05:30", agent: "u2" });
    const week = rosterWeek({ spans: [night("2026-11-23"), night("2026-11-23"), late] });
    const seats = seatsOf(week, "health");
    expect([seats[21], seats[22], seats[23], seats[30], seats[31]]).toEqual([0, 1, 2, 2, 0]);
    expect(Math.max(...seatsOf(week, "schemes"))).toBe(0);
  });

  it("names where seats are too few, hours that touch as one", () => {
    const needs = [
      { queue: "health", version: 1, seats: withSeats(undefined, [0, 1], 22, 7, 2) },
      { queue: "schemes", version: 1, seats: withSeats(undefined, [6], 23, 0, 1) },
    ];
    const both = [night("2026-11-23"), night("2026-11-23", { agent: "u2" }), night("2026-11-24")];
    expect(gapsOf(rosterWeek({ spans: both, needs }))).toEqual([
      { queue: "health", from: 46, until: 55, have: 1, need: 2 },
      { queue: "schemes", from: 167, until: 168, have: 0, need: 1 },
    ]);
    expect(gapsOf(rosterWeek({ spans: [] }))).toEqual([]);
  });

  it("draws hours alike as one, day by day", () => {
    const need = withSeats(undefined, [0], 0, 0, 2);
    const have = withSeats(undefined, [0], 6, 0, 2);
    const [first, second, third] = runsOf(need, have);
    expect([first?.kind, first?.hours]).toEqual(["short", 6]);
    expect([second?.kind, second?.hours]).toEqual(["kept", 18]);
    expect([third?.kind, third?.hours]).toEqual(["none", 24]);
    expect(runsOf(need, have).reduce((sum, { hours }) => sum + hours, 0)).toBe(168);
  });

  it("sets a need over midnight, and from Sunday into Monday", () => {
    const need = withSeats(Array(168).fill(3), [6], 22, 2, 5);
    expect([need[165], need[166], need[167], need[0], need[1], need[2]]).toEqual([
      3, 5, 5, 5, 5, 3,
    ]);
    expect(withSeats(undefined, [0], 8, 8, 1).filter((seats) => seats === 1)).toHaveLength(24);
  });

  it("knows India's days and times", () => {
    expect(dayOf(Date.parse("2026-11-22T18:29:59Z"))).toBe("2026-11-22");
    expect(dayOf(Date.parse("2026-11-22T18:30:00Z"))).toBe("2026-11-23");
    expect(new Date(midnight("2026-11-23")).toISOString()).toBe("2026-11-22T18:30:00.000Z");
    expect([timeOf(1320), timeOf(5), minuteOf("22:00"), minuteOf("24:00"), minuteOf("x")]).toEqual([
      "22:00",
      "00:05",
      1320,
      null,
      null,
    ]);
    expect([lengthOf(1320, 420), lengthOf(360, 840), lengthOf(0, 0)]).toEqual([540, 480, 1440]);
  });
});
