// The supervisor's floor: tiles, queues, who waits, agents, calls, alerts. All by push; times tick here
// by the server's clock. Nothing is polled but the roster, once a minute, and the number of call-backs.
import { useState } from "react";
import type { AgentView, CallView } from "../../api/types";
import { useCall } from "../../call/CallProvider";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { useKeys } from "../../ui/keys";
import { TESTID } from "../../ui/testid";
import { AgentGrid } from "./AgentGrid";
import { AlertList } from "./AlertList";
import { CallbackList } from "./CallbackList";
import { CallerDialog } from "./CallerDialog";
import { CallTable } from "./CallTable";
import { DutyList } from "./DutyList";
import { ForceDialog } from "./ForceDialog";
import { QueueTable } from "./QueueTable";
import { Tiles } from "./Tiles";
import { TrunkList } from "./TrunkList";
import { useBoard } from "./useBoard";
import { WaitingTable } from "./WaitingTable";

type Chosen = { agent: AgentView["agent"] } | { call: CallView["id"] } | null;

export function FloorPage() {
  const { t } = useWords();
  const { link } = useCall();
  const board = useBoard();
  const [chosen, setChosen] = useState<Chosen>(null);
  const close = () => {
    setChosen(null);
    if (chosen) focusRow("agent" in chosen ? chosen.agent : chosen.call);
  };
  useKeys([
    { chord: "KeyW", label: t("floor.keys.waiting"), run: () => focusArea("waiting"), hint: true },
    { chord: "KeyA", label: t("floor.keys.agents"), run: () => focusArea("agents"), hint: true },
    { chord: "KeyL", label: t("floor.keys.alerts"), run: () => focusArea("alerts"), hint: true },
  ]);
  if (!board) {
    return (
      <p className="empty" role="status">
        {link.kind === "online" ? t("floor.notYours") : t("app.connecting")}
      </p>
    );
  }
  const agent = chosen && "agent" in chosen ? board.agents[chosen.agent] : undefined;
  const call = chosen && "call" in chosen ? board.calls[chosen.call] : undefined;
  return (
    <div className="floor" data-testid={TESTID.floor}>
      {link.kind === "offline" && (
        <Banner tone="callback_due">
          <b>{t("floor.stale")}</b> {t("floor.staleMore")}
        </Banner>
      )}
      <Tiles board={board} />
      {agent && <ForceDialog key={agent.agent} agent={agent} onClose={close} />}
      {call && <CallerDialog key={call.id} call={call} board={board} onClose={close} />}
      <div className="floor-columns">
        <div className="stack">
          <QueueTable board={board} />
          <WaitingTable board={board} onChoose={(id) => setChosen({ call: id })} />
        </div>
        <div className="stack">
          <AgentGrid board={board} onChoose={(id) => setChosen({ agent: id })} />
          <CallTable board={board} />
        </div>
        <div className="stack">
          <AlertList board={board} />
          <DutyList board={board} />
          <CallbackList />
          <TrunkList board={board} />
        </div>
      </div>
    </div>
  );
}

function focusArea(area: string): void {
  const place = document.querySelector(`[data-area="${area}"]`);
  const first = place?.querySelector<HTMLElement>("button[tabindex='0'], button:not([tabindex])");
  (first ?? (place as HTMLElement | null))?.focus();
}

function focusRow(id: string): void {
  document.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus();
}
