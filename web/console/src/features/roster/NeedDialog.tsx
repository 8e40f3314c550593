// How many seats a queue needs, in hours of days of the week.
import { Button, NativeSelect, NumberInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import { weekdayName } from "../../format";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { Choices, FloorDialog } from "../floor/FloorDialog";
import type { DialogProps } from "./EntryDialog";
import { Weekdays } from "./ShiftFields";
import { DAYS, timeOf, withSeats } from "./week";

const HOURS_OF_DAY = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: timeOf(hour * 60),
}));

export function NeedDialog({ week, onDone, onClose }: DialogProps) {
  const { t, lang } = useWords();
  const { data: queues } = useQuery({
    queryKey: ["queues"],
    queryFn: api.listQueues,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [chosen, setQueue] = useState<string | null>(null);
  const queue = chosen ?? queues?.[0]?.id ?? null;
  const [days, setDays] = useState<number[]>([...DAYS]);
  const [from, setFrom] = useState("0");
  const [until, setUntil] = useState("0");
  const [seats, setSeats] = useState<number | string>(1);
  const [problem, setProblem] = useState<string | null>(null);

  async function save() {
    if (!queue || days.length === 0 || typeof seats !== "number") {
      return setProblem(t("roster.incomplete"));
    }
    const before = week.needs.find((need) => need.queue === queue);
    const need = withSeats(before?.seats, days, Number(from), Number(until), seats);
    try {
      await api.setRosterNeed(queue, before?.version ?? 0, need);
      await onDone(t("roster.saved"));
    } catch (error) {
      const { status } = asProblem(error);
      setProblem(t(status === 412 ? "roster.changedElsewhere" : "roster.failed"));
    }
  }

  return (
    <FloorDialog
      title={t("roster.need")}
      note={t("roster.needMeans")}
      problem={problem}
      onClose={onClose}
      testid={TESTID.rosterNeedDialog}
      actions={
        <Button variant="filled" onClick={() => void save()} data-testid={TESTID.rosterSave}>
          {t("roster.save")}
        </Button>
      }
    >
      <Choices
        legend={t("roster.queue")}
        name="queue"
        of={(queues ?? []).map(({ id, name_en, name_hi }) => ({
          value: id,
          word: lang === "hi" ? name_hi : name_en,
        }))}
        value={queue}
        onChange={setQueue}
        first
      />
      <Weekdays days={days} nameOf={(day) => weekdayName(day, lang)} onChange={setDays} />
      <NativeSelect
        label={t("roster.starts")}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
        data={HOURS_OF_DAY}
      />
      <NativeSelect
        label={t("roster.ends")}
        value={until}
        onChange={(event) => setUntil(event.currentTarget.value)}
        data={HOURS_OF_DAY}
      />
      <NumberInput
        label={t("roster.seats")}
        value={seats}
        onChange={setSeats}
        min={0}
        max={1000}
        allowDecimal={false}
        data-testid={TESTID.rosterSeats}
      />
    </FloorDialog>
  );
}
