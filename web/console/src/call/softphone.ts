// The only file that touches WebRTC and the microphone. One peer connection: the microphone goes
// out, the far end comes in through one <audio> element. The offer is complete before it is sent
// (no trickle); a lost connection is made again with growing pauses until it is stopped.
// It knows nothing of calls: a desk keeps one for the whole shift, a citizen for one call.
import type { Media, MediaRefusal } from "./state";

/** Sends an offer to the server and brings its answer. */
export type Exchange = (offer: string, signal: AbortSignal) => Promise<string>;

export interface SoftphoneOptions {
  exchange: Exchange;
  onMedia: (media: Media) => void;
  now?: () => number;
}

/** Longest wait for ICE candidates; the server's address is public, so a host candidate is enough. */
const GATHERING_MS_MAX = 2_000;
/** A connection that says "disconnected" often mends itself; after this it is made again. */
const DISCONNECTED_MS_MAX = 4_000;
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
  private attempt = 0;
  private muted = false;
  private wanted = false;
  private refused = false;
  private readonly now: () => number;

  constructor(options: SoftphoneOptions) {
    this.options = options;
    this.now = options.now ?? Date.now;
    this.audio = document.createElement("audio");
    this.audio.autoplay = true;
    this.audio.dataset.testid = "remote-audio";
  }

  /** Opens the microphone and connects. Answers when connected or refused; retries go on behind. */
  async start(deviceId?: string): Promise<void> {
    this.wanted = true;
    this.options.onMedia({ kind: "starting" });
    navigator.mediaDevices?.addEventListener?.("devicechange", this.replugged);
    document.body.append(this.audio);
    await this.connect(deviceId);
  }

  /** Ends the connection and lets the microphone go. */
  stop(): void {
    this.wanted = false;
    this.refused = false;
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.replugged);
    this.dropPeer();
    this.dropStream();
    this.audio.srcObject = null;
    this.audio.remove();
    this.options.onMedia({ kind: "off" });
  }

  /** Makes the connection again at once. Does nothing when none was wanted. */
  async restart(): Promise<void> {
    if (!this.wanted) return;
    this.attempt = 0;
    await this.connect();
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
      const stream = await this.microphone(deviceId);
      if (abort.signal.aborted) return;
      const peer = this.newPeer(stream);
      await peer.setLocalDescription(await peer.createOffer());
      await gathered(peer);
      const answer = await this.options.exchange(peer.localDescription?.sdp ?? "", abort.signal);
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

  /** A headset plugged in again is taken at once; nobody has time to look for a button in a call. */
  private readonly replugged = (): void => {
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
      // A headset pulled out: the next attempt takes the microphone that is left.
      track.addEventListener("ended", () => this.lost());
    }
    return stream;
  }

  private newPeer(stream: MediaStream): RTCPeerConnection {
    const peer = new RTCPeerConnection();
    this.peer = peer;
    for (const track of stream.getAudioTracks()) peer.addTrack(track, stream);
    peer.addEventListener("track", (event) => {
      this.audio.srcObject = event.streams[0] ?? new MediaStream([event.track]);
      // Refused only without a click on this page; the device check is one.
      void this.audio.play?.()?.catch(() => undefined);
    });
    peer.addEventListener("connectionstatechange", () => {
      if (this.peer === peer) this.connectionChanged(peer.connectionState);
    });
    return peer;
  }

  private connectionChanged(state: RTCPeerConnectionState): void {
    if (state === "connected") {
      clearTimeout(this.timer);
      this.attempt = 0;
      this.options.onMedia({ kind: "ready" });
    } else if (state === "disconnected") {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.lost(), DISCONNECTED_MS_MAX);
    } else if (state === "failed" || state === "closed") {
      this.lost();
    }
  }

  private lost(): void {
    if (!this.wanted) return;
    this.dropPeer();
    this.options.onMedia({ kind: "lost", since: this.now() });
    const pause = RETRY_MS[Math.min(this.attempt, RETRY_MS.length - 1)] ?? 1_000;
    this.attempt += 1;
    this.timer = setTimeout(() => void this.connect(), pause);
  }

  private dropPeer(): void {
    clearTimeout(this.timer);
    this.abort?.abort();
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
