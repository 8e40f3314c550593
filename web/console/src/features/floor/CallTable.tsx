// Calls with an agent: who with whom, since when.
import { type Board, callsInProgress, talksSince } from "../../floor/board";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { useFloorNow } from "./useBoard";

export function CallTable({ board }: { board: Board }) {
  const { t } = useWords();
  const now = useFloorNow(board);
  const nameOf = useQueueNames();
  const calls = callsInProgress(board);
  return (
    <Panel title={t("floor.inProgress")} icon="phone" aside={t("floor.inProgressMeans")}>
      {calls.length === 0 ? (
        <p className="empty">{t("floor.noCalls")}</p>
      ) : (
        <div className="scroll calls" tabIndex={0}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("floor.agent")}</th>
                <th scope="col">{t("floor.caller")}</th>
                <th scope="col">{t("floor.class")}</th>
                <th scope="col">{t("idle.queue")}</th>
                <th scope="col">{t("cases.state")}</th>
                <th scope="col" className="number">
                  {t("floor.since")}
                </th>
              </tr>
            </thead>
            <tbody>
              {calls.map((call) => (
                <tr key={call.id} data-testid={TESTID.floorCall} data-state={call.state}>
                  <td>{(call.agent && board.agents[call.agent]?.name) ?? "–"}</td>
                  <td>{call.number_masked ?? t("bar.withheld")}</td>
                  <td>
                    <ClassBadge name={call.class} />
                  </td>
                  <td>{nameOf(call.queue)}</td>
                  <td>{t(`callState.${call.state}`)}</td>
                  <td className="number">{shortDuration(now - talksSince(call))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
