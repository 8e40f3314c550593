import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AGENT_STATES, type AgentView, type ServerFrame } from "../api/types";
import { agent, call, iso, NOW, quality, ringing, snapshot } from "../testing/fixtures";
import { callOf, heardQuality, INITIAL, inCall, step, verdictOf } from "./machine";
import type { CallEvent, CallState, Command, Desk } from "./state";

const READY: CallState = { ...INITIAL, media: { kind: "ready" } };

function run(events: CallEvent[], from: CallState = READY): CallState {
  return events.reduce((state, event) => step(state, event).state, from);
}
const told = (frame: ServerFrame): CallEvent => ({ kind: "frame", frame, at: NOW });
const asked = (command: Command): CallEvent => ({ kind: "asked", command, at: NOW });

/** A desk in each state, reached by the server's word. */
const DESKS: Record<AgentView["state"], CallState> = {
  offline: run([told(snapshot(agent("offline")))]),
  available: run([told(snapshot(agent("available")))]),
  ringing: run([told(snapshot(agent("ringing"), { reservation: ringing() }))]),
  talking: run([told(snapshot(agent("talking"), { call: call() }))]),
  on_hold: run([told(snapshot(agent("on_hold"), { call: call() }))]),
  wrap_up: run([told(snapshot(agent("wrap_up"), { call: call() }))]),
  break: run([told(snapshot(agent("break")))]),
  not_responding: run([told(snapshot(agent("not_responding")))]),
};

const EVENTS: Record<string, CallEvent> = {
  answer: asked({ do: "answer" }),
  decline: asked({ do: "decline" }),
  hold: asked({ do: "hold" }),
  resume: asked({ do: "resume" }),
  hang_up: asked({ do: "hang_up" }),
  digits: asked({ do: "digits", digits: "1" }),
  available: asked({ do: "available" }),
  break: asked({ do: "break", reason: "meal" }),
  offline: asked({ do: "offline" }),
  finish: asked({ do: "finish" }),
  mute: { kind: "mute_toggled" },
  rings: told({ type: "reservation_ringing", reservation: ringing() }),
  stops: told({ type: "reservation_stopped", reservation_id: 7, cause: "caller_left" }),
  ended: told({ type: "call_ended", call_id: "call-1", cause: "caller_hung_up" }),
  link_lost: { kind: "link_lost", at: NOW },
  media_lost: told({ type: "media_lost", agent: "u1" }),
  server_stopping: told({ type: "server_stopping", until: iso(30_000) }),
};

describe("every state and every event", () => {
  it("answers as the table says", () => {
    const table = Object.entries(DESKS).map(([name, state]) => {
      const row = Object.entries(EVENTS).map(([event, value]) => {
        const result = step(state, value);
        const effects = result.effects.map((effect) => effect.do).join("+");
        const to = result.state.desk.kind === state.desk.kind ? "" : `→${result.state.desk.kind}`;
        return `${event}: ${result.ignored ? "–" : [effects, to].filter(Boolean).join(" ") || "·"}`;
      });
      return `${name} | ${row.join(" | ")}`;
    });
    expect(table).toMatchSnapshot();
  });

  it("reaches every state by a snapshot alone", () => {
    for (const name of AGENT_STATES) expect(DESKS[name].desk.kind).toBe(name);
  });
});

