// The queues: who waits, how long, how urgent, and who is free to take them.
import { type Board, figuresOf } from "../../floor/board";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { useFloorNow } from "./useBoard";

export function QueueTable({ board }: { board: Board }) {
  const { t } = useWords();
  const now = useFloorNow(board);
  const nameOf = useQueueNames();
  const { queues, waiting } = figuresOf(board);
  return (
    <Panel title={t("floor.queues")} icon="people" aside={t("floor.queuesMean")}>
      <div className="scroll">
        <table>
          <thead>
            <tr>
              <th scope="col">{t("idle.queue")}</th>
              <th scope="col" className="number">
                {t("idle.waiting")}
              </th>
              <th scope="col" className="number">
                {t("idle.longest")}
              </th>
              <th scope="col">{t("floor.byClass")}</th>
              <th scope="col" className="number">
                {t("floor.free")}
              </th>
            </tr>
          </thead>
          <tbody>
            {queues.map((queue) => (
              <tr key={queue.id} data-testid={`${TESTID.floorQueue}-${queue.id}`}>
                <th scope="row">{nameOf(queue.id, queue.name)}</th>
                <td className="number">{queue.waiting}</td>
                <td className="number">
                  {queue.longest_since === null ? "–" : shortDuration(now - queue.longest_since)}
                </td>
                <td>
                  <span className="row wrap">
                    {queue.classes.map(([name, count]) => (
                      <span key={name} className="no-wrap">
                        <ClassBadge name={name} /> {count}
                      </span>
                    ))}
                  </span>
                </td>
                <td className="number">
                  {t("floor.freeOf", { free: queue.free, signed_in: queue.signed_in })}
                </td>
              </tr>
            ))}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">{t("floor.together")}</th>
              <td className="number">{waiting}</td>
              <td colSpan={3} />
            </tr>
          </tfoot>
        </table>
      </div>
    </Panel>
  );
}
