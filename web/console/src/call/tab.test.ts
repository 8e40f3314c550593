import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { INITIAL } from "./machine";
import type { CallState } from "./state";
import { TabRole } from "./tab";

/** Locks as a browser keeps them: one holder, the others wait in order. */
class MadeUpLocks {
  private holder: Promise<unknown> | null = null;
  private waiting: (() => void)[] = [];

  async request(_name: string, ...rest: unknown[]): Promise<unknown> {
    const run = rest.at(-1) as (lock: object | null) => unknown;
    const options = (rest.length > 1 ? rest[0] : {}) as { ifAvailable?: boolean };
    if (this.holder && options.ifAvailable) return run(null);
    if (this.holder) await new Promise<void>((resolve) => this.waiting.push(resolve));
    const result = Promise.resolve(run({}));
    this.holder = result;
    await result;
    this.holder = null;
    this.waiting.shift()?.();
    return result;
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

it("works alone where there are no locks", () => {
  Object.defineProperty(navigator, "locks", { configurable: true, value: undefined });
  first.start();
  expect(first.snapshot()).toEqual({ role: "primary" });
});