describe("a call", () => {
  it("rings, is answered, held, resumed, ended and written up", () => {
    const kinds: Desk["kind"][] = [];
    let state = DESKS.available;
    for (const view of [
      "ringing",
      "talking",
      "on_hold",
      "talking",
      "wrap_up",
      "available",
    ] as const) {
      state = run([told({ type: "agent_state_changed", agent: agent(view) })], state);
      if (view === "ringing") {
        state = run([told({ type: "reservation_ringing", reservation: ringing() })], state);
      }
      kinds.push(state.desk.kind);
    }
    expect(kinds).toEqual(["ringing", "talking", "on_hold", "talking", "wrap_up", "available"]);
  });

  it("keeps what was known of the caller from ringing to talking", () => {
    const talking = run(
      [told({ type: "agent_state_changed", agent: agent("talking") })],
      DESKS.ringing,
    );
    expect(callOf(talking.desk)?.number).toBe("+919000004471");
  });

  it("asks for a call it knows nothing of", () => {
    const view = agent("talking", { call_id: "call-2" });
    const result = step(DESKS.available, told({ type: "agent_state_changed", agent: view }));
    expect(result.effects).toContainEqual({ do: "fetch_call", call_id: "call-2" });
  });

  it("does not change before the floor has said so", () => {
    const result = step(DESKS.ringing, EVENTS.answer as CallEvent);
    expect(result.state.desk).toBe(DESKS.ringing.desk);
    expect(result.state.pending).toEqual({ do: "answer" });
    expect(result.effects).toEqual([{ do: "accept", reservation_id: 7 }]);
  });

  it("is answered once, however often F2 is pressed", () => {
    const once = step(DESKS.ringing, EVENTS.answer as CallEvent).state;
    const twice = step(once, asked({ do: "answer" }));
    expect(twice.effects).toEqual([]);
    expect(twice.ignored).toBe("already asked");
  });

  it("offers the key again after a refusal and says why", () => {
    const command: Command = { do: "answer" };
    const once = step(DESKS.ringing, asked(command)).state;
    const refused = run([{ kind: "refused", command, problem: "reservation-over", at: NOW }], once);
    expect(refused.pending).toBeNull();
    expect(refused.notice).toMatchObject({ kind: "refused", problem: "reservation-over" });
  });

  it("lets go of the mute when it ends", () => {
    const muted = step(DESKS.talking, { kind: "mute_toggled" }).state;
    expect(muted.muted).toBe(true);
    const result = step(muted, told({ type: "agent_state_changed", agent: agent("wrap_up") }));
    expect(result.state.muted).toBe(false);
    expect(result.effects).toContainEqual({ do: "set_muted", muted: false });
  });

  it("ignores a second ringing, a foreign call and another agent's state", () => {
    const foreign = [
      told({ type: "reservation_ringing", reservation: ringing({ reservation_id: 8 }) }),
      told({ type: "call_changed", call: call({ id: "call-9" }) }),
      told({ type: "agent_state_changed", agent: agent("offline", { agent: "u2" }) }),
    ];
    for (const event of foreign) {
      const result = step(DESKS.talking, event);
      expect(result.ignored).toBeTruthy();
      expect(result.state).toBe(DESKS.talking);
    }
  });
});

describe("sound and screen", () => {
  it("fail apart: a lost link leaves call and media as they are", () => {
    const lost = step(DESKS.talking, { kind: "link_lost", at: NOW });
    expect(lost.state.link.kind).toBe("offline");
    expect(lost.state.desk).toBe(DESKS.talking.desk);
    expect(lost.state.media.kind).toBe("ready");
    expect(lost.effects).toEqual([{ do: "low_note" }]);
  });

  it("gives the low note once, however often the sound is sought", () => {
    let state = DESKS.talking;
    const notes = (["reconnecting", "reconnecting", "lost", "reconnecting"] as const).map(
      (kind) => {
        const result = step(state, { kind: "media_changed", media: { kind, since: NOW } });
        state = result.state;
        return result.effects.length;
      },
    );
    expect(notes).toEqual([1, 0, 0, 0]);
    expect(state.desk).toBe(DESKS.talking.desk);
  });

  it("does not let an agent without sound become available", () => {
    const silent: CallState = {
      ...DESKS.offline,
      media: { kind: "refused", why: "no_microphone" },
    };
    const result = step(silent, asked({ do: "available" }));
    expect(result.effects).toEqual([]);
    expect(result.state.notice).toMatchObject({ problem: "no_sound" });
  });

  it("counts on the server's clock", () => {
    const late = snapshot(agent("wrap_up"), { server_time: iso(5_000) });
    const { desk } = run([told(late)]);
    // The server is five seconds ahead, so its 30 s from "now" are 25 s here.
    expect(desk).toMatchObject({ kind: "wrap_up", until: NOW + 25_000 });
  });
});

