// Judges, from the figures of a connection once a second, whether its way through the network is dead.
// Browsers take eight seconds and more to say "disconnected"; a caller takes less to hang up. Pure.

export interface PathFigures {
  /** Which pair of addresses is in use. */
  pair: string;
  /** Checks of the way that were sent (RFC 7675), and the answers to them. */
  requests: number;
  responses: number;
  /** Packets of sound that came in. */
  packets: number;
}

/** "heard": something came in; "dead": said once, at the moment when the way counts as dead. */
export type Verdict = "heard" | "silent" | "dead";

/** A way is dead when nothing at all has come in for so many looks while an answer was due. */
const LOOKS = 2;

export class PathWatch {
  private last: PathFigures | null = null;
  /** Checks that were lost in better times. */
  private forgiven = 0;
  private looks = 0;

  /** Takes the figures of this second. */
  judge(now: PathFigures): Verdict {
    const { last } = this;
    this.last = now;
    const heard =
      last?.pair !== now.pair || now.responses > last.responses || now.packets > last.packets;
    if (heard) {
      this.forgiven = now.requests - now.responses;
      this.looks = 0;
      return "heard";
    }
    if (now.requests - now.responses > this.forgiven) this.looks += 1;
    return this.looks === LOOKS ? "dead" : "silent";
  }
}

/** The figures of a connection's statistics; null while no way is in use. */
export function figuresOf(stats: Iterable<[string, unknown]>): PathFigures | null {
  const all = new Map(stats) as Map<string, Record<string, unknown>>;
  const transport = [...all.values()].find(({ type }) => type === "transport");
  const pair = all.get(String(transport?.selectedCandidatePairId));
  if (!pair) return null;
  let packets = 0;
  for (const one of all.values())
    if (one.type === "inbound-rtp") packets += count(one.packetsReceived);
  return {
    pair: String(pair.id),
    requests: count(pair.requestsSent),
    responses: count(pair.responsesReceived),
    packets,
  };
}

function count(value: unknown): number {
  return typeof value === "number" ? value : 0;
}
