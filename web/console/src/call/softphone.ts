// The only file that touches WebRTC and the microphone. One peer connection: the microphone goes
// out, the far end comes in through one <audio> element. The offer is complete before it is sent
// (no trickle). When the network changes or breaks, ICE is restarted on the same connection, which
// keeps its keys; if that does not help, a new one is made, with growing pauses until it is stopped.
// It knows nothing of calls: a desk keeps one for the whole shift, a citizen for one call.
import { type AskServers, goesOn, IceServers } from "./ice-servers";
import { NetworkWatch } from "./network-watch";
import { figuresOf, PathWatch } from "./path-watch";
import type { Media, MediaRefusal } from "./state";

/** Sends an offer to the server and brings its answer. */
export type Exchange = (offer: string, signal: AbortSignal) => Promise<string>;

export interface SoftphoneOptions {
  exchange: Exchange;
  /** Asks for the servers that help through a firewall; without it, only the direct way is tried. */
  iceServers?: AskServers;
  onMedia: (media: Media) => void;
  /** The browser holds the sound of the far end back until somebody clicks or presses a key. */
  onBlocked?: (blocked: boolean) => void;
  now?: () => number;
}

/**
 * Longest wait for ICE candidates. The server learns a candidate that comes later from the checks
 * that it sends, so a relay that answers slowly costs nothing.
 */
const GATHERING_MS_MAX = 500;
/** A request to the helpline that takes longer is taken for lost with the network it was sent on. */
const REQUEST_MS_MAX = 8_000;
/** A connection that says "disconnected" has been silent for seconds; a hiccup ends within this. */
const DISCONNECTED_MS_MAX = 500;
/** A restart that has not connected by then is tried again. */
const MENDING_MS_MAX = 5_000;
/** Restarts without success before a new connection is made, and the pauses before each. */
const MEND_PAUSE_MS = [0, 1_000, 2_000];
/** Networks change in bursts of events. */
const NETWORK_SETTLES_MS = 100;
/** How often the way through the network is looked at. */
const LOOK_MS = 1_000;
const GESTURES = ["pointerdown", "keydown"] as const;
const RETRY_MS = [500, 1_000, 2_000, 4_000, 8_000, 15_000];

/** Where the choice of microphone is remembered on this machine. */
export const MICROPHONE_KEY = "helpline.microphone";

/** Opens a microphone. `?audio=raw` switches the browser's processing off, for tests with tones. */
export async function openMicrophone(deviceId?: string): Promise<MediaStream> {
  const devices = navigator.mediaDevices;
  if (!devices?.getUserMedia) throw new MicrophoneRefused("unsupported");
  const processed = !rawAudio();
  const audio: MediaTrackConstraints = {
    echoCancellation: processed,
    noiseSuppression: processed,
    autoGainControl: processed,
    ...(deviceId ? { deviceId: { ideal: deviceId } } : {}),
  };
  try {
    return await devices.getUserMedia({ audio, video: false });
  } catch (error) {
    throw new MicrophoneRefused(refusalOf(error));
  }
}

/** The microphones of this machine. Names are empty until the permission is given. */
export async function microphones(): Promise<MediaDeviceInfo[]> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.()) ?? [];
  return all.filter((device) => device.kind === "audioinput");
}

export class MicrophoneRefused extends Error {
  readonly why: MediaRefusal;
  constructor(why: MediaRefusal) {
    super(`the microphone cannot be used: ${why}`);
    this.name = "MicrophoneRefused";
    this.why = why;
  }
}

/** The loudness of a stream, 0 (silence) to 1 (as loud as can be), read when asked. */
export class LevelMeter {
  private readonly context: AudioContext;
  private readonly analyser: AnalyserNode;
  private readonly samples: Float32Array<ArrayBuffer>;

  constructor(stream: MediaStream) {
    this.context = new AudioContext();
    this.analyser = this.context.createAnalyser();
    this.analyser.fftSize = 512;
    this.samples = new Float32Array(this.analyser.fftSize);
    this.context.createMediaStreamSource(stream).connect(this.analyser);
  }

  read(): number {
    this.analyser.getFloatTimeDomainData(this.samples);
    let sum = 0;
    for (const sample of this.samples) sum += sample * sample;
    const rms = Math.sqrt(sum / this.samples.length);
    // −60 dBFS and below is silence, 0 dBFS is full.
    return Math.min(1, Math.max(0, 1 + (20 * Math.log10(rms + 1e-9)) / 60));
  }

