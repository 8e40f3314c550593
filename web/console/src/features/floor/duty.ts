// Who is expected now and is not here, and who is here beyond the shift. Pure.
import type { RosterSpan } from "../../api/types";
import type { Board } from "../../floor/board";

export interface Duty {
  /** People on shift now. */
  expected: number;
  /** On shift and not signed in, the longest first. */
  missing: { agent: string; name: string; since: number }[];
  /** Signed in, and the shift is over since then. */
  beyond: { agent: string; name: string; since: number }[];
}

export function dutyOf(spans: RosterSpan[], board: Board, now: number): Duty {
  const on = new Map<string, { name: string; since: number }>();
  const over = new Map<string, number>();
  for (const { agent, name, from, until } of spans) {
    const [begins, ends] = [Date.parse(from), Date.parse(until)];
    if (begins <= now && now < ends) {
      const since = Math.min(begins, on.get(agent)?.since ?? begins);
      on.set(agent, { name, since });
    } else if (ends <= now) over.set(agent, Math.max(ends, over.get(agent) ?? ends));
  }
  const here = (agent: string) => {
    const state = board.agents[agent]?.state;
    return state !== undefined && state !== "offline";
  };
  const first = (a: { since: number }, b: { since: number }) => a.since - b.since;
  return {
    expected: on.size,
    missing: [...on]
      .filter(([agent]) => !here(agent))
      .map(([agent, one]) => ({ agent, ...one }))
      .sort(first),
    beyond: [...over]
      .filter(([agent]) => here(agent) && !on.has(agent))
      .map(([agent, since]) => ({ agent, name: board.agents[agent]?.name ?? "", since }))
      .sort(first),
  };
}
