// The lines to the carriers: asked for once when the stream is open, then told by it.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import type { Trunk } from "../../api/types";
import { useCall } from "../../call/CallProvider";
import { type Board, trunksNow } from "../../floor/board";
import { moment } from "../../format";
import { useWords } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";

const ICONS: Record<Trunk["health"]["state"], IconName> = {
  up: "check",
  degraded: "warning",
  down: "cross",
};

export function TrunkList({ board }: { board: Board }) {
  const { t, lang } = useWords();
  const { link } = useCall();
  const { data } = useQuery({
    queryKey: ["trunks"],
    queryFn: api.listTrunks,
    // What came while the stream was away is not told again: ask when it is back.
    enabled: link.kind === "online",
    refetchOnMount: "always",
    staleTime: 0,
  });
  const trunks = trunksNow(board, data ?? []);
  return (
    <Panel title={t("floor.trunks")} icon="signal">
      {trunks.length === 0 && <p className="empty">{t("floor.noTrunks")}</p>}
      <ul className="lines trunks scroll">
        {trunks.map(({ name, health, since }) => (
          <li
            key={name}
            className={health.state === "up" ? "seen" : "open"}
            data-testid={TESTID.floorTrunk}
            data-state={health.state}
          >
            <Icon name={ICONS[health.state]} />
            <span>
              <b>{name}</b> {t(`trunk.${health.state}`)}
            </span>
            <span className="when">{moment(since, lang)}</span>
            {health.fault && (
              <span className="more small">
                {t(`trunkFault.${health.fault}`)} {health.status ?? ""}
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}
