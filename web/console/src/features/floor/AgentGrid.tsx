// The agents: name, state, time in state. A state is a word, an icon and an edge, never a colour alone.
import type { AgentView } from "../../api/types";
import { agentsOf, type Board, figuresOf } from "../../floor/board";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { moveFocus } from "./rove";
import { useFloorNow } from "./useBoard";

const ICONS: Record<AgentView["state"], IconName> = {
  offline: "cross",
  available: "check",
  ringing: "clinical",
  talking: "phone",
  on_hold: "hold",
  wrap_up: "note",
  break: "cup",
  not_responding: "warning",
};

export function AgentGrid({
  board,
  onChoose,
}: {
  board: Board;
  onChoose: (agent: string) => void;
}) {
  const { t } = useWords();
  const now = useFloorNow(board);
  const agents = agentsOf(board);
  const { states } = figuresOf(board);
  const counts = (Object.keys(ICONS) as AgentView["state"][]).filter((name) => states[name] > 0);
  return (
    <Panel
      title={t("floor.agents")}
      icon="desk"
      aside={t("floor.agentsMean")}
      className="grow"
      foot={
        <ul className="legend" aria-label={t("floor.byState")}>
          {counts.map((name) => (
            <li key={name}>
              <Icon name={ICONS[name]} size={13} /> {t(`state.${name}`)} <b>{states[name]}</b>
            </li>
          ))}
        </ul>
      }
    >
      {agents.length === 0 && <p className="empty">{t("floor.noAgents")}</p>}
      <ul className="agents scroll" data-area="agents" onKeyDown={moveFocus}>
        {agents.map((agent, index) => (
          <li key={agent.agent}>
            <button
              type="button"
              className={`agent s-${agent.state}`}
              data-row={agent.agent}
              data-state={agent.state}
              data-testid={TESTID.floorAgent}
              tabIndex={index === 0 ? 0 : -1}
              onClick={() => onChoose(agent.agent)}
            >
              <span className="name">{agent.name}</span>
              <span className="what">
                <Icon name={ICONS[agent.state]} size={14} />
                {agent.state === "break" && agent.reason
                  ? t(`break.${agent.reason}`)
                  : t(`state.${agent.state}`)}
                {agent.since && agent.state !== "offline" && (
                  <span className="time">{shortDuration(now - Date.parse(agent.since))}</span>
                )}
              </span>
              {agent.next && (
                <span className="small">{t("floor.then", { state: nextWord(agent) })}</span>
              )}
            </button>
          </li>
        ))}
      </ul>
    </Panel>
  );

  function nextWord({ next }: AgentView): string {
    if (next?.next === "break") return t(`break.${next.reason}`);
    return t("state.offline");
  }
}
