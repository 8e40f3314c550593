import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { KeyRegistry, keyName } from "./keys";

let registry: KeyRegistry;
beforeEach(() => {
  registry = new KeyRegistry();
});
afterEach(() => {
  document.body.replaceChildren();
});

function press(code: string, init: KeyboardEventInit = {}, target: Element = document.body) {
  const event = new KeyboardEvent("keydown", { code, bubbles: true, cancelable: true, ...init });
  target.addEventListener("keydown", (heard) => registry.handle(heard as KeyboardEvent), {
    once: true,
  });
  target.dispatchEvent(event);
  return event;
}
function field(tag: "input" | "textarea"): HTMLElement {
  const element = document.createElement(tag);
  document.body.append(element);
  element.focus();
  return element;
}

describe("the registry of keys", () => {
  it("matches a letter by its place, whatever it types", () => {
    const run = vi.fn();
    registry.add([{ chord: "KeyW", label: "why", run }]);
    // On an InScript layout the W key types a Devanagari sign.
    press("KeyW", { key: "ै" });
    expect(run).toHaveBeenCalledOnce();
  });

  it("keeps letters out of text fields and lets function keys in", () => {
    const letter = vi.fn();
    const answer = vi.fn();
    registry.add([
      { chord: "KeyW", label: "why", run: letter },
      { chord: "F2", label: "answer", run: answer },
    ]);
    const notes = field("textarea");
    press("KeyW", {}, notes);
    press("F2", {}, notes);
    expect(letter).not.toHaveBeenCalled();
    expect(answer).toHaveBeenCalledOnce();
  });

  it("waits while an input method composes", () => {
    const run = vi.fn();
    registry.add([{ chord: "F2", label: "answer", run }]);
    press("F2", { isComposing: true });
    expect(run).not.toHaveBeenCalled();
  });

  it("tells Shift+F2 from F2 and leaves browser chords alone", () => {
    const end = vi.fn();
    const answer = vi.fn();
    registry.add([
      { chord: "F2", label: "answer", run: answer },
      { chord: "Shift+F2", label: "end", run: end },
      { chord: "KeyW", label: "why", run: answer },
    ]);
    expect(press("F2", { shiftKey: true }).defaultPrevented).toBe(true);
    expect(press("KeyW", { ctrlKey: true }).defaultPrevented).toBe(false);
    expect(end).toHaveBeenCalledOnce();
    expect(answer).not.toHaveBeenCalled();
  });

  it("does nothing on the repeat of a held key", () => {
    const run = vi.fn();
    registry.add([{ chord: "F2", label: "answer", run }]);
    press("F2", { repeat: true });
    expect(run).not.toHaveBeenCalled();
  });

  it("lets the newest layer win, and gives the key back", () => {
    const below = vi.fn();
    const above = vi.fn();
    registry.add([{ chord: "Digit1", label: "one", run: below }]);
    const remove = registry.add([{ chord: "Digit1", label: "uno", run: above }]);
    press("Numpad1");
    remove();
    press("Digit1");
    expect([above.mock.calls.length, below.mock.calls.length]).toEqual([1, 1]);
  });

  it("switches letters off, and remembers it", () => {
    const run = vi.fn();
    registry.add([{ chord: "KeyQ", label: "break", run }]);
    registry.setLetters(false);
    press("KeyQ");
    expect(run).not.toHaveBeenCalled();
    expect(new KeyRegistry().lettersOn).toBe(false);
  });

  it("leaves a field on Escape and does nothing else", () => {
    const notes = field("input");
    press("Escape", {}, notes);
    expect(document.activeElement).not.toBe(notes);
  });

  it("refuses a key that the browser keeps", () => {
    expect(() => registry.add([{ chord: "F5", label: "reload", run: vi.fn() }])).toThrow("browser");
  });
});

it("names keys as they are printed", () => {
  expect(["KeyW", "Digit1", "Slash", "Shift+Slash", "Shift+F2", "Ctrl+Enter"].map(keyName)).toEqual(
    ["w", "1", "/", "?", "Shift+F2", "Ctrl+Enter"],
  );
});
