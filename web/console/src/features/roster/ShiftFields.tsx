// When a shift is: a day or days of every week, and from when to when.
import { NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import { weekdayName } from "../../format";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { Choices } from "../floor/FloorDialog";
import type { Draft } from "./draft";
import { DAYS, minuteOf } from "./week";

/** The helpline's three shifts. */
const USUAL = [
  ["06:00", "14:00"],
  ["14:00", "22:00"],
  ["22:00", "06:00"],
] as const;

export function ShiftFields({
  draft,
  edit,
}: {
  draft: Draft;
  edit: (part: Partial<Draft>) => void;
}) {
  const { t, lang } = useWords();
  const { data: queues } = useQuery({
    queryKey: ["queues"],
    queryFn: api.listQueues,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const [start, end] = [minuteOf(draft.start), minuteOf(draft.end)];
  const overMidnight = start !== null && end !== null && end <= start && end !== 0;
  return (
    <>
      <Choices
        legend={t("roster.when")}
        name="repeats"
        of={[
          { value: "once", word: t("roster.once") },
          { value: "weekly", word: t("roster.weekly") },
        ]}
        value={draft.repeats}
        onChange={(repeats) => edit({ repeats })}
      />
      <TextInput
        type="date"
        label={draft.repeats === "once" ? t("roster.day") : t("roster.from")}
        value={draft.from}
        onChange={(event) => edit({ from: event.currentTarget.value })}
        data-testid={TESTID.rosterFrom}
      />
      {draft.repeats === "weekly" && (
        <>
          <TextInput
            type="date"
            label={t("roster.lastDay")}
            value={draft.until}
            min={draft.from}
            onChange={(event) => edit({ until: event.currentTarget.value })}
          />
          <Weekdays
            days={draft.days}
            nameOf={(day) => weekdayName(day, lang)}
            onChange={(days) => edit({ days })}
          />
        </>
      )}
      <TextInput
        type="time"
        label={t("roster.starts")}
        value={draft.start}
        onChange={(event) => edit({ start: event.currentTarget.value })}
        data-testid={TESTID.rosterStart}
      />
      <TextInput
        type="time"
        label={t("roster.ends")}
        description={overMidnight ? t("roster.nextDay") : undefined}
        inputWrapperOrder={["label", "input", "description"]}
        value={draft.end}
        onChange={(event) => edit({ end: event.currentTarget.value })}
        data-testid={TESTID.rosterEnd}
      />
      <div className="row wrap">
        {USUAL.map(([from, until]) => (
          <button
            key={from}
            type="button"
            className="choice"
            onClick={() => edit({ start: from, end: until })}
          >
            {from}–{until}
          </button>
        ))}
      </div>
      <NativeSelect
        label={t("roster.queue")}
        value={draft.queue}
        onChange={(event) => edit({ queue: event.currentTarget.value })}
        data={[
          { value: "", label: t("roster.allQueues") },
          ...(queues ?? []).map((queue) => ({
            value: queue.id,
            label: lang === "hi" ? queue.name_hi : queue.name_en,
          })),
        ]}
      />
    </>
  );
}

/** Days of the week, each by itself. */
export function Weekdays({
  days,
  nameOf,
  onChange,
}: {
  days: number[];
  nameOf: (day: number) => string;
  onChange: (days: number[]) => void;
}) {
  const { t } = useWords();
  return (
    <fieldset>
      <legend className="small second">{t("roster.days")}</legend>
      <div className="row wrap">
        {DAYS.map((day) => (
          <label key={day} className="tick">
            <input
              type="checkbox"
              checked={days.includes(day)}
              onChange={(event) =>
                onChange(
                  event.currentTarget.checked
                    ? [...days, day].sort()
                    : days.filter((one) => one !== day),
                )
              }
              data-testid={`weekday-${day}`}
            />
            {nameOf(day)}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
