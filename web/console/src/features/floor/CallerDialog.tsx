// Another queue or another class for a caller who waits; the wait stays as it is.
import { Button } from "@mantine/core";
import { useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import { type CallClass, type CallView, CLASSES } from "../../api/types";
import type { Board } from "../../floor/board";
import { useWords } from "../../i18n";
import { announce } from "../../ui/Announcer";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { Choices, FloorDialog } from "./FloorDialog";

export function CallerDialog({
  call,
  board,
  onClose,
}: {
  call: CallView;
  board: Board;
  onClose: () => void;
}) {
  const { t } = useWords();
  const nameOf = useQueueNames();
  const [queue, setQueue] = useState<string>(call.queue);
  const [wanted, setWanted] = useState<CallClass>(call.class);
  const [problem, setProblem] = useState<string | null>(null);
  const number = call.number_masked ?? t("bar.withheld");
  const waits = call.state === "waiting";
  async function change() {
    try {
      if (wanted !== call.class) await api.reclassCall(call.id, wanted);
      if (queue !== call.queue) await api.moveCall(call.id, queue);
      announce(t("floor.move.done", { number }));
      onClose();
    } catch (error) {
      setProblem(asProblem(error).body.detail ?? t("floor.move.failed"));
    }
  }
  return (
    <FloorDialog
      title={t("floor.move.title", { number })}
      note={waits ? t("floor.move.note") : t("floor.move.gone")}
      problem={problem}
      onClose={onClose}
      testid={TESTID.callerDialog}
      actions={
        <Button
          variant="filled"
          disabled={!waits || (queue === call.queue && wanted === call.class)}
          onClick={() => void change()}
          data-testid={TESTID.callerSubmit}
        >
          {t("floor.move.submit")}
        </Button>
      }
    >
      <Choices
        legend={t("floor.move.queue")}
        name="queue"
        of={board.queues.map(({ id, name }) => ({ value: id, word: nameOf(id, name) }))}
        value={queue}
        onChange={setQueue}
        first
      />
      <Choices
        legend={call.class === "emergency" ? t("floor.move.emergency") : t("floor.move.class")}
        name="class"
        of={CLASSES.map((value) => ({ value, word: t(`class.${value}`) }))}
        value={wanted}
        onChange={setWanted}
        disabled={call.class === "emergency"}
      />
    </FloorDialog>
  );
}
