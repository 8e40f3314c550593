// What is typed about a shift or leave, and the wish that it becomes. Pure.
import type { LeaveReason, RosterEntry, RosterWish } from "../../api/types";
import type { Place } from "./WeekGrid";
import { lengthOf, midnight, minuteOf, timeOf } from "./week";

export interface Draft {
  kind: "shift" | "leave";
  agent: string;
  repeats: "once" | "weekly";
  days: number[];
  from: string;
  /** Empty: without end. */
  until: string;
  start: string;
  end: string;
  /** Empty: all that the person serves. */
  queue: string;
  reason: LeaveReason;
  /** Leave from this shift only. */
  of: string | null;
  note: string;
}

/** Monday is 0. */
export function weekdayOf(day: string): number {
  return (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
}

/** An entry as it stands, or a new shift of the day that somebody pointed at. */
export function draftOf(entry: RosterEntry | null, place: Place): Draft {
  const fresh: Draft = {
    kind: "shift",
    agent: place.agent,
    repeats: "once",
    days: [weekdayOf(place.day)],
    from: place.day,
    until: "",
    start: "06:00",
    end: "14:00",
    queue: "",
    reason: "planned",
    of: null,
    note: "",
  };
  if (!entry) return fresh;
  const { agent, note, plan } = entry;
  if (plan.kind === "leave") {
    const { from, until, reason, of = null } = plan;
    return { ...fresh, kind: "leave", agent, note, from, until, reason, of };
  }
  const once = plan.until === plan.from;
  return {
    ...fresh,
    agent,
    note,
    repeats: once ? "once" : "weekly",
    days: plan.days,
    from: plan.from,
    until: once ? "" : (plan.until ?? ""),
    start: timeOf(plan.start_minute),
    end: timeOf(plan.start_minute + plan.minutes),
    queue: plan.queue ?? "",
  };
}

/** What the server is asked for; null while something is missing. */
export function wishOf(draft: Draft): RosterWish | null {
  const { agent, note, from } = draft;
  if (!isDay(from)) return null;
  if (draft.kind === "leave") {
    const until = draft.until || from;
    if (!isDay(until) || until < from) return null;
    const of = draft.of ? { of: draft.of } : {};
    return { agent, note, plan: { kind: "leave", from, until, reason: draft.reason, ...of } };
  }
  const [start, end] = [minuteOf(draft.start), minuteOf(draft.end)];
  if (start === null || end === null) return null;
  const once = draft.repeats === "once";
  const days = once ? [weekdayOf(from)] : draft.days;
  const until = once ? from : draft.until;
  if (days.length === 0 || (until !== "" && (!isDay(until) || until < from))) return null;
  return {
    agent,
    note,
    plan: {
      kind: "shift",
      ...(draft.queue ? { queue: draft.queue } : {}),
      days,
      from,
      ...(until ? { until } : {}),
      start_minute: start,
      minutes: lengthOf(start, end),
    },
  };
}

function isDay(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && Number.isFinite(midnight(text));
}
