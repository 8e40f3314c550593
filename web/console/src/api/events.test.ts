import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { EventLink } from "./events";
import type { ServerFrame } from "./types";

class MadeUpSocket extends EventTarget {
  static readonly OPEN = 1;
  static made: MadeUpSocket[] = [];
  readonly sent: string[] = [];
  readyState = 0;

  constructor(readonly address: string) {
    super();
    MadeUpSocket.made.push(this);
  }
  send(text: string) {
    this.sent.push(text);
  }
  close() {
    if (this.readyState === 3) return;
    this.readyState = 3;
    this.dispatchEvent(new Event("close"));
  }
  open() {
    this.readyState = 1;
    this.dispatchEvent(new Event("open"));
  }
  say(text: string) {
    this.dispatchEvent(new MessageEvent("message", { data: text }));
  }
}

let link: EventLink;
let frames: ServerFrame[];
let lost: number;
const last = () => MadeUpSocket.made.at(-1) as MadeUpSocket;

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("WebSocket", MadeUpSocket);
  MadeUpSocket.made = [];
  frames = [];
  lost = 0;
  link = new EventLink(
    {
      onFrame: (frame) => frames.push(frame),
      onLost: () => {
        lost += 1;
      },
    },
    () => "ws://desk.test/events",
  );
  link.start();
});
afterEach(() => {
  link.stop();
  vi.useRealTimers();
});

describe("the event stream", () => {
  it("beats at once and then every five seconds", () => {
    last().open();
    vi.advanceTimersByTime(10_000);
    expect(last().sent).toEqual(Array(3).fill('{"type":"heartbeat"}'));
  });

  it("resumes after the last cursor", () => {
    last().open();
    last().say('{"cursor":41,"type":"resumed"}');
    last().say('{"cursor":42,"type":"media_lost"}');
    last().close();
    expect(lost).toBe(1);
    vi.advanceTimersByTime(1_000);
    expect(last().address).toBe("ws://desk.test/events?cursor=42");
  });

  it("waits longer after each failure, up to about eight seconds", () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const pauses: number[] = [];
    for (let failure = 0; failure < 8; failure += 1) {
      const before = MadeUpSocket.made.length;
      last().close();
      let pause = 0;
      while (MadeUpSocket.made.length === before) {
        vi.advanceTimersByTime(50);
        pause += 50;
      }
      pauses.push(pause);
    }
    expect(pauses).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000]);
    vi.restoreAllMocks();
  });

  it("hurries when the network is back", () => {
    for (let failure = 0; failure < 6; failure += 1) {
      last().close();
      vi.advanceTimersByTime(10_000);
    }
    last().close();
    const before = MadeUpSocket.made.length;
    dispatchEvent(new Event("online"));
    expect(MadeUpSocket.made.length).toBe(before + 1);
  });

  it("gives up on a socket that never opens", () => {
    vi.advanceTimersByTime(8_000);
    expect(lost).toBe(1);
  });

  it("passes over what it cannot read", () => {
    last().open();
    for (const text of ["", "{", "null", "[]", '"x"', "7", "{}"]) last().say(text);
    last().say('{"type":"resumed"}');
    expect(frames).toEqual([{ type: "resumed" }]);
  });

  it("is silent after it was stopped", () => {
    link.stop();
    vi.advanceTimersByTime(60_000);
    expect(lost).toBe(0);
    expect(MadeUpSocket.made.length).toBe(1);
  });
});
