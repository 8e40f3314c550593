// Invented people, calls and cases for tests.
import type {
  AgentView,
  AlertView,
  CallView,
  Case,
  FloorView,
  LineQuality,
  Ringing,
  RosterSpan,
  RosterWeek,
  ServerFrame,
  Session,
} from "../api/types";

export const NOW = Date.parse("2026-11-22T14:25:00+05:30");
export const iso = (offset_ms = 0) => new Date(NOW + offset_ms).toISOString();

export const session: Session = {
  user: {
    id: "u1",
    username: "asha",
    name: "Asha",
    role: "operator",
    languages: ["hi", "en"],
    queues: ["health"],
  },
  csrf_token: "token",
  expires_at: iso(3_600_000),
};

export function agent(state: AgentView["state"], part: Partial<AgentView> = {}): AgentView {
  const call = { call_id: "call-1" };
  const extra: Record<AgentView["state"], Partial<AgentView>> = {
    offline: {},
    available: { since: iso() },
    ringing: { reservation_id: 7 },
    talking: { ...call, since: iso() },
    on_hold: { ...call, since: iso() },
    wrap_up: { ...call, until: iso(30_000) },
    break: { reason: "meal", since: iso() },
    not_responding: { since: iso() },
  };
  return {
    agent: "u1",
    name: "Asha",
    queues: ["health"],
    state,
    media_connected: true,
    ...extra[state],
    ...part,
  };
}

export function call(part: Partial<CallView> = {}): CallView {
  return {
    id: "call-1",
    interaction_id: "i1",
    state: "talking",
    medium: "call",
    number: "+919000004471",
    number_masked: "+••••••••4471",
    dialled: "104",
    queue: "health",
    class: "clinical",
    language: "hi",
    arrived_at: iso(-340_000),
    waited_ms: 112_000,
    talking_since: iso(),
    ...part,
  };
}

export function ringing(part: Partial<Ringing> = {}): Ringing {
  return {
    reservation_id: 7,
    call: call({ state: "waiting" }),
    expires_at: iso(20_000),
    ring_ms: 20_000,
    explanation: {
      sentence_en: "You have been idle longest.",
      sentence_hi: "आप सबसे देर से ख़ाली हैं।",
      rule_version: 1,
      candidates: [{ name: "Asha", idle_ms: 372_000 }],
      eligible: 1,
      excluded: { busy: 2 },
      knows_caller: false,
      widened_to: [],
      language: "hi",
      all_ring: false,
    },
    pick_list: [
      { contact_id: "p1", name: "Sunita Devi", name_hi: "सुनीता देवी", open_cases: 0 },
      {
        contact_id: "p2",
        name: "Ramesh Kumar",
        name_hi: "रमेश कुमार",
        sex: "male",
        birth_year: 1965,
        open_cases: 1,
      },
    ],
    previous: [{ at: iso(-86_400_000), medium: "call", summary: "Fever" }],
    people_known: 2,
    ...part,
  };
}

export function snapshot(view: AgentView, part: object = {}): ServerFrame {
  return { type: "snapshot", agent: view, queues: [], server_time: iso(), ...part };
}

const SIDE = { mos: 4.38, loss_percent: 0.5, jitter_ms: 4, round_trip_ms: 80 };

export function quality(
  part: Partial<Extract<ServerFrame, { type: "call_quality" }>> = {},
): ServerFrame {
  return {
    type: "call_quality",
    call_id: "call-1",
    received: 50,
    lost: 0,
    jitter_ms: 4,
    word: "good",
    caller: SIDE,
    operator: { mos: 4.4, loss_percent: 0, jitter_ms: 2 },
    ...part,
  };
}

export function lineQuality(part: Partial<LineQuality> = {}): LineQuality {
  return {
    word: "good",
    mos: 4.31,
    mos_worst: 2.9,
    seconds: 300,
    caller: SIDE,
    operator: SIDE,
    verdicts: [],
    ...part,
  };
}

export function caseOf(part: Partial<Case> = {}): Case {
  return {
    id: "c1",
    version: 1,
    number: "C-2611-0001",
    state: "open",
    class: "standard",
    summary: "",
    notes: "",
    report_due: true,
    opened_at: iso(),
    updated_at: iso(),
    ...part,
  };
}

export const vocabulary = {
  categories: [{ key: "illness", en: "Illness", hi: "बीमारी" }],
  dispositions: [
    { group: "valid", key: "self_care", en: "Self-care", hi: "घर पर देखभाल" },
    { group: "invalid", key: "prank", en: "Prank", hi: "शरारत" },
  ],
};

export function alert(id: number, part: Partial<AlertView> = {}): AlertView {
  return { id, alert: "missed_twice", raised_at: iso(), agent: "u1", ...part };
}

/** A small floor: two agents, one caller waiting and ringing, one talking. */
export function floor(part: Partial<FloorView> = {}): FloorView {
  const waiting = call({
    id: "call-2",
    state: "waiting",
    class: "standard",
    waiting_since: iso(-65_000),
    talking_since: undefined,
    number_masked: "+••••••••0002",
  });
  return {
    agents: [
      agent("talking", { agent: "u1", name: "Asha" }),
      agent("ringing", { agent: "u2", name: "Bela", call_id: "call-2", since: iso(-4_000) }),
      agent("available", { agent: "u3", name: "Chand", since: iso(-30_000) }),
    ],
    queues: [
      {
        id: "health",
        name: "Health",
        waiting: 1,
        longest_wait_ms: 65_000,
        classes: { standard: 1 },
      },
      { id: "covid", name: "Covid", waiting: 0, longest_wait_ms: 0, classes: {} },
    ],
    calls: 2,
    calls_alive: [call({ agent: "u1" }), waiting],
    alerts: [],
    ...part,
  };
}

export function watching(part: Partial<FloorView> = {}): ServerFrame {
  return { type: "snapshot", queues: [], floor: floor(part), server_time: iso() };
}

export function rosterSpan(part: Partial<RosterSpan> = {}): RosterSpan {
  return {
    entry: "e1",
    agent: "u1",
    name: "Asha",
    queues: ["health"],
    day: "2026-11-23",
    from: "2026-11-23T06:00:00+05:30",
    until: "2026-11-23T14:00:00+05:30",
    ...part,
  };
}

/** The week of 23 November: two people, nothing planned. */
export function rosterWeek(part: Partial<RosterWeek> = {}): RosterWeek {
  return {
    from: "2026-11-23",
    until: "2026-11-29",
    entries: [],
    spans: [],
    needs: [],
    agents: [
      { agent: "u1", name: "Asha", role: "operator", queues: ["health"] },
      { agent: "u2", name: "Bela", role: "doctor", queues: ["health"] },
    ],
    ...part,
  };
}
