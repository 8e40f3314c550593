// A look at the peer connections of a page: how many were made, and which way the sound goes.
import type { BrowserContext, Page } from "@playwright/test";

declare global {
  interface Window {
    peers?: RTCPeerConnection[];
  }
}

/** The way of a connection that stands, as the browser's statistics tell. */
export interface Way {
  /** "host", "srflx", "prflx" or "relay". */
  type: string;
  /** How the browser reaches the relay, if there is one: "udp", "tcp" or "tls". */
  relayProtocol: string | null;
  /** The browser's name of this ICE session; a restart gives another one. */
  ice: string;
  /** Changes with every DTLS handshake. */
  dtls: string;
}

/** Notes every connection that pages of this context make from now on. */
export async function watchPeers(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const peers: RTCPeerConnection[] = [];
    window.peers = peers;
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(config?: RTCConfiguration) {
        super(config);
        peers.push(this);
      }
    };
  });
}

/** How many connections the page has made. */
export function peersMade(page: Page): Promise<number> {
  return page.evaluate(() => window.peers?.length ?? 0);
}

/** The way of the page's last connection; null while it has none. */
export function wayOf(page: Page): Promise<Way | null> {
  return page.evaluate(async () => {
    const peer = window.peers?.at(-1);
    if (!peer) return null;
    const all = new Map<string, Record<string, unknown>>();
    for (const [id, one] of await peer.getStats()) all.set(id, one);
    const transport = [...all.values()].find(({ type }) => type === "transport");
    const pair = all.get(String(transport?.selectedCandidatePairId));
    const local = all.get(String(pair?.localCandidateId));
    if (!transport || !local) return null;
    const text = (value: unknown) => (typeof value === "string" ? value : "");
    const certificate = all.get(text(transport.remoteCertificateId));
    return {
      type: text(local.candidateType),
      relayProtocol: text(local.relayProtocol) || null,
      ice: text(transport.iceLocalUsernameFragment),
      dtls: [transport.dtlsState, transport.dtlsRole, certificate?.fingerprint].join(" "),
    };
  });
}
