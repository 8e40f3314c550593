// How the bar draws each state: colour, hatching, icon, and which time it counts. Pure.
import type { CallClass } from "../../api/types";
import { isBroken } from "../../call/machine";
import type { CallState, Desk } from "../../call/state";
import type { IconName } from "../../ui/Icon";

export interface BarView {
  tone: CallClass | "ok";
  hatched: boolean;
  icon: IconName;
  pulses: boolean;
  /** Counts up from a moment, down to one, or shows no time. */
  timer: { count: "up"; from: number } | { count: "down"; to: number; of_s?: number } | null;
}

/** A hold longer than this is underlined: the citizen has waited long enough. */
export const HOLD_LONG_MS = 60_000;

export function barView(state: CallState): BarView {
  const { desk } = state;
  switch (desk.kind) {
    case "unknown":
      return plain("info", "signal");
    case "observer":
      return plain("info", "desk");
    case "offline":
      return plain("info", "cross");
    case "available":
      return { ...plain("ok", "check"), timer: { count: "up", from: desk.since } };
    case "ringing":
      return ringing(desk);
    case "talking": {
      const broken = isBroken(state.media) || state.media.kind === "refused";
      const lost = broken && !state.station;
      const timer = { count: "up", from: talkingSince(desk, state.skew_ms) } as const;
      if (lost) return { ...plain("callback_due", "signal"), hatched: true, timer };
      return { ...plain("ok", "phone"), timer };
    }
    case "on_hold":
      return {
        ...plain("standard", "hold"),
        hatched: true,
        timer: { count: "up", from: desk.since },
      };
    case "wrap_up":
      return {
        ...plain("info", "note"),
        timer: desk.until === null ? null : { count: "down", to: desk.until },
      };
    case "break":
      return {
        ...plain("callback_due", "cup"),
        hatched: true,
        timer: { count: "up", from: desk.since },
      };
    case "not_responding":
      return {
        ...plain("info", "warning"),
        hatched: true,
        timer: { count: "up", from: desk.since },
      };
  }
}

function ringing(desk: Extract<Desk, { kind: "ringing" }>): BarView {
  const of_s = desk.ringing ? Math.round(desk.ringing.ring_ms / 1000) : undefined;
  return {
    ...plain(desk.ringing?.call.class ?? "standard", "phone"),
    pulses: true,
    timer: desk.until === null ? null : { count: "down", to: desk.until, of_s },
  };
}

/** The time of the whole talk, not since the last hold. */
function talkingSince(desk: Extract<Desk, { kind: "talking" }>, skew_ms: number): number {
  const told = desk.call?.talking_since;
  const at = told ? Date.parse(told) - skew_ms : Number.NaN;
  return Number.isFinite(at) ? at : desk.since;
}

function plain(tone: BarView["tone"], icon: IconName): BarView {
  return { tone, icon, hatched: false, pulses: false, timer: null };
}
