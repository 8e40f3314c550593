// Who waits, in the order in which the floor takes them. A row opens what a supervisor may change.
import { type Board, rungFor, waitingInOrder, waitsSince } from "../../floor/board";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { moveFocus } from "./rove";
import { useFloorNow } from "./useBoard";

export function WaitingTable({
  board,
  onChoose,
}: {
  board: Board;
  onChoose: (call: string) => void;
}) {
  const { t } = useWords();
  const now = useFloorNow(board);
  const nameOf = useQueueNames();
  const calls = waitingInOrder(board);
  return (
    <Panel
      title={t("floor.waitingInOrder")}
      icon="clock"
      aside={t("floor.waitingOrder")}
      className="grow"
    >
      {calls.length === 0 ? (
        <p className="empty">{t("floor.nobodyWaits")}</p>
      ) : (
        // biome-ignore lint/a11y/noStaticElementInteractions: arrows move between the buttons in it
        <div className="scroll" data-area="waiting" onKeyDown={moveFocus}>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("floor.caller")}</th>
                <th scope="col">{t("floor.class")}</th>
                <th scope="col">{t("idle.queue")}</th>
                <th scope="col" className="number">
                  {t("floor.waits")}
                </th>
                <th scope="col">{t("floor.rings")}</th>
              </tr>
            </thead>
            <tbody>
              {calls.map((call, index) => (
                <tr key={call.id} data-testid={TESTID.floorWaiting} data-class={call.class}>
                  <td>
                    <button
                      type="button"
                      className="row-link plain"
                      data-row={call.id}
                      tabIndex={index === 0 ? 0 : -1}
                      onClick={() => onChoose(call.id)}
                    >
                      {call.number_masked ?? t("bar.withheld")}
                    </button>
                  </td>
                  <td>
                    <ClassBadge name={call.class} />
                  </td>
                  <td>{nameOf(call.queue)}</td>
                  <td className="number">{shortDuration(now - waitsSince(call))}</td>
                  <td>
                    {rungFor(board, call.id)
                      .map(({ name }) => name)
                      .join(", ") || "–"}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  );
}