  close(): void {
    void this.context.close();
  }
}

export class Softphone {
  private readonly options: SoftphoneOptions;
  private readonly audio: HTMLAudioElement;
  private stream: MediaStream | null = null;
  private peer: RTCPeerConnection | null = null;
  private meter: LevelMeter | null = null;
  private abort: AbortController | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private looking: ReturnType<typeof setInterval> | undefined;
  private renewal: ReturnType<typeof setTimeout> | undefined;
  private settling: ReturnType<typeof setTimeout> | undefined;
  private readonly servers: IceServers;
  private readonly network = new NetworkWatch(() => this.networkChanged());
  private attempt = 0;
  /** Whether the connection has stood once: only then there is something to mend. */
  private stood = false;
  private mends = 0;
  private mending = false;
  private brokenSince: number | null = null;
  private muted = false;
  private blocked = false;
  private wanted = false;
  private refused = false;
  /** Since when the connection stands without a microphone. */
  private voicelessSince: number | null = null;
  private readonly now: () => number;

  constructor(options: SoftphoneOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
    this.servers = new IceServers(options.iceServers);
    this.audio = document.createElement("audio");
    this.audio.autoplay = true;
    this.audio.dataset.testid = "remote-audio";
  }

  /** Opens the microphone and connects. Answers when connected or refused; retries go on behind. */
  async start(deviceId?: string): Promise<void> {
    this.wanted = true;
    this.options.onMedia({ kind: "starting" });
    navigator.mediaDevices?.addEventListener?.("devicechange", this.replugged);
    this.network.start();
    document.body.append(this.audio);
    await this.connect(deviceId);
  }

