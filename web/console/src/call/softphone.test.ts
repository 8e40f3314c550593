import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openMicrophone, Softphone } from "./softphone";
import type { Media } from "./state";

class MadeUpPeer extends EventTarget {
  static made: MadeUpPeer[] = [];
  connectionState = "new";
  iceGatheringState = "new";
  localDescription: { sdp: string } | null = null;
  remote: string | null = null;
  remoteDescription: { sdp: string } | null = null;
  closed = false;
  restarts = 0;
  config: RTCConfiguration;

  constructor(config: RTCConfiguration) {
    super();
    this.config = config;
    MadeUpPeer.made.push(this);
  }
  senders: { track: unknown; replaceTrack: (track: unknown) => Promise<void> }[] = [];
  addTrack(track: unknown) {
    const sender = {
      track,
      replaceTrack: async (next: unknown) => {
        sender.track = next;
      },
    };
    this.senders.push(sender);
  }
  getSenders() {
    return this.senders;
  }
  setConfiguration(config: RTCConfiguration) {
    this.config = config;
  }
  stats = new Map<string, unknown>();
  async getStats() {
    return this.stats;
  }
  async createOffer(options?: RTCOfferOptions) {
    if (options?.iceRestart) this.restarts += 1;
    return { type: "offer", sdp: "offer" };
  }
  async setLocalDescription(description: { sdp: string }) {
    this.localDescription = description;
    this.iceGatheringState = "gathering";
  }
  gather() {
    this.iceGatheringState = "complete";
    this.localDescription = { sdp: "offer with candidates" };
    this.dispatchEvent(new Event("icegatheringstatechange"));
  }
  async setRemoteDescription({ sdp }: { sdp: string }) {
    this.remote = sdp;
    this.remoteDescription = { sdp };
  }
  become(state: string) {
    this.connectionState = state;
    this.dispatchEvent(new Event("connectionstatechange"));
  }
  close() {
    this.closed = true;
  }
}

class MadeUpTrack extends EventTarget {
  readyState = "live";
  enabled = true;
  stop() {
    this.readyState = "ended";
  }
}

let track: MadeUpTrack;
let media: Media[];
let getUserMedia: ReturnType<typeof vi.fn>;
const last = () => MadeUpPeer.made.at(-1) as MadeUpPeer;

beforeEach(() => {
  vi.useFakeTimers();
  MadeUpPeer.made = [];
  media = [];
  getUserMedia = vi.fn(async () => {
    track = new MadeUpTrack();
    return { getAudioTracks: () => [track], getTracks: () => [track] };
  });
  const node = { connect: () => node, getFloatTimeDomainData: () => undefined, fftSize: 0 };
  vi.stubGlobal("RTCPeerConnection", MadeUpPeer);
  vi.stubGlobal(
    "AudioContext",
    class {
      createAnalyser = () => node;
      createMediaStreamSource = () => node;
      close = async () => undefined;
    },
  );
  Object.defineProperty(navigator, "mediaDevices", {
    configurable: true,
    value: { getUserMedia },
  });
});
afterEach(() => {
  vi.useRealTimers();
  history.replaceState(null, "", "/");
});

function phone(exchange = vi.fn(async (_offer: string) => "answer")) {
  const made = new Softphone({ exchange, onMedia: (one) => media.push(one), now: () => 5 });
  return { made, exchange };
}
const settle = () => vi.advanceTimersByTimeAsync(0);