describe("the sound of the talk", () => {
  const poor = quality({ word: "poor", verdict: "poor_line" });

  it("is what the last second says", () => {
    const talking = run([told(poor)], DESKS.talking);
    expect(heardQuality(talking)).toMatchObject({ word: "poor", caller: { mos: 4.38 } });
    expect(verdictOf(talking)).toBe("poor_line");
    const better = run([told(quality())], talking);
    expect(heardQuality(better)?.word).toBe("good");
    expect(verdictOf(better)).toBeNull();
  });

  it("is not known on hold, without sound, without the server, nor after the call", () => {
    const talking = run([told(poor)], DESKS.talking);
    const later: CallEvent[] = [
      told({ type: "agent_state_changed", agent: agent("on_hold") }),
      { kind: "media_changed", media: { kind: "lost", since: NOW } },
      { kind: "link_lost", at: NOW },
      told({ type: "agent_state_changed", agent: agent("wrap_up") }),
    ];
    for (const event of later) {
      expect(heardQuality(run([event], talking))).toBeNull();
      expect(verdictOf(run([event], talking))).toBeNull();
    }
    const resumed = run(
      [
        told({ type: "agent_state_changed", agent: agent("on_hold") }),
        told(poor),
        told({ type: "agent_state_changed", agent: agent("talking") }),
      ],
      talking,
    );
    expect(verdictOf(resumed)).toBeNull();
  });

  it("is of this call alone, and of nobody else's", () => {
    const foreign = step(DESKS.talking, told(quality({ call_id: "call-9" })));
    expect(foreign.ignored).toBeTruthy();
    for (const name of AGENT_STATES) {
      if (name === "talking") continue;
      expect(step(DESKS[name], told(poor)).state.quality, name).toBeNull();
    }
  });

  it("does not blame a microphone that the agent muted", () => {
    const silent = run([told(quality({ verdict: "your_microphone_is_silent" }))], DESKS.talking);
    expect(verdictOf(silent)).toBe("your_microphone_is_silent");
    const muted = run([{ kind: "mute_toggled" }], silent);
    expect(verdictOf(muted)).toBeNull();
    const deaf = run([told(quality({ verdict: "you_cannot_hear_caller" }))], muted);
    expect(verdictOf(deaf)).toBe("you_cannot_hear_caller");
  });
});

describe("any sequence of events", () => {
  const state = fc.constantFrom(...AGENT_STATES);
  const id = fc.constantFrom("call-1", "call-2");
  const reservation = fc.constantFrom(7, 8);
  const view = fc
    .tuple(state, id, reservation)
    .map(([name, call_id, reservation_id]) => agent(name, { call_id, reservation_id }));
  const frame: fc.Arbitrary<ServerFrame> = fc.oneof(
    view.map((one) => ({ type: "agent_state_changed", agent: one }) as const),
    fc
      .tuple(view, fc.boolean(), id)
      .map(([one, withCall, call_id]) =>
        snapshot(one, withCall ? { call: call({ id: call_id }), reservation: ringing() } : {}),
      ),
    reservation.map(
      (reservation_id) =>
        ({ type: "reservation_ringing", reservation: ringing({ reservation_id }) }) as const,
    ),
    reservation.map(
      (reservation_id) =>
        ({ type: "reservation_stopped", reservation_id, cause: "timed_out" }) as const,
    ),
    id.map((one) => ({ type: "call_changed", call: call({ id: one }) }) as const),
    id.map((call_id) => ({ type: "call_ended", call_id, cause: "caller_hung_up" }) as const),
  );
  const event: fc.Arbitrary<CallEvent> = fc.oneof(
    frame.map(told),
    fc.constantFrom(...Object.values(EVENTS)),
    fc.constant<CallEvent>({ kind: "link_opened" }),
  );
  const events = fc.array(event, { maxLength: 60 });

  it("never shows a call that is not the desk's own", () => {
    fc.assert(
      fc.property(events, (list) => {
        let now = READY;
        for (const one of list) {
          now = step(now, one).state;
          const shown = callOf(now.desk);
          if (shown && "call_id" in now.desk) expect(shown.id).toBe(now.desk.call_id);
          if (now.muted) expect(inCall(now.desk)).toBe(true);
        }
      }),
    );
  });

  it("accepts only what rings, and controls only the call on the desk", () => {
    fc.assert(
      fc.property(events, (list) => {
        let now = READY;
        for (const one of list) {
          const { state: next, effects } = step(now, one);
          for (const effect of effects) {
            if (effect.do === "accept" || effect.do === "reject") {
              expect(now.desk).toMatchObject({
                kind: "ringing",
                reservation_id: effect.reservation_id,
              });
            }
            if (effect.do === "control") {
              expect(now.desk).toMatchObject({ call_id: effect.call_id });
            }
          }
          now = next;
        }
      }),
    );
  });

  it("ends in what the last snapshot says, whatever came before", () => {
    fc.assert(
      fc.property(events, view, (list, last) => {
        const before = run(list);
        const after = step(before, told(snapshot(last))).state;
        expect(after.desk.kind).toBe(last.state);
        expect(after.pending).toBeNull();
      }),
    );
  });

  it("returns an ignored event with the very same state", () => {
    fc.assert(
      fc.property(events, event, (list, one) => {
        const before = run(list);
        const result = step(before, one);
        if (result.ignored) expect(result.state).toBe(before);
      }),
    );
  });
});
