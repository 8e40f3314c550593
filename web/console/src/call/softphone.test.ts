import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openMicrophone, Softphone } from "./softphone";
import type { Media } from "./state";

class MadeUpPeer extends EventTarget {
  static made: MadeUpPeer[] = [];
  connectionState = "new";
  iceGatheringState = "new";
  localDescription: { sdp: string } | null = null;
  remote: string | null = null;
  closed = false;

  constructor() {
    super();
    MadeUpPeer.made.push(this);
  }
  addTrack() {}
  async createOffer() {
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

  it("does not wait for candidates longer than two seconds", async () => {
    const { made, exchange } = phone();
    void made.start();
    await vi.advanceTimersByTimeAsync(2_000);
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

  it("gives a disconnected line four seconds to mend", async () => {
    const { made } = phone();
    void made.start();
    await settle();
    last().gather();
    await settle();
    last().become("connected");
    last().become("disconnected");
    await vi.advanceTimersByTimeAsync(3_000);
    last().become("connected");
    await vi.advanceTimersByTimeAsync(10_000);
    expect(media.at(-1)).toEqual({ kind: "ready" });
    last().become("disconnected");
    await vi.advanceTimersByTimeAsync(4_000);
    expect(media.at(-1)).toEqual({ kind: "lost", since: 5 });
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