describe("the softphone", () => {
  it("sends one offer with all candidates and is ready when connected", async () => {
    const { made, exchange } = phone();
    void made.start();
    await settle();
    expect(exchange).not.toHaveBeenCalled();
    last().gather();
    await settle();
    expect(exchange.mock.calls[0]?.[0]).toBe("offer with candidates");
    expect(last().remote).toBe("answer");
    last().become("connected");
    expect(media.map((one) => one.kind)).toEqual(["starting", "ready"]);
  });

  it("does not wait for candidates longer than half a second", async () => {
    const { made, exchange } = phone();
    void made.start();
    await vi.advanceTimersByTimeAsync(500);
    expect(exchange).toHaveBeenCalledOnce();
  });

  it("connects again by itself, with longer pauses, on the same microphone", async () => {
    const { made } = phone(vi.fn(async () => Promise.reject(new Error("no server"))));
    void made.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(MadeUpPeer.made.length).toBeGreaterThan(4);
    expect(MadeUpPeer.made.length).toBeLessThan(12);
    expect(MadeUpPeer.made.slice(0, -1).every((peer) => peer.closed)).toBe(true);
    expect(getUserMedia).toHaveBeenCalledOnce();
    made.stop();
  });

  it("opens a microphone again when the headset was pulled out", async () => {
    const { made } = phone();
    void made.start();
    await settle();
    last().gather();
    await settle();
    track.readyState = "ended";
    track.dispatchEvent(new Event("ended"));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(getUserMedia).toHaveBeenCalledTimes(2);
    made.stop();
  });

  it("mutes the track, and a new track as well", async () => {
    const { made } = phone();
    void made.start();
    await settle();
    made.setMuted(true);
    expect(track.enabled).toBe(false);
    expect(made.level()).toBe(0);
    made.setMuted(false);
    expect(track.enabled).toBe(true);
  });

  it("lets the microphone go when it stops, and stays stopped", async () => {
    const { made } = phone();
    void made.start();
    await settle();
    made.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(track.readyState).toBe("ended");
    expect(media.at(-1)).toEqual({ kind: "off" });
    expect(MadeUpPeer.made.length).toBe(1);
  });

  it.each([
    ["NotAllowedError", "permission"],
    ["NotFoundError", "no_microphone"],
    ["NotReadableError", "busy"],
  ])("says plainly what %s means", async (name, why) => {
    getUserMedia.mockRejectedValue(new DOMException("no", name));
    const { made } = phone();
    await made.start();
    expect(media.at(-1)).toEqual({ kind: "refused", why });
  });
});

const answerOf = (session: number, certificate: string) =>
  `v=0\r\no=- ${session} 2 IN IP4 192.0.2.1\r\na=fingerprint:sha-256 ${certificate}\r\n`;
const SAME = answerOf(7, "AB:CD");

