// A shift or leave: added where somebody pointed, changed, moved to another day or person, taken out.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import { LEAVE_REASONS, type RosterEntry, type RosterWeek } from "../../api/types";
import { weekday } from "../../format";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { newKey } from "../case-form/case-draft";
import { Choices, FloorDialog } from "../floor/FloorDialog";
import { type Draft, draftOf, wishOf } from "./draft";
import { ShiftFields } from "./ShiftFields";
import type { Place } from "./WeekGrid";

export interface DialogProps {
  week: RosterWeek;
  /** Says what was done; an entry that was taken out can be put back. */
  onDone: (words: string, removed?: RosterEntry) => Promise<void>;
  onClose: () => void;
}

export function EntryDialog({ week, place, onDone, onClose }: DialogProps & { place: Place }) {
  const { t, lang } = useWords();
  const entry = week.entries.find(({ id }) => id === place.entry) ?? null;
  const [draft, setDraft] = useState<Draft>(() => draftOf(entry, place));
  const [key] = useState(newKey);
  const [problem, setProblem] = useState<string | null>(null);
  const edit = (part: Partial<Draft>) => setDraft((now) => ({ ...now, ...part }));
  const repeats = entry?.plan.kind === "shift" && entry.plan.until !== entry.plan.from;
  const name = week.agents.find(({ agent }) => agent === place.agent)?.name ?? "";

  async function attempt(act: () => Promise<void>) {
    try {
      await act();
    } catch (error) {
      const refused = asProblem(error);
      if (refused.status === 412) return setProblem(t("roster.changedElsewhere"));
      const detail = refused.body.errors?.[0]?.message ?? refused.body.detail;
      setProblem(detail ?? t("roster.failed"));
    }
  }
  const save = () =>
    attempt(async () => {
      const wish = wishOf(draft);
      if (!wish) return setProblem(t("roster.incomplete"));
      if (entry) await api.changeRosterEntry(entry.id, entry.version, wish);
      else await api.addRosterEntry(wish, key);
      await onDone(t("roster.saved"));
    });
  const remove = () =>
    attempt(async () => {
      if (!entry) return;
      await onDone(t("roster.removed"), await api.removeRosterEntry(entry.id, entry.version));
    });
  const skip = () =>
    attempt(async () => {
      if (!entry) return;
      const { agent, id } = entry;
      const plan = { kind: "leave", of: id, from: place.day, until: place.day } as const;
      await api.addRosterEntry({ agent, plan: { ...plan, reason: "other" } }, key);
      await onDone(t("roster.skipped"));
    });

  return (
    <FloorDialog
      title={t(entry ? "roster.changeFor" : "roster.addFor", {
        name,
        day: weekday(place.day, lang),
      })}
      note={repeats ? t("roster.repeats") : undefined}
      problem={problem}
      onClose={onClose}
      testid={TESTID.rosterDialog}
      actions={
        <>
          <Button variant="filled" onClick={() => void save()} data-testid={TESTID.rosterSave}>
            {t("roster.save")}
          </Button>
          {entry && (
            <Button onClick={() => void remove()} data-testid={TESTID.rosterRemove}>
              {repeats ? t("roster.removeAll") : t("roster.remove")}
            </Button>
          )}
          {repeats && (
            <Button onClick={() => void skip()} data-testid={TESTID.rosterSkip}>
              {t("roster.skip")}
            </Button>
          )}
        </>
      }
    >
      {!entry && (
        <Choices
          legend={t("roster.what")}
          name="kind"
          of={[
            { value: "shift", word: t("roster.shift") },
            { value: "leave", word: t("roster.leave") },
          ]}
          value={draft.kind}
          onChange={(kind) => edit({ kind })}
          first
        />
      )}
      <NativeSelect
        label={t("roster.agent")}
        value={draft.agent}
        onChange={(event) => edit({ agent: event.currentTarget.value })}
        data={week.agents.map((one) => ({ value: one.agent, label: one.name }))}
        data-testid={TESTID.rosterWho}
        autoFocus={entry !== null}
      />
      {draft.kind === "shift" ? (
        <ShiftFields draft={draft} edit={edit} />
      ) : (
        <LeaveFields draft={draft} edit={edit} />
      )}
      <TextInput
        label={t("roster.note")}
        value={draft.note}
        maxLength={200}
        autoComplete="off"
        onChange={(event) => edit({ note: event.currentTarget.value })}
      />
    </FloorDialog>
  );
}

function LeaveFields({ draft, edit }: { draft: Draft; edit: (part: Partial<Draft>) => void }) {
  const { t } = useWords();
  return (
    <>
      <TextInput
        type="date"
        label={t("roster.from")}
        value={draft.from}
        onChange={(event) => edit({ from: event.currentTarget.value })}
      />
      <TextInput
        type="date"
        label={t("roster.until")}
        value={draft.until}
        min={draft.from}
        onChange={(event) => edit({ until: event.currentTarget.value })}
        data-testid={TESTID.rosterUntil}
      />
      <Choices
        legend={t("roster.why")}
        name="leave"
        of={LEAVE_REASONS.map((value) => ({ value, word: t(`leaveReason.${value}`) }))}
        value={draft.reason}
        onChange={(reason) => edit({ reason })}
      />
    </>
  );
}