  /** Ends the connection and lets the microphone go. */
  stop(): void {
    this.wanted = false;
    this.refused = false;
    this.attempt = 0;
    this.brokenSince = null;
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.replugged);
    this.network.stop();
    clearTimeout(this.settling);
    this.dropPeer();
    this.dropStream();
    this.setBlocked(false);
    this.audio.srcObject = null;
    this.audio.remove();
    this.options.onMedia({ kind: "off" });
  }

  /** Mends the connection at once, or makes a new one. Does nothing when none was wanted. */
  async restart(): Promise<void> {
    if (!this.wanted) return;
    this.attempt = 0;
    await (this.peer && this.stood ? this.mend() : this.connect());
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    for (const track of this.stream?.getAudioTracks() ?? []) track.enabled = !muted;
  }

  /** The microphone's level, 0 to 1; 0 while muted. */
  level(): number {
    return this.muted ? 0 : (this.meter?.read() ?? 0);
  }

  private async connect(deviceId = rememberedMicrophone()): Promise<void> {
    this.dropPeer();
    const abort = new AbortController();
    this.abort = abort;
    try {
      const [stream, iceServers] = await Promise.all([
        this.microphone(deviceId),
        this.iceServers(abort.signal, true),
      ]);
      if (abort.signal.aborted) return;
      const peer = this.newPeer(stream, iceServers);
      const answer = await this.negotiate(peer, abort.signal);
      if (abort.signal.aborted) return;
      await peer.setRemoteDescription({ type: "answer", sdp: answer });
    } catch (error) {
      if (abort.signal.aborted) return;
      if (error instanceof MicrophoneRefused) {
        this.refused = true;
        this.options.onMedia({ kind: "refused", why: error.why });
      } else {
        this.lost();
      }
    }
  }

  /** Sends our complete offer and brings the answer. */
  private async negotiate(
    peer: RTCPeerConnection,
    signal: AbortSignal,
    options?: RTCOfferOptions,
  ): Promise<string> {
    await peer.setLocalDescription(await peer.createOffer(options));
    await gathered(peer);
    const offer = peer.localDescription?.sdp ?? "";
    return within(signal, (limit) => this.options.exchange(offer, limit));
  }

  /**
   * Restarts ICE: the same connection, the same keys, a new way through the network. The old way
   * carries sound until the new one stands, if it still can.
   */
  private async mend(): Promise<void> {
    const { peer, abort } = this;
    if (!peer || !abort || this.mending) return;
    clearTimeout(this.timer);
    const stands = peer.connectionState === "connected";
    if (this.mends >= MEND_PAUSE_MS.length) {
      this.mends = 0;
      return stands ? undefined : this.lost();
    }
    this.mends += 1;
    this.mending = true;
    if (!stands) this.reconnecting();
    try {
      peer.setConfiguration({ iceServers: await this.iceServers(abort.signal) });
      const before = peer.remoteDescription?.sdp;
      const answer = await this.negotiate(peer, abort.signal, { iceRestart: true });
      if (abort.signal.aborted) return;
      // The helpline has forgotten this connection, or was itself restarted.
      if (!goesOn(before, answer)) {
        this.reconnecting();
        return void this.connect();
      }
      await peer.setRemoteDescription({ type: "answer", sdp: answer });
      if (abort.signal.aborted) return;
      // While it is told to be broken, the browser's own word may be seconds old.
      if (this.brokenSince === null) this.connected();
      else this.timer = setTimeout(() => void this.mend(), MENDING_MS_MAX);
    } catch {
      if (abort.signal.aborted) return;
      this.timer = setTimeout(() => void this.mend(), MEND_PAUSE_MS[this.mends] ?? 0);
    } finally {
      // Another connection may have taken over meanwhile.
      if (this.abort === abort) this.mending = false;
    }
  }

  /** The servers to use now; asked for again before their credentials end. */
  private async iceServers(signal: AbortSignal, anew = false): Promise<RTCIceServer[]> {
    const servers = await within(signal, (limit) => this.servers.current(limit, anew));
    if (signal.aborted) return servers;
    clearTimeout(this.renewal);
    const { fresh_ms } = this.servers;
    if (Number.isFinite(fresh_ms)) {
      this.renewal = setTimeout(() => void this.renew(signal), fresh_ms);
    }
    return servers;
  }

  private async renew(signal: AbortSignal): Promise<void> {
    const servers = await this.iceServers(signal);
    // Used by the next restart; what stands now is not touched.
    if (!signal.aborted) this.peer?.setConfiguration({ iceServers: servers });
  }

  private networkChanged(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => {
      const waits = !this.peer && this.attempt > 0;
      // A first attempt that is under way finds out by itself.
      if (!waits && !(this.peer && this.stood)) return;
      this.mends = 0;
      void this.restart();
    }, NETWORK_SETTLES_MS);
  }

  /** A headset plugged in again is taken at once; nobody has time to look for a button in a call. */
  private readonly replugged = (): void => {
    if (this.voicelessSince !== null) void this.findMicrophone();
    if (!this.refused) return;
    this.refused = false;
    void this.restart();
  };

  private async microphone(deviceId?: string): Promise<MediaStream> {
    const live = this.stream?.getAudioTracks().some((track) => track.readyState === "live");
    if (this.stream && live) return this.stream;
    this.dropStream();
    const stream = await openMicrophone(deviceId);
    if (!this.wanted) {
      for (const track of stream.getTracks()) track.stop();
      throw new Error("stopped while the microphone was opened");
    }
    this.stream = stream;
    this.setMuted(this.muted);
    this.meter = new LevelMeter(stream);
    for (const track of stream.getAudioTracks()) {
      track.addEventListener("ended", () => void this.findMicrophone());
    }
    return stream;
  }

  /**
   * The headset was pulled out, or is back. The connection and what is heard stay; the microphone
   * that is left takes the place of the one that is gone, without a word to the helpline.
   */
  private async findMicrophone(): Promise<void> {
    const { peer } = this;
    if (!this.wanted) return;
    if (!peer || !this.stood) return this.lost();
    try {
      const [track] = (await this.microphone(rememberedMicrophone())).getAudioTracks();
      if (this.peer !== peer || !track) return;
      await peer.getSenders()[0]?.replaceTrack(track);
      if (this.voicelessSince === null) return;
      this.voicelessSince = null;
      if (this.brokenSince === null) this.stands();
    } catch {
      if (!this.wanted || this.peer !== peer) return;
      this.voicelessSince ??= this.now();
      if (this.brokenSince === null) this.stands();
    }
  }

  /** What a connection that stands is worth: without a microphone, half. */
  private stands(): void {
    const since = this.voicelessSince;
    this.options.onMedia(since === null ? { kind: "ready" } : { kind: "voiceless", since });
  }

  private newPeer(stream: MediaStream, iceServers: RTCIceServer[]): RTCPeerConnection {
    const peer = new RTCPeerConnection({ iceServers });
    this.peer = peer;
    for (const track of stream.getAudioTracks()) peer.addTrack(track, stream);
    peer.addEventListener("track", (event) => {
      this.audio.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      this.play();
    });
    peer.addEventListener("connectionstatechange", () => {
      if (this.peer === peer) this.connectionChanged(peer.connectionState);
    });
    const watch = new PathWatch();
    this.looking = setInterval(() => void this.look(peer, watch), LOOK_MS);
    return peer;
  }

  /** Refused only without a click on this page: after a reload, or where a policy says so. */
  private play(): void {
    const playing = this.audio.play?.();
    playing?.then(
      () => this.setBlocked(false),
      (error: unknown) => {
        // Anything else (another stream was put in meanwhile) mends itself.
        if ((error as { name?: unknown } | null)?.name === "NotAllowedError") this.setBlocked(true);
      },
    );
  }

  private setBlocked(blocked: boolean): void {
    if (this.blocked === blocked) return;
    this.blocked = blocked;
    const change = blocked ? addEventListener : removeEventListener;
    for (const gesture of GESTURES) change(gesture, this.unblock, true);
    this.options.onBlocked?.(blocked);
  }

  /** Any click or key press is what the browser waited for. */
  private readonly unblock = (): void => this.play();

  private async look(peer: RTCPeerConnection, watch: PathWatch): Promise<void> {
    if (!this.stood || this.mending) return;
    const stats = (await peer.getStats()) as unknown as Map<string, unknown>;
    const figures = figuresOf(stats);
    if (this.peer !== peer || this.mending || !figures) return;
    const verdict = watch.judge(figures);
    if (verdict === "dead") {
      this.reconnecting();
      void this.mend();
    } else if (verdict === "heard" && this.brokenSince !== null) {
      if (peer.connectionState === "connected") this.connected();
    }
  }

  private connectionChanged(state: RTCPeerConnectionState): void {
    if (state === "connected") {
      this.connected();
    } else if (state === "disconnected") {
      this.reconnecting();
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.mend(), DISCONNECTED_MS_MAX);
    } else if (state === "failed" && this.stood) {
      void this.mend();
    } else if (state === "failed" || state === "closed") {
      this.lost();
    }
  }

  private connected(): void {
    clearTimeout(this.timer);
    this.attempt = 0;
    this.mends = 0;
    this.stood = true;
    this.brokenSince = null;
    this.stands();
  }

  private reconnecting(): void {
    this.brokenSince ??= this.now();
    this.options.onMedia({ kind: "reconnecting", since: this.brokenSince });
  }

  private lost(): void {
    if (!this.wanted) return;
    this.dropPeer();
    this.brokenSince ??= this.now();
    this.options.onMedia({ kind: "lost", since: this.brokenSince });
    const pause = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)] ?? 1_000;
    this.attempt += 1;
    this.timer = setTimeout(() => void this.connect(), pause);
  }

  private dropPeer(): void {
    clearTimeout(this.timer);
    clearTimeout(this.renewal);
    clearInterval(this.looking);
    this.abort?.abort();
    this.mending = false;
    this.mends = 0;
    this.stood = false;
    this.voicelessSince = null;
    const peer = this.peer;
    this.peer = null;
    peer?.close();
  }

  private dropStream(): void {
    this.meter?.close();
    this.meter = null;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }
}