describe("a broken connection", () => {
  /** A softphone whose connection stands. */
  async function standing(exchange = vi.fn(async (_offer: string) => SAME)) {
    const all = phone(exchange);
    void all.made.start();
    await settle();
    last().gather();
    await settle();
    last().become("connected");
    return all;
  }
  const kinds = () => media.map(({ kind }) => kind);

  it("keeps hearing the caller when the headset is pulled out, and takes the next microphone", async () => {
    const plugged = new EventTarget();
    Object.assign(navigator.mediaDevices, {
      addEventListener: plugged.addEventListener.bind(plugged),
      removeEventListener: plugged.removeEventListener.bind(plugged),
    });
    const { made, exchange } = await standing();
    getUserMedia.mockRejectedValueOnce(new DOMException("none", "NotFoundError"));
    track.readyState = "ended";
    track.dispatchEvent(new Event("ended"));
    await settle();
    expect(media.at(-1)?.kind).toBe("voiceless");
    expect(last().closed).toBe(false);
    // A change of the way through the network does not make it whole.
    last().become("connected");
    expect(media.at(-1)?.kind).toBe("voiceless");
    plugged.dispatchEvent(new Event("devicechange"));
    await settle();
    expect(media.at(-1)?.kind).toBe("ready");
    expect(last().senders[0]?.track).toBe(track);
    expect(MadeUpPeer.made.length).toBe(1);
    expect(exchange).toHaveBeenCalledOnce();
    made.stop();
  });

  it("takes the microphone that is left at once, without a word", async () => {
    const { made } = await standing();
    const before = track;
    before.readyState = "ended";
    before.dispatchEvent(new Event("ended"));
    await settle();
    expect(track).not.toBe(before);
    expect(last().senders[0]?.track).toBe(track);
    expect(kinds().at(-1)).toBe("ready");
    expect(MadeUpPeer.made.length).toBe(1);
    made.stop();
  });

  it("says that the browser holds the sound back, until somebody touches the page", async () => {
    const blocked: boolean[] = [];
    const play = vi
      .spyOn(HTMLMediaElement.prototype, "play")
      .mockRejectedValueOnce(new DOMException("no gesture", "NotAllowedError"))
      .mockResolvedValue(undefined);
    const made = new Softphone({
      exchange: async () => SAME,
      onMedia: () => undefined,
      onBlocked: (now) => blocked.push(now),
    });
    void made.start();
    await settle();
    const event = new Event("track") as Event & { streams: unknown[]; track: unknown };
    event.streams = [{}];
    last().dispatchEvent(event);
    await settle();
    expect(blocked).toEqual([true]);
    dispatchEvent(new Event("keydown"));
    await settle();
    expect(blocked).toEqual([true, false]);
    dispatchEvent(new Event("keydown"));
    expect(play).toHaveBeenCalledTimes(2);
    made.stop();
    play.mockRestore();
  });

  it("is mended on the same connection, with an ICE restart", async () => {
    const { made, exchange } = await standing();
    last().become("disconnected");
    expect(media.at(-1)).toEqual({ kind: "reconnecting", since: 5 });
    await vi.advanceTimersByTimeAsync(1_500);
    expect(exchange).toHaveBeenCalledTimes(2);
    expect(last().restarts).toBe(1);
    last().become("connected");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(MadeUpPeer.made.length).toBe(1);
    expect(exchange).toHaveBeenCalledTimes(2);
    expect(media.at(-1)).toEqual({ kind: "ready" });
    expect(kinds()).not.toContain("lost");
    made.stop();
  });

  it("is left alone when it mends itself at once", async () => {
    const { made, exchange } = await standing();
    last().become("disconnected");
    await vi.advanceTimersByTimeAsync(400);
    last().become("connected");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(exchange).toHaveBeenCalledOnce();
    made.stop();
  });

  it("is made anew after three restarts that did not help", async () => {
    const { made } = await standing();
    last().become("failed");
    await vi.advanceTimersByTimeAsync(20_000);
    expect(MadeUpPeer.made[0]?.restarts).toBe(3);
    expect(MadeUpPeer.made[0]?.closed).toBe(true);
    expect(MadeUpPeer.made.length).toBe(2);
    expect(kinds().filter((kind) => kind === "lost").length).toBe(1);
    made.stop();
  });

  it("is tried with pauses while the helpline does not answer", async () => {
    let calls = 0;
    const exchange = vi.fn(async () => {
      calls += 1;
      return calls === 2 || calls === 3 ? Promise.reject(new Error("no network")) : SAME;
    });
    const { made } = await standing(exchange);
    last().become("failed");
    await vi.advanceTimersByTimeAsync(900);
    expect(exchange).toHaveBeenCalledTimes(2);
    await vi.advanceTimersByTimeAsync(1_500);
    expect(exchange).toHaveBeenCalledTimes(3);
    await vi.advanceTimersByTimeAsync(2_500);
    expect(exchange).toHaveBeenCalledTimes(4);
    last().become("connected");
    expect(MadeUpPeer.made.length).toBe(1);
    made.stop();
  });

  it.each([
    ["another certificate", answerOf(7, "EE:FF")],
    ["another session", answerOf(8, "AB:CD")],
  ])("is replaced when the helpline answers with %s", async (_, other) => {
    let answer = SAME;
    const { made } = await standing(vi.fn(async () => answer));
    answer = other;
    last().become("failed");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(MadeUpPeer.made.length).toBe(2);
    expect(MadeUpPeer.made[0]?.closed).toBe(true);
    last().gather();
    await settle();
    last().become("connected");
    expect(media.at(-1)).toEqual({ kind: "ready" });
    expect(kinds()).not.toContain("lost");
    made.stop();
  });

  it("gives up a request that was sent into a dead network", async () => {
    let calls = 0;
    const { made, exchange } = await standing(
      vi.fn((_offer: string, signal?: AbortSignal) => {
        calls += 1;
        if (calls !== 2) return Promise.resolve(SAME);
        return new Promise<string>((_, reject) => {
          signal?.addEventListener("abort", () => reject(new Error("aborted")));
        });
      }),
    );
    last().become("failed");
    await vi.advanceTimersByTimeAsync(11_000);
    expect(exchange).toHaveBeenCalledTimes(3);
    expect(MadeUpPeer.made.length).toBe(1);
    made.stop();
  });

  it("is mended when the server says that it hears nothing, and then is ready", async () => {
    const { made } = await standing();
    void made.restart();
    await vi.advanceTimersByTimeAsync(500);
    expect(last().restarts).toBe(1);
    expect(kinds()).toEqual(["starting", "ready", "ready"]);
    made.stop();
  });

  it("is mended before the browser notices, when its way is dead", async () => {
    const { made } = await standing();
    const pair = { type: "candidate-pair", id: "P", requestsSent: 5, responsesReceived: 5 };
    last().stats = new Map<string, unknown>([
      ["T", { type: "transport", selectedCandidatePairId: "P" }],
      ["P", pair],
    ]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(last().restarts).toBe(0);
    pair.requestsSent = 6;
    await vi.advanceTimersByTimeAsync(2_600);
    expect(last().restarts).toBe(1);
    expect(kinds().at(-1)).toBe("reconnecting");
    pair.responsesReceived = 6;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(kinds().filter((kind) => kind !== "reconnecting")).toEqual([
      "starting",
      "ready",
      "ready",
    ]);
    made.stop();
  });

  it("looks for another way when the network changes, once for a burst of events", async () => {
    const { made } = await standing();
    for (let n = 0; n < 5; n += 1) dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(last().restarts).toBe(1);
    made.stop();
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(2_000);
    expect(last().restarts).toBe(1);
  });

  it("tries at once when the network is back, however long the pause would be", async () => {
    const { made } = phone(vi.fn(async () => Promise.reject(new Error("no network"))));
    void made.start();
    await vi.advanceTimersByTimeAsync(40_000);
    const before = MadeUpPeer.made.length;
    dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(400);
    expect(MadeUpPeer.made.length).toBe(before + 1);
    made.stop();
  });
});

describe("a firewall", () => {
  const told = (credential: string, lifetime_s?: number) => ({
    ice_servers: [
      { urls: ["stun:turn.example"] },
      { urls: ["turn:turn.example"], username: "9:x", credential },
    ],
    lifetime_s,
  });
  const credentialOf = (peer: MadeUpPeer) => peer.config.iceServers?.[1]?.credential;

  async function behind(iceServers: () => Promise<ReturnType<typeof told>>) {
    const asked = vi.fn(iceServers);
    const made = new Softphone({
      exchange: async () => SAME,
      iceServers: asked,
      onMedia: (one) => media.push(one),
    });
    void made.start();
    await settle();
    last().gather();
    await settle();
    last().become("connected");
    return { made, asked };
  }

  it("is passed with the servers that the helpline names", async () => {
    const { made } = await behind(async () => told("one", 600));
    expect(last().config.iceServers).toEqual([
      { urls: ["stun:turn.example"] },
      { urls: ["turn:turn.example"], username: "9:x", credential: "one" },
    ]);
    made.stop();
  });

  it("gets new credentials before the old ones end, and no new connection", async () => {
    const answers = ["one", "two", "three"];
    const { made, asked } = await behind(async () => told(answers.shift() ?? "", 600));
    await vi.advanceTimersByTimeAsync(449_000);
    expect(credentialOf(last())).toBe("one");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(credentialOf(last())).toBe("two");
    last().become("failed");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked).toHaveBeenCalledTimes(2);
    expect(MadeUpPeer.made.length).toBe(1);
    made.stop();
    await vi.advanceTimersByTimeAsync(3_600_000);
    expect(asked).toHaveBeenCalledTimes(2);
  });

  it("does not keep from trying without servers", async () => {
    const { made, asked } = await behind(async () => Promise.reject(new Error("refused")));
    expect(last().config.iceServers).toEqual([]);
    expect(media.at(-1)).toEqual({ kind: "ready" });
    await vi.advanceTimersByTimeAsync(16_000);
    expect(asked).toHaveBeenCalledTimes(2);
    made.stop();
  });
});

describe("the microphone", () => {
  it("is processed by the browser for people", async () => {
    await openMicrophone("m1");
    expect(getUserMedia.mock.calls[0]?.[0].audio).toEqual({
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      deviceId: { ideal: "m1" },
    });
  });

  it("is left raw for tests that listen for a tone", async () => {
    history.replaceState(null, "", "/?audio=raw");
    await openMicrophone();
    expect(getUserMedia.mock.calls[0]?.[0].audio).toMatchObject({ autoGainControl: false });
  });
});
