// Changing a case outside a call. Saved on the version that was read; if somebody else saved in
// between, both versions stand side by side and nothing is lost.
import { Button, NativeSelect, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Case } from "../../api/types";
import { useTab } from "../../call/CallProvider";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { Panel } from "../../ui/Panel";
import { categoryChoices, labelOf, useVocabulary } from "./useVocabulary";

type Editable = { category: string; summary: string; notes: string };

export function CaseEditor({ item }: { item: Case }) {
  const { t, lang } = useWords();
  const client = useQueryClient();
  const vocabulary = useVocabulary();
  const readOnly = useTab().role === "secondary" || item.state === "closed";
  const [base, setBase] = useState(item);
  const [fields, setFields] = useState<Editable>(editable(item));
  const [theirs, setTheirs] = useState<Case | null>(null);
  const [said, setSaid] = useState("");
  const changed = JSON.stringify(fields) !== JSON.stringify(editable(base));
  if (item.version > base.version && !changed) {
    // Somebody saved and nothing was typed here: show theirs. What was typed is never replaced.
    setBase(item);
    setFields(editable(item));
  }
  const show = (current: Case) => {
    setBase(current);
    setFields(editable(current));
    setTheirs(null);
    client.setQueryData(["case", item.id], current);
  };
  const set = (part: Partial<Editable>) => setFields((before) => ({ ...before, ...part }));

  async function save(event: FormEvent) {
    event.preventDefault();
    setSaid("");
    try {
      show(await api.patchCase(base.id, base.version, change(fields)));
      void client.invalidateQueries({ queryKey: ["cases"] });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.status !== 412) {
        setSaid(problem.offline ? t("refusal.offline") : (problem.body.detail ?? problem.message));
        return;
      }
      const current = await api.getCase(item.id);
      setTheirs(current);
      // Saving again means: mine, on top of what they saved.
      setBase(current);
    }
  }

  return (
    <Panel title={t("case.what")} icon="note">
      <form className="panel-body stack" onSubmit={save}>
        <div className="form-two">
          <NativeSelect
            label={t("form.category")}
            value={fields.category}
            disabled={readOnly}
            onChange={(event) => set({ category: event.currentTarget.value })}
            data={[
              { value: "", label: t("form.choose") },
              ...categoryChoices(vocabulary.categories, lang),
            ]}
          />
          <TextInput
            label={t("form.summary")}
            value={fields.summary}
            disabled={readOnly}
            onChange={(event) => set({ summary: event.currentTarget.value })}
          />
        </div>
        <Textarea
          label={t("form.notes")}
          value={fields.notes}
          rows={6}
          disabled={readOnly}
          onChange={(event) => set({ notes: event.currentTarget.value })}
        />
        {item.disposition && (
          <p>
            <span className="quiet">{t("form.disposition")}: </span>
            {labelOf(vocabulary.dispositions, item.disposition, lang)}
          </p>
        )}
        {theirs && (
          <Banner tone="callback_due">
            <b>{t("case.conflict")}</b>
            <p>{t("case.conflictTheirs", { summary: theirs.summary ?? "–" })}</p>
            <blockquote className="report-text">{theirs.notes}</blockquote>
            <Button onClick={() => show(theirs)}>{t("conflict.takeTheirs")}</Button>
          </Banner>
        )}
        <p role="alert" className="flag">
          {said}
        </p>
        {!readOnly && (
          <div className="row">
            <Button type="submit" variant="filled" disabled={!changed}>
              {theirs ? t("conflict.keepMine") : t("case.save")}
            </Button>
          </div>
        )}
      </form>
    </Panel>
  );
}

/** An empty category is none at all. */
function change(fields: Editable): api.CaseChange {
  return { ...fields, category: fields.category || null };
}

function editable(item: Case): Editable {
  return {
    category: item.category ?? "",
    summary: item.summary ?? "",
    notes: item.notes ?? "",
  };
}
