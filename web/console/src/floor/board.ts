// The floor as a supervisor's board has it: a snapshot, then every frame of the stream applied to it.
// Pure. All figures are counted from the same lists, so that a number and its rows cannot disagree;
// the server's own count of each queue is kept beside, to check ours against.
import type {
  AgentView,
  AlertView,
  CallClass,
  CallView,
  FloorView,
  Id,
  QueueView,
  ServerFrame,
} from "../api/types";
import { AGENT_STATES, CLASSES } from "../api/types";

export interface Board {
  agents: Record<Id, AgentView>;
  calls: Record<Id, CallView>;
  queues: QueueView[];
  /** Newest first. */
  alerts: AlertView[];
  /** Server clock minus this browser's clock, so that times tick with the floor's. */
  skew_ms: number;
}

/** Alerts kept, as on the server. */
const ALERTS_MAX = 200;

/** The board after a frame; the same object if the frame is not about the floor. */
export function boardStep(board: Board | null, frame: ServerFrame, at: number): Board | null {
  if (frame.type === "snapshot") {
    return frame.floor ? boardOf(frame.floor, Date.parse(frame.server_time) - at) : null;
  }
  if (!board) return null;
  switch (frame.type) {
    case "agent_state_changed":
      return { ...board, agents: { ...board.agents, [frame.agent.agent]: frame.agent } };
    case "call_changed":
      return { ...board, calls: withCall(board.calls, frame.call) };
    case "call_ended":
      return { ...board, calls: without(board.calls, frame.call_id) };
    case "queue_changed":
      return {
        ...board,
        queues: board.queues.map((one) =>
          one.id === frame.queue ? { ...one, waiting: frame.waiting } : one,
        ),
      };
    case "alert":
    case "alert_acknowledged":
      return { ...board, alerts: withAlert(board.alerts, frame) };
    default:
      return board;
  }
}

function boardOf(floor: FloorView, skew_ms: number): Board {
  return {
    agents: Object.fromEntries(floor.agents.map((agent) => [agent.agent, agent])),
    calls: floor.calls_alive.reduce(withCall, {} as Board["calls"]),
    queues: floor.queues,
    alerts: floor.alerts,
    skew_ms: Number.isFinite(skew_ms) ? skew_ms : 0,
  };
}

/** An agent's part in a call can be over while the caller goes back to the queue. */
function withCall(calls: Board["calls"], call: CallView): Board["calls"] {
  return call.state === "ended" ? without(calls, call.id) : { ...calls, [call.id]: call };
}

function without(calls: Board["calls"], id: Id): Board["calls"] {
  const { [id]: _gone, ...rest } = calls;
  return rest;
}

function withAlert(alerts: AlertView[], alert: AlertView): AlertView[] {
  const { id, raised_at, agent, queue, call_id, acknowledged } = alert;
  const told = { id, alert: alert.alert, raised_at, agent, queue, call_id, acknowledged };
  const known = alerts.some((one) => one.id === id);
  if (known) return alerts.map((one) => (one.id === id ? told : one));
  return [told, ...alerts].slice(0, ALERTS_MAX);
}

/** Those who wait, in the order in which the floor takes them: class, then wait. */
export function waitingInOrder(board: Board): CallView[] {
  const rank = (call: CallView) => CLASSES.indexOf(call.class);
  return callsIn(board, ["waiting"]).sort(
    (a, b) => rank(a) - rank(b) || waitsSince(a) - waitsSince(b) || a.id.localeCompare(b.id),
  );
}

/** Calls with an agent, the longest talk first. */
export function callsInProgress(board: Board): CallView[] {
  return callsIn(board, ["talking", "on_hold", "interrupted"]).sort(
    (a, b) => talksSince(a) - talksSince(b) || a.id.localeCompare(b.id),
  );
}

function callsIn(board: Board, states: CallView["state"][]): CallView[] {
  return Object.values(board.calls).filter(({ state }) => states.includes(state));
}

/** Milliseconds of the server's clock. */
export const waitsSince = (call: CallView) => Date.parse(call.waiting_since ?? call.arrived_at);
export const talksSince = (call: CallView) => Date.parse(call.talking_since ?? call.arrived_at);

/** The agents whose consoles ring for a caller. */
export function rungFor(board: Board, call: Id): AgentView[] {
  return agentsOf(board).filter(({ state, call_id }) => state === "ringing" && call_id === call);
}

/** By state, those at work first, then by name. */
export function agentsOf(board: Board): AgentView[] {
  const rank = (agent: AgentView) => AT_WORK.indexOf(agent.state);
  return Object.values(board.agents).sort(
    (a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name) || a.agent.localeCompare(b.agent),
  );
}

const AT_WORK: AgentView["state"][] = [
  "not_responding",
  "ringing",
  "talking",
  "on_hold",
  "wrap_up",
  "available",
  "break",
  "offline",
];

export interface QueueFigures {
  id: string;
  name: string;
  waiting: number;
  classes: [CallClass, number][];
  /** The server's clock; null when nobody waits. */
  longest_since: number | null;
  /** Agents who serve the queue and wait for work. An agent may serve several queues. */
  free: number;
  /** Agents who serve the queue and are not offline. */
  signed_in: number;
}

export interface Figures {
  calls: number;
  greeting: number;
  waiting: number;
  with_agent: number;
  longest: CallView | null;
  signed_in: number;
  states: Record<AgentView["state"], number>;
  open_alerts: number;
  queues: QueueFigures[];
  /** Whether our counts are the server's, and every agent on a call is on a call that we know. */
  reconciles: boolean;
}

export function figuresOf(board: Board): Figures {
  const waiting = waitingInOrder(board);
  const calls = Object.values(board.calls);
  const agents = Object.values(board.agents);
  const states = Object.fromEntries(
    AGENT_STATES.map((name) => [name, agents.filter(({ state }) => state === name).length]),
  ) as Figures["states"];
  const with_agent = callsInProgress(board).length;
  const queues = board.queues.map((queue) => queueFigures(queue, waiting, agents));
  return {
    calls: calls.length,
    greeting: callsIn(board, ["greeting"]).length,
    waiting: waiting.length,
    with_agent,
    longest: waiting.reduce<CallView | null>(
      (first, call) => (!first || waitsSince(call) < waitsSince(first) ? call : first),
      null,
    ),
    signed_in: agents.length - states.offline,
    states,
    open_alerts: board.alerts.filter(({ acknowledged }) => !acknowledged).length,
    queues,
    reconciles:
      board.queues.every((told, index) => told.waiting === queues[index]?.waiting) &&
      with_agent === states.talking + states.on_hold,
  };
}

function queueFigures(queue: QueueView, waiting: CallView[], agents: AgentView[]): QueueFigures {
  const here = waiting.filter((call) => call.queue === queue.id);
  const serving = agents.filter(({ queues }) => queues.includes(queue.id));
  return {
    id: queue.id,
    name: queue.name,
    waiting: here.length,
    classes: CLASSES.map((name): [CallClass, number] => [
      name,
      here.filter((call) => call.class === name).length,
    ]).filter(([, count]) => count > 0),
    longest_since: here.length > 0 ? Math.min(...here.map(waitsSince)) : null,
    free: serving.filter(({ state }) => state === "available").length,
    signed_in: serving.filter(({ state }) => state !== "offline").length,
  };
}
