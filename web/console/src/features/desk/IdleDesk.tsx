// Between calls: what waits for this person, and what to do next.
import { useCall, useTab } from "../../call/CallProvider";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { Panel } from "../../ui/Panel";
import { CaseTable } from "../cases/CaseTable";
import { useMyCases } from "../cases/useCases";
import { useQueueNames } from "./useQueueNames";

export function IdleDesk() {
  const { t } = useWords();
  const { desk, queues } = useCall();
  const elsewhere = useTab().role === "secondary";
  const nameOf = useQueueNames();
  const cases = useMyCases("open");
  return (
    <div className="screen-grid desk-idle">
      <Panel title={t("idle.cases")} icon="note">
        {cases.data && cases.data.length > 0 ? (
          <div className="scroll">
            <CaseTable cases={cases.data} />
          </div>
        ) : (
          <p className="empty">{t("idle.noCases")}</p>
        )}
      </Panel>
      <div className="stack">
        <Panel title={t("idle.next")} icon="desk">
          <div className="panel-body">
            <p>{t(`idle.do.${elsewhere ? "observer" : idleWord(desk.kind)}`)}</p>
          </div>
        </Panel>
        <Panel title={t("idle.queues")} icon="people" className="grow">
          {queues.length === 0 ? (
            <p className="empty">{t("idle.noQueues")}</p>
          ) : (
            <div className="scroll">
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("idle.queue")}</th>
                    <th scope="col">{t("idle.waiting")}</th>
                    <th scope="col">{t("idle.longest")}</th>
                  </tr>
                </thead>
                <tbody>
                  {queues.map((queue) => (
                    <tr key={queue.id}>
                      <td>{nameOf(queue.id, queue.name)}</td>
                      <td>{queue.waiting}</td>
                      <td>{queue.waiting > 0 ? shortDuration(queue.longest_wait_ms) : "–"}</td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </Panel>
      </div>
    </div>
  );
}

function idleWord(kind: ReturnType<typeof useCall>["desk"]["kind"]) {
  switch (kind) {
    case "available":
    case "break":
    case "not_responding":
    case "offline":
    case "observer":
      return kind;
    case "unknown":
    case "ringing":
    case "talking":
    case "on_hold":
    case "wrap_up":
      return "unknown";
  }
}
