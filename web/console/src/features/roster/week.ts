// A week of the roster as the page draws it: bars in days, fewest seats in each hour, and where they
// are too few. Pure; everything in India's time, which knows no summer time.
import type { RosterSpan, RosterWeek } from "../../api/types";

export const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const QUARTERS = [0, 0.25, 0.5, 0.75] as const;
export const HOURS = 168;
export const DAYS = [0, 1, 2, 3, 4, 5, 6] as const;

/** A shift as it is drawn: in days from the Monday, cut to the week. */
export interface Bar {
  span: RosterSpan;
  /** The column in which it begins. */
  day: number;
  /** From the left edge of that column, in days: 0 to 1. */
  left: number;
  /** In days; more than 1 - left goes on into the next column. */
  width: number;
  /** Bars that overlap stand below each other. */
  lane: number;
  /** It began before this week, or goes on after it. */
  cut: "before" | "after" | null;
}

export interface Gap {
  queue: string;
  /** Hours of the week, Monday 00:00 first; the second is not in it. */
  from: number;
  until: number;
  /** The fewest seats in these hours, and the most that are needed. */
  have: number;
  need: number;
}

/** Midnight of a day in India. */
export function midnight(day: string): number {
  return Date.parse(`${day}T00:00:00+05:30`);
}

/** The day so many days later, as the API writes it. */
export function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The day in India in which a moment lies. */
export function dayOf(at: number): string {
  return new Date(at + 5.5 * HOUR_MS).toISOString().slice(0, 10);
}

/** The bars of a person, in order. */
export function barsOf(week: RosterWeek, agent: string): Bar[] {
  const begin = midnight(week.from);
  const lanes: number[] = [];
  const own = week.spans.filter((span) => span.agent === agent);
  own.sort((a, b) => Date.parse(a.from) - Date.parse(b.from));
  return own.map((span) => {
    const from = (Date.parse(span.from) - begin) / DAY_MS;
    const until = (Date.parse(span.until) - begin) / DAY_MS;
    const [left, right] = [Math.max(from, 0), Math.min(until, 7)];
    const free = lanes.findIndex((end) => end <= left);
    const lane = free < 0 ? lanes.length : free;
    lanes[lane] = right;
    const day = Math.floor(left);
    const cut = from < 0 ? "before" : until > 7 ? "after" : null;
    return { span, day, left: left - day, width: right - left, lane, cut };
  });
}

/** The fewest people expected for a queue in each hour of the week. */
export function seatsOf(week: RosterWeek, queue: string): number[] {
  const begin = midnight(week.from);
  const spans = week.spans
    .filter(({ queues }) => queues.includes(queue))
    .map(({ agent, from, until }) => ({
      agent,
      from: (Date.parse(from) - begin) / HOUR_MS,
      until: (Date.parse(until) - begin) / HOUR_MS,
    }));
  const at = (hour: number) => {
    const here = spans.filter(({ from, until }) => from <= hour && hour < until);
    return new Set(here.map(({ agent }) => agent)).size;
  };
  return Array.from({ length: HOURS }, (_, hour) =>
    Math.min(...QUARTERS.map((quarter) => at(hour + quarter))),
  );
}

/** Where fewer are expected than needed: hours that touch are one gap. */
export function gapsOf(week: RosterWeek): Gap[] {
  return week.needs.flatMap(({ queue, seats: need }) => {
    const have = seatsOf(week, queue);
    const gaps: Gap[] = [];
    for (let hour = 0; hour < HOURS; hour += 1) {
      const [has, wants] = [have[hour] ?? 0, need[hour] ?? 0];
      if (has >= wants) continue;
      const last = gaps.at(-1);
      if (last?.until === hour) {
        last.until = hour + 1;
        last.have = Math.min(last.have, has);
        last.need = Math.max(last.need, wants);
      } else gaps.push({ queue, from: hour, until: hour + 1, have: has, need: wants });
    }
    return gaps;
  });
}

/** Hours alike, one after the other: nobody needed, enough, or too few. A day ends each. */
export function runsOf(need: number[], have: number[]) {
  const runs: { from: number; hours: number; kind: "none" | "kept" | "short" }[] = [];
  for (let hour = 0; hour < HOURS; hour += 1) {
    const [has, wants] = [have[hour] ?? 0, need[hour] ?? 0];
    const kind = wants === 0 ? "none" : has < wants ? "short" : "kept";
    const last = runs.at(-1);
    if (last?.kind === kind && hour % 24 !== 0) last.hours += 1;
    else runs.push({ from: hour, hours: 1, kind });
  }
  return runs;
}

/** The need with so many seats in these hours of these days. Hours that end before they begin go
 * over midnight. */
export function withSeats(
  before: number[] | undefined,
  days: readonly number[],
  fromHour: number,
  untilHour: number,
  seats: number,
): number[] {
  const need = Array.from({ length: HOURS }, (_, hour) => before?.[hour] ?? 0);
  const length = (untilHour - fromHour + 24) % 24 || 24;
  for (const day of days) {
    for (let hour = 0; hour < length; hour += 1) need[(day * 24 + fromHour + hour) % HOURS] = seats;
  }
  return need;
}

/** 1320 → "22:00". */
export function timeOf(minute: number): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${two(Math.floor(minute / 60) % 24)}:${two(minute % 60)}`;
}

/** "22:00" → 1320; null for what is no time. */
export function minuteOf(time: string): number | null {
  const [, hours, minutes] = /^(\d{2}):(\d{2})$/.exec(time) ?? [];
  if (hours === undefined || minutes === undefined) return null;
  const minute = Number(hours) * 60 + Number(minutes);
  return minute < 1440 ? minute : null;
}

/** Minutes from a start to an end, over midnight if the end is not later; a whole day if both are one. */
export function lengthOf(start: number, end: number): number {
  return (end - start + 1440) % 1440 || 1440;
}
