// The sounds of the desk, made by WebAudio: no files to load, nothing to decode when a call rings.
// Unlocked by the click that ends the device check. Each sound has a state on the bar, a page title
// and a live region that say the same.
import type { CallClass } from "../api/types";

type Note = { hz: number; at_s: number; length_s: number };

const TWO_SOFT: Note[] = [
  { hz: 659, at_s: 0, length_s: 0.22 },
  { hz: 523, at_s: 0.26, length_s: 0.3 },
];
const THREE_SOFT: Note[] = [...TWO_SOFT, { hz: 659, at_s: 0.6, length_s: 0.3 }];
const RISING: Note[] = [
  { hz: 659, at_s: 0, length_s: 0.13 },
  { hz: 784, at_s: 0.15, length_s: 0.13 },
  { hz: 1047, at_s: 0.3, length_s: 0.2 },
];
const LOW: Note[] = [{ hz: 220, at_s: 0, length_s: 0.35 }];

/** The loudness an emergency never falls below. */
const EMERGENCY_VOLUME_MIN = 0.5;
export const VOLUME_KEY = "helpline.volume";

let context: AudioContext | null = null;

/** Must run inside a click or a key press, once; browsers keep audio silent before that. */
export function unlockAudio(): void {
  context ??= new AudioContext();
  void context.resume();
}

/** Rings until the returned function is called. */
export function ring(callClass: CallClass): () => void {
  const emergency = callClass === "emergency";
  const notes = emergency ? RISING : callClass === "clinical" ? THREE_SOFT : TWO_SOFT;
  const volume = emergency ? Math.max(EMERGENCY_VOLUME_MIN, userVolume()) : userVolume();
  const once = () => play(notes, volume);
  once();
  const timer = setInterval(once, emergency ? 1_000 : 3_000);
  return () => clearInterval(timer);
}

/** Sound or screen has been lost during a call. */
export function playLowNote(): void {
  play(LOW, userVolume());
}

/** The sound of a standard call, once, for the device check. */
export function playTestSound(): void {
  unlockAudio();
  play(TWO_SOFT, userVolume());
}

/** 0 to 1, chosen by the person. */
export function userVolume(): number {
  const stored = Number(localStorage.getItem(VOLUME_KEY) ?? "0.6");
  return Number.isFinite(stored) ? Math.min(1, Math.max(0, stored)) : 0.6;
}

function play(notes: Note[], volume: number): void {
  if (!context) return;
  // A page reloaded during a shift has no click yet; an open microphone lets it sound.
  if (context.state === "suspended") void context.resume();
  const start = context.currentTime + 0.02;
  for (const note of notes) {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.type = "sine";
    oscillator.frequency.value = note.hz;
    const from = start + note.at_s;
    gain.gain.setValueAtTime(0, from);
    gain.gain.linearRampToValueAtTime(volume * 0.4, from + 0.02);
    gain.gain.exponentialRampToValueAtTime(0.001, from + note.length_s);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(from);
    oscillator.stop(from + note.length_s + 0.02);
  }
}
