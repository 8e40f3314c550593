// What is typed of a call on paper, and what the server is asked for. Pure; India's time.
import type { NewPaperCall } from "../../api/types";

export interface Paper {
  day: string;
  time: string;
  phone: string;
  /** Empty: the first. */
  queue: string;
  category: string;
  disposition: string;
  notes: string;
  whyLate: string;
}

export const EMPTY: Paper = {
  day: "",
  time: "",
  phone: "",
  queue: "",
  category: "",
  disposition: "",
  notes: "",
  whyLate: "",
};

/** What is wrong with it, in a word. */
export type Wrong = "when" | "future" | "late" | "incomplete";

const LATE_MS = 30 * 86_400_000;

/** When it happened; null while that is not said. */
export function momentOf({ day, time }: Paper): number | null {
  const at = Date.parse(`${day}T${time}:00+05:30`);
  return Number.isFinite(at) ? at : null;
}

/** So long ago that a reason is asked for. */
export const isLate = (at: number, now: number) => now - at > LATE_MS;

/** What the server is asked for, or what is missing. */
export function wishOf(paper: Paper, now: number): NewPaperCall | Wrong {
  const at = momentOf(paper);
  if (at === null) return "when";
  if (at > now) return "future";
  if (isLate(at, now) && !paper.whyLate.trim()) return "late";
  if (!paper.disposition || !paper.notes.trim()) return "incomplete";
  const { phone, queue, category, whyLate } = paper;
  const told = (name: string, text: string) => (text.trim() ? { [name]: text.trim() } : {});
  return {
    happened_at: `${paper.day}T${paper.time}:00+05:30`,
    disposition: paper.disposition,
    notes: paper.notes.trim(),
    ...told("phone", phone),
    ...told("queue", queue),
    ...told("category", category),
    ...(isLate(at, now) ? told("why_late", whyLate) : {}),
  };
}