/** Waits until the offer holds its candidates, but not for long. */
function gathered(peer: RTCPeerConnection): Promise<void> {
  if (peer.iceGatheringState === "complete") return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, GATHERING_MS_MAX);
    peer.addEventListener("icegatheringstatechange", () => {
      if (peer.iceGatheringState !== "complete") return;
      clearTimeout(timer);
      resolve();
    });
  });
}

/** Runs a request that ends with the connection it is for, or after a while. */
async function within<T>(
  signal: AbortSignal,
  request: (limit: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const end = () => limit.abort();
  const timer = setTimeout(end, REQUEST_MS_MAX);
  signal.addEventListener("abort", end);
  try {
    return await request(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", end);
  }
}

function refusalOf(error: unknown): MediaRefusal {
  const name = (error as { name?: unknown } | null)?.name;
  if (name === "NotAllowedError" || name === "SecurityError") return "permission";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "no_microphone";
}

function rawAudio(): boolean {
  const asked = new URLSearchParams(location.search).get("audio");
  if (asked) sessionStorage.setItem("helpline.audio", asked);
  return sessionStorage.getItem("helpline.audio") === "raw";
}

function rememberedMicrophone(): string | undefined {
  return localStorage.getItem(MICROPHONE_KEY) ?? undefined;
}
