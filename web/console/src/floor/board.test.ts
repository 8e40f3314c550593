import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CLASSES, type ServerFrame } from "../api/types";
import { agent, alert, call, iso, NOW, snapshot, watching } from "../testing/fixtures";
import { agentsOf, type Board, boardStep, figuresOf, rungFor, waitingInOrder } from "./board";

function run(...frames: ServerFrame[]): Board {
  const board = frames.reduce<Board | null>((now, frame) => boardStep(now, frame, NOW), null);
  if (!board) throw new Error("no board");
  return board;
}
const waits = (id: string, part: object = {}) =>
  call({ id, state: "waiting", waiting_since: iso(-10_000), talking_since: undefined, ...part });

describe("the board", () => {
  it("is nobody's but a watcher's", () => {
    expect(boardStep(null, snapshot(agent("available")), NOW)).toBeNull();
    expect(boardStep(null, { type: "call_changed", call: call() }, NOW)).toBeNull();
  });

  it("counts what it shows, and the sums reconcile", () => {
    const figures = figuresOf(run(watching()));
    expect(figures).toMatchObject({ calls: 2, greeting: 0, waiting: 1, with_agent: 1 });
    expect(figures.signed_in).toBe(3);
    expect(figures.longest?.id).toBe("call-2");
    expect(figures.queues[0]).toMatchObject({ waiting: 1, free: 1, signed_in: 3 });
    expect(figures.queues[0]?.classes).toEqual([["standard", 1]]);
    expect(figures.queues[1]).toMatchObject({ waiting: 0, longest_since: null, free: 0 });
    expect(figures.reconciles).toBe(true);
  });

  it("follows a call from the greeting to its end", () => {
    const frames: ServerFrame[] = [
      watching({ calls_alive: [], agents: [agent("available")], queues: [] }),
    ];
    const counted = (frame: ServerFrame) => {
      frames.push(frame);
      const { greeting, waiting, with_agent, calls } = figuresOf(run(...frames));
      return [greeting, waiting, with_agent, calls];
    };
    const changed = (state: "greeting" | "waiting" | "talking" | "ended"): ServerFrame => ({
      type: "call_changed",
      call: call({ state, waiting_since: iso() }),
    });
    expect(counted(changed("greeting"))).toEqual([1, 0, 0, 1]);
    expect(counted(changed("waiting"))).toEqual([0, 1, 0, 1]);
    expect(counted(changed("talking"))).toEqual([0, 0, 1, 1]);
    // The agent's part is over; the caller may wait again.
    expect(counted(changed("ended"))).toEqual([0, 0, 0, 0]);
    expect(counted(changed("waiting"))).toEqual([0, 1, 0, 1]);
    expect(counted({ type: "call_ended", call_id: "call-1", cause: "abandoned_in_queue" })).toEqual(
      [0, 0, 0, 0],
    );
  });

  it("puts callers in the order of class and wait, and knows who rings for whom", () => {
    const board = run(
      watching({
        calls_alive: [
          waits("b", { class: "standard", waiting_since: iso(-90_000) }),
          waits("a", { class: "emergency", waiting_since: iso(-1_000) }),
          waits("c", { class: "standard", waiting_since: iso(-95_000) }),
        ],
      }),
      { type: "agent_state_changed", agent: agent("ringing", { call_id: "a" }) },
    );
    expect(waitingInOrder(board).map(({ id }) => id)).toEqual(["a", "c", "b"]);
    expect(rungFor(board, "a").map(({ name }) => name)).toEqual(["Asha"]);
    expect(rungFor(board, "c")).toEqual([]);
    expect(agentsOf(board)[0]?.state).toBe("ringing");
  });

  it("keeps one list of alerts, newest first, with who has seen to them", () => {
    const acknowledged = { by: "u9", name: "Vikram", at: iso() };
    const board = run(
      watching({ alerts: [alert(3)] }),
      { type: "alert", ...alert(5, { alert: "nobody_signed_in", queue: "health" }) },
      { type: "alert", ...alert(5) },
      { type: "alert_acknowledged", ...alert(3, { acknowledged }) },
    );
    expect(board.alerts.map(({ id }) => id)).toEqual([5, 3]);
    expect(board.alerts[1]?.acknowledged?.name).toBe("Vikram");
    expect(figuresOf(board).open_alerts).toBe(1);
  });

  it("says that the sums do not reconcile while the server counts otherwise", () => {
    const told: ServerFrame = {
      type: "queue_changed",
      queue: "health",
      waiting: 4,
      longest_wait_ms: 0,
    };
    expect(figuresOf(run(watching(), told)).reconciles).toBe(false);
  });

  it("adds up, whatever happens", () => {
    const id = fc.constantFrom("a", "b", "c", "d");
    const state = fc.constantFrom("greeting", "waiting", "talking", "on_hold", "ended" as const);
    const frame: fc.Arbitrary<ServerFrame> = fc.oneof(
      fc.tuple(id, state, fc.constantFrom(...CLASSES)).map(
        ([one, word, name]): ServerFrame => ({
          type: "call_changed",
          call: call({ id: one, state: word as "waiting", class: name, waiting_since: iso() }),
        }),
      ),
      id.map(
        (one): ServerFrame => ({
          type: "call_ended",
          call_id: one,
          cause: "caller_hung_up",
        }),
      ),
    );
    fc.assert(
      fc.property(fc.array(frame, { maxLength: 40 }), (frames) => {
        const figures = figuresOf(run(watching(), ...frames));
        expect(figures.greeting + figures.waiting + figures.with_agent).toBe(figures.calls);
        const inQueues = figures.queues.reduce((sum, { waiting }) => sum + waiting, 0);
        expect(inQueues).toBe(figures.waiting);
        for (const queue of figures.queues) {
          expect(queue.classes.reduce((sum, [, count]) => sum + count, 0)).toBe(queue.waiting);
        }
      }),
      { numRuns: 60 },
    );
  });
});
