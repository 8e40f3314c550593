// Every date, time and duration on a screen is made here: Asia/Kolkata, Latin digits in both
// languages. Pure; the language and, where it matters, the present come in as arguments.
import type { Time } from "./api/types";

export type Lang = "en" | "hi";

const ZONE = "Asia/Kolkata";
const LOCALE: Record<Lang, string> = { en: "en-IN-u-nu-latn", hi: "hi-IN-u-nu-latn" };

type Format = "clock" | "minute" | "day" | "weekday" | "weekdayName" | "date" | "month";
const FORMATS: Record<Format, Intl.DateTimeFormatOptions> = {
  clock: { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" },
  minute: { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  day: { day: "numeric", month: "short" },
  weekday: { weekday: "short", day: "numeric", month: "short" },
  weekdayName: { weekday: "short" },
  date: { day: "numeric", month: "short", year: "numeric" },
  month: { month: "long", year: "numeric" },
};
const made = new Map<string, Intl.DateTimeFormat>();

function format(name: Format, lang: Lang): Intl.DateTimeFormat {
  const key = `${name} ${lang}`;
  const known = made.get(key);
  if (known) return known;
  const fresh = new Intl.DateTimeFormat(LOCALE[lang], { ...FORMATS[name], timeZone: ZONE });
  made.set(key, fresh);
  return fresh;
}

/** 14:25:46 */
export function clock(at: Time | number | Date, lang: Lang): string {
  return format("clock", lang).format(new Date(at));
}

/** 14:25 today, 21 Nov 18:40 this year, 21 Nov 2025 before. */
export function moment(at: Time | number, lang: Lang, now: number = Date.now()): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const minute = format("minute", lang).format(date);
  const day = format("date", lang);
  if (day.format(date) === day.format(now)) return minute;
  if (yearOf(date) === yearOf(now)) return `${format("day", lang).format(date)} ${minute}`;
  return day.format(date);
}

/** 18:40 */
export function minute(at: Time | number, lang: Lang): string {
  return format("minute", lang).format(new Date(at));
}

/** 21 Nov, of a day as the API writes it. */
export function day(date: string, lang: Lang): string {
  return format("day", lang).format(noon(date));
}

/** Sat, 21 Nov, of a day as the API writes it. */
export function weekday(date: string, lang: Lang): string {
  return format("weekday", lang).format(noon(date));
}

/** Mon, of a number: Monday is 0. */
export function weekdayName(number: number, lang: Lang): string {
  const monday = Date.parse("2026-11-23T12:00:00+05:30");
  return format("weekdayName", lang).format(monday + number * 86_400_000);
}

function noon(date: string): Date {
  return new Date(`${date}T12:00:00+05:30`);
}

/** November 2026; nothing for a time that is none. */
export function month(at: Time, lang: Lang): string {
  const date = new Date(at);
  return Number.isNaN(date.getTime()) ? "" : format("month", lang).format(date);
}

/** The whole thing: 21 Nov 2026, 18:40. */
export function full(at: Time | number, lang: Lang): string {
  const date = new Date(at);
  return `${format("date", lang).format(date)}, ${format("minute", lang).format(date)}`;
}

/** 03:41, and 1:02:07 from an hour on. Never below zero. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = two(Math.floor(seconds / 60) % 60);
  const hours = Math.floor(seconds / 3600);
  const rest = `${minutes}:${two(seconds % 60)}`;
  return hours > 0 ? `${hours}:${rest}` : rest;
}

/** 1:52, the way people say it: no leading zero. */
export function shortDuration(ms: number): string {
  return duration(ms).replace(/^0(?=\d:)/, "");
}

/** Seconds left until a moment, to the nearest, never below zero. */
export function secondsLeft(until: number, now: number): number {
  return Math.max(0, Math.round((until - now) / 1000));
}

/** Years of age this year, from a year of birth. */
export function age(birthYear: number, now: number = Date.now()): number {
  return Math.max(0, yearOf(now) - birthYear);
}

function yearOf(at: Date | number): number {
  const year = new Intl.DateTimeFormat("en", { year: "numeric", timeZone: ZONE }).format(at);
  return Number(year);
}
