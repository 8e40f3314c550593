// The one list of alerts: what nobody has seen to first. Who has seen to one stands beside it.
import { useEffect, useRef, useState } from "react";
import * as api from "../../api/operations";
import type { AlertView } from "../../api/types";
import type { Board } from "../../floor/board";
import { moment } from "../../format";
import { useWords } from "../../i18n";
import { announce } from "../../ui/Announcer";
import { Icon } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { moveFocus } from "./rove";

export function AlertList({ board }: { board: Board }) {
  const { t, lang } = useWords();
  const words = useAlertWords(board);
  const [refused, setRefused] = useState(false);
  const open = board.alerts.filter(({ acknowledged }) => !acknowledged);
  const seen = board.alerts.filter(({ acknowledged }) => acknowledged);
  useSpoken(open, words);
  const acknowledge = (alert: AlertView) => {
    api.acknowledgeAlert(alert.id).then(
      () => setRefused(false),
      () => setRefused(true),
    );
  };
  return (
    <Panel title={t("floor.alerts")} icon="warning" aside={t("floor.alertsMean")} className="grow">
      {refused && (
        <p className="empty" role="alert">
          {t("floor.acknowledgeFailed")}
        </p>
      )}
      {board.alerts.length === 0 && <p className="empty">{t("floor.noAlerts")}</p>}
      <ul className="lines scroll" data-area="alerts" onKeyDown={moveFocus}>
        {[...open, ...seen].map((alert, index) => (
          <li
            key={alert.id}
            className={alert.acknowledged ? "seen" : "open"}
            data-testid={TESTID.floorAlert}
            data-open={!alert.acknowledged}
          >
            <Icon name={alert.acknowledged ? "check" : "warning"} />
            <span>{words(alert)}</span>
            <span className="when">{moment(alert.raised_at, lang)}</span>
            {alert.acknowledged ? (
              <span className="more small">
                {t("floor.seenBy", {
                  name: alert.acknowledged.name,
                  time: moment(alert.acknowledged.at, lang),
                })}
              </span>
            ) : (
              <span className="more">
                <button
                  type="button"
                  className="choice"
                  data-row={`alert-${alert.id}`}
                  tabIndex={index === 0 ? 0 : -1}
                  onClick={() => acknowledge(alert)}
                >
                  {t("floor.acknowledge")}
                  <span className="unseen"> {words(alert)}</span>
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function useAlertWords(board: Board): (alert: AlertView) => string {
  const { t } = useWords();
  const nameOf = useQueueNames();
  return (alert) =>
    t(`alert.${alert.alert}`, {
      agent: (alert.agent && board.agents[alert.agent]?.name) ?? t("alert.somebody"),
      queue: alert.queue ? nameOf(alert.queue) : "",
    });
}

/** An alert that comes while the page is open is said at once. */
function useSpoken(open: AlertView[], words: (alert: AlertView) => string): void {
  const known = useRef<number | null>(null);
  const newest = open.reduce((most, { id }) => Math.max(most, id), 0);
  useEffect(() => {
    if (known.current !== null && newest > known.current) {
      const alert = open.find(({ id }) => id === newest);
      if (alert) announce(words(alert), "assertive");
    }
    known.current = Math.max(known.current ?? 0, newest);
  });
}
