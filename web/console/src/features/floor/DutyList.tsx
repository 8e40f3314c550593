// The roster beside the floor: who is expected and not here, who stays longer, and queues for which
// nobody will be. Asked for once a minute: shifts begin on the minute, and people sign in by push.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import { useCall } from "../../call/CallProvider";
import type { Board } from "../../floor/board";
import { minute } from "../../format";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { dutyOf } from "./duty";
import { useFloorNow } from "./useBoard";

const EVERY_MS = 60_000;

export function DutyList({ board }: { board: Board }) {
  const { t, lang } = useWords();
  const { link } = useCall();
  const nameOf = useQueueNames();
  const now = useFloorNow(board);
  const { data } = useQuery({
    queryKey: ["roster", "now"],
    queryFn: api.getRosterNow,
    enabled: link.kind === "online",
    refetchOnMount: "always",
    refetchInterval: EVERY_MS,
  });
  const duty = dutyOf(data?.spans ?? [], board, now);
  const quiet = duty.missing.length + duty.beyond.length + (data?.uncovered.length ?? 0) === 0;
  return (
    <Panel
      title={t("duty.title")}
      icon="clock"
      aside={t("duty.expected", { count: duty.expected })}
      testid={TESTID.floorDuty}
    >
      {data?.spans.length === 0 && <p className="empty">{t("duty.noRoster")}</p>}
      {data && data.spans.length > 0 && quiet && <p className="empty">{t("duty.asPlanned")}</p>}
      <ul className="lines duty scroll">
        {data?.uncovered.map(({ queue, from }) => (
          <li key={queue} className="open" data-testid={TESTID.floorUncovered}>
            <Icon name="warning" />
            <span>{t("duty.uncovered", { queue: nameOf(queue) })}</span>
            <span className="when">{t("duty.from", { time: minute(from, lang) })}</span>
          </li>
        ))}
        {duty.missing.map(({ agent, name, since }) => (
          <li key={agent} className="open" data-testid={TESTID.floorMissing}>
            <Icon name="person" />
            <span>{t("duty.missing", { name })}</span>
            <span className="when">{t("duty.from", { time: minute(since, lang) })}</span>
          </li>
        ))}
        {duty.beyond.map(({ agent, name, since }) => (
          <li key={agent} className="seen" data-testid={TESTID.floorBeyond}>
            <Icon name="clock" />
            <span>{t("duty.beyond", { name })}</span>
            <span className="when">{t("duty.until", { time: minute(since, lang) })}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
