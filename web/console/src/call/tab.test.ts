import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { INITIAL } from "./machine";
import type { CallState } from "./state";
import { TabRole } from "./tab";

/** Locks as a browser keeps them: one holder, the others wait in order. */
class MadeUpLocks {
  private holder: object | null = null;
  private rob: () => void = () => undefined;
  private waiting: (() => void)[] = [];

  async request(_name: string, ...rest: unknown[]): Promise<unknown> {
    const run = rest.at(-1) as (lock: object | null) => unknown;
    const options = (rest.length > 1 ? rest[0] : {}) as LockOptions;
    if (this.holder && options.ifAvailable) return run(null);
    if (this.holder && options.steal) this.rob();
    else if (this.holder) await this.turn(options.signal);
    const mine = {};
    this.holder = mine;
    const robbed = new Promise<never>((_, reject) => {
      this.rob = () => reject(new DOMException("stolen", "AbortError"));
    });
    const result = await Promise.race([run({}), robbed]);
    this.holder = null;
    this.waiting.shift()?.();
    return result;
  }

  private turn(signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.waiting.push(resolve);
      signal?.addEventListener("abort", () => {
        this.waiting = this.waiting.filter((one) => one !== resolve);
        reject(new DOMException("no longer wanted", "AbortError"));
      });
    });
  }
}

const talking: CallState = {
  ...INITIAL,
  desk: { kind: "talking", call_id: "call-1", call: null, since: 0 },
};
let first: TabRole;
let second: TabRole;

beforeEach(() => {
  Object.defineProperty(navigator, "locks", { configurable: true, value: new MadeUpLocks() });
  first = new TabRole("u1", () => talking);
  second = new TabRole("u1", () => INITIAL);
});
afterEach(() => {
  first.stop();
  second.stop();
});

it("lets the first tab work and tells the second what it is doing", async () => {
  first.start();
  await vi.waitFor(() => expect(first.snapshot()).toEqual({ role: "primary" }));
  second.start();
  await vi.waitFor(() => {
    expect(second.snapshot()).toEqual({ role: "secondary", other: "talking" });
  });
});

it("makes the second tab the desk when the first is closed", async () => {
  first.start();
  await vi.waitFor(() => expect(first.snapshot().role).toBe("primary"));
  second.start();
  await vi.waitFor(() => expect(second.snapshot().role).toBe("secondary"));
  first.stop();
  await vi.waitFor(() => expect(second.snapshot()).toEqual({ role: "primary" }));
});

it("lets a second tab take over, and get it back the same way", async () => {
  first.start();
  await vi.waitFor(() => expect(first.snapshot().role).toBe("primary"));
  second.start();
  await vi.waitFor(() => expect(second.snapshot().role).toBe("secondary"));
  second.takeOver();
  await vi.waitFor(() => expect(second.snapshot()).toEqual({ role: "primary" }));
  await vi.waitFor(() => expect(first.snapshot().role).toBe("secondary"));
  first.takeOver();
  await vi.waitFor(() => expect(first.snapshot()).toEqual({ role: "primary" }));
  await vi.waitFor(() => expect(second.snapshot().role).toBe("secondary"));
  first.stop();
  await vi.waitFor(() => expect(second.snapshot()).toEqual({ role: "primary" }));
});

it("lets the tabs of those who take no calls work side by side", () => {
  const [one, other] = [1, 2].map(() => new TabRole("u9", () => INITIAL, true));
  one?.start();
  other?.start();
  expect([one?.snapshot(), other?.snapshot()]).toEqual([{ role: "primary" }, { role: "primary" }]);
});

it("works alone where there are no locks", () => {
  Object.defineProperty(navigator, "locks", { configurable: true, value: undefined });
  first.start();
  expect(first.snapshot()).toEqual({ role: "primary" });
});
