// One registry of keys feeds the handler, the hint bar and the panel of all keys. Letters are
// matched by their place on the keyboard (event.code), because on an InScript layout the y key types
// a Devanagari letter; they are silent in text fields, during composition and when switched off.
// Function keys and Ctrl+Enter work everywhere. No key here is one that a browser keeps for itself.
import { useEffect, useRef, useSyncExternalStore } from "react";

export interface KeyBinding {
  /** "F2", "Shift+F2", "Ctrl+Enter", "KeyW", "Digit1", "Slash", "Shift+Slash", "ArrowDown". */
  chord: string;
  /** What it does, in the person's language. */
  label: string;
  run: (event: KeyboardEvent) => void;
  /** Shown in the hint bar at the foot. */
  hint?: boolean;
  /** What the hint shows instead of the key's own name, such as "1–9". */
  display?: string;
  /** Left out of the hint bar and of the panel: its neighbour's line speaks for it. */
  quiet?: boolean;
}

const LETTER = /^(Shift\+)?(Key[A-Z]|Digit\d|Slash)$/;
const RESERVED = /^(F1|F3|F5|F6|F7|F10|F11|F12)$/;
const LETTERS_KEY = "helpline.letters";

export class KeyRegistry {
  private layers: KeyBinding[][] = [];
  private active: KeyBinding[] = [];
  private readonly listeners = new Set<() => void>();
  lettersOn = localStorage.getItem(LETTERS_KEY) !== "off";

  /** Adds bindings above those already there. Returns how to take them away. */
  add(bindings: KeyBinding[]): () => void {
    for (const { chord } of bindings) {
      if (RESERVED.test(chord)) throw new Error(`${chord} belongs to the browser`);
    }
    this.layers.push(bindings);
    this.changed();
    return () => {
      this.layers = this.layers.filter((layer) => layer !== bindings);
      this.changed();
    };
  }

  setLetters(on: boolean): void {
    this.lettersOn = on;
    localStorage.setItem(LETTERS_KEY, on ? "on" : "off");
    this.changed();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** The bindings in force, one per chord, the newest layer's first. */
  readonly list = (): KeyBinding[] => this.active;

  readonly handle = (event: KeyboardEvent): void => {
    if (event.isComposing || event.defaultPrevented) return;
    if (event.code === "Escape") {
      leaveField(event);
      return;
    }
    const chord = chordOf(event);
    if (LETTER.test(chord) && (inTextField(event.target) || !this.lettersOn)) return;
    if (chord.startsWith("Arrow") && inTextField(event.target)) return;
    const binding = this.active.find((candidate) => candidate.chord === chord);
    if (!binding) return;
    event.preventDefault();
    if (!event.repeat || chord.startsWith("Arrow")) binding.run(event);
  };

  private changed(): void {
    const seen = new Set<string>();
    this.active = [...this.layers].reverse().flatMap((layer) =>
      layer.filter(({ chord }) => {
        const first = !seen.has(chord);
        seen.add(chord);
        return first;
      }),
    );
    for (const listener of this.listeners) listener();
  }
}

export const keys = new KeyRegistry();

/** Keeps bindings in force while a component is shown. */
export function useKeys(bindings: KeyBinding[]): void {
  const latest = useRef(bindings);
  latest.current = bindings;
  const shape = JSON.stringify(
    bindings.map(({ chord, label, hint, display, quiet }) => [chord, label, hint, display, quiet]),
  );
  useEffect(() => {
    const described = JSON.parse(shape) as unknown[];
    return keys.add(
      described.map((_, index) => {
        const binding = latest.current[index] as KeyBinding;
        return { ...binding, run: (event) => latest.current[index]?.run(event) };
      }),
    );
  }, [shape]);
}

/** The bindings in force, for the hint bar and the panel. */
export function useKeyList(): KeyBinding[] {
  return useSyncExternalStore(keys.subscribe, keys.list);
}

/** The name printed on the key. */
export function keyName(chord: string): string {
  if (chord === "Shift+Slash") return "?";
  return chord
    .split("+")
    .map((part) => {
      if (part === "Slash") return "/";
      if (part === "ArrowDown") return "↓";
      if (part === "ArrowUp") return "↑";
      const letter = /^(?:Key|Digit)(.)$/.exec(part)?.[1];
      return letter ? letter.toLowerCase() : part;
    })
    .join("+");
}

export function isLetter(chord: string): boolean {
  return LETTER.test(chord);
}

function chordOf(event: KeyboardEvent): string {
  const code = event.code.replace(/^Numpad(\d)$/, "Digit$1").replace("NumpadEnter", "Enter");
  const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
  const alt = event.altKey ? "Alt+" : "";
  const shift = event.shiftKey ? "Shift+" : "";
  return `${control}${alt}${shift}${code}`;
}

/** Escape leaves a field, so that letters work again; it never ends a call or closes a form. */
function leaveField(event: KeyboardEvent): void {
  if (inTextField(event.target) && event.target instanceof HTMLElement) event.target.blur();
}

function inTextField(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.tagName === "TEXTAREA" || target.tagName === "SELECT") {
    return true;
  }
  const silent = ["button", "checkbox", "radio", "submit", "range"];
  return target instanceof HTMLInputElement && !silent.includes(target.type);
}
