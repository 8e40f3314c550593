// The servers that help this browser through a firewall. Keeps what the helpline told, and asks again
// before the credentials end. Knows of WebRTC only the shape of its configuration.
import type { components } from "../api/schema.gen";

type ToldServers = components["schemas"]["IceServers"];
export type AskServers = (signal: AbortSignal) => Promise<ToldServers>;

/** Credentials are renewed after this share of their life. */
const RENEW_AT = 0.75;
/** Servers without credentials are asked for again after so long. */
const KEPT_MS = 3_600_000;
/** After a failure the next question comes no sooner. */
const FAILED_MS = 15_000;

export class IceServers {
  private readonly ask: AskServers | undefined;
  private readonly now: () => number;
  private known: RTCIceServer[] = [];
  private staleAt = 0;

  constructor(ask: AskServers | undefined, now: () => number = Date.now) {
    this.ask = ask;
    this.now = now;
  }

  /**
   * The servers to use now. Never fails: what was known before, or a direct way, is better than no
   * attempt at all. `anew`: ask even if the credentials are good; the secret may have changed.
   */
  async current(signal: AbortSignal, anew = false): Promise<RTCIceServer[]> {
    if (!this.ask || (!anew && this.now() < this.staleAt)) return this.known;
    try {
      const told = await this.ask(signal);
      this.known = told.ice_servers.map(({ urls, username, credential }) =>
        username && credential ? { urls, username, credential } : { urls },
      );
      const life = told.lifetime_s ? told.lifetime_s * 1000 * RENEW_AT : KEPT_MS;
      this.staleAt = this.now() + life;
    } catch {
      this.staleAt = this.now() + FAILED_MS;
    }
    return this.known;
  }

  /** Milliseconds until they should be asked for again. */
  get fresh_ms(): number {
    return this.ask ? Math.max(0, this.staleAt - this.now()) : Number.POSITIVE_INFINITY;
  }
}

/**
 * Whether an answer goes on with the connection of the answer before: the same certificate and the
 * same session (RFC 8842, section 4; RFC 8866, section 5.2). If not, the other side knows nothing of
 * our keys and a connection of its own must be made.
 */
export function goesOn(before: string | undefined, after: string): boolean {
  return before !== undefined && identity(before) === identity(after);
}

function identity(sdp: string): string {
  const session = /^o=\S+ (\S+) /m.exec(sdp)?.[1] ?? "";
  const certificates = [...sdp.matchAll(/^a=fingerprint:(\S+ \S+)/gm)].map(([, one]) => one);
  return [session, ...new Set(certificates)].join(" ").toUpperCase();
}
