// The form of the live call: what it is about, notes, outcome, report. Saved while it is typed;
// Ctrl+Enter files the report and, in wrap-up, ends it.
import { NativeSelect, TextInput } from "@mantine/core";
import { useState } from "react";
import type { CallView } from "../../api/types";
import { useCall, useCallStore, useTab } from "../../call/CallProvider";
import { clock } from "../../format";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Key } from "../../ui/Key";
import { useKeys } from "../../ui/keys";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { categoryChoices, useVocabulary } from "../cases/useVocabulary";
import { ConflictView } from "./ConflictView";
import type { Saved } from "./case-draft";
import { Dispositions } from "./Dispositions";
import { useDraft } from "./drafts";
import { HindiTextField } from "./HindiTextField";
import { QuickClose } from "./QuickClose";

const CLOSE_KEY = "helpline.closeToo";

export function CaseForm({ call }: { call: CallView }) {
  const { t, lang } = useWords();
  const store = useCallStore();
  const { desk } = useCall();
  const readOnly = useTab().role === "secondary";
  const { draft, state } = useDraft(call);
  const vocabulary = useVocabulary();
  const [closeToo, setCloseToo] = useState(() => localStorage.getItem(CLOSE_KEY) === "on");
  const [missing, setMissing] = useState(false);
  const { fields } = state;
  const wrapUp = desk.kind === "wrap_up";
  const complete = fields.disposition !== "" && fields.report.trim() !== "";
  const filed = state.filing === "filed";

  async function submit() {
    if (readOnly) return;
    if (!filed && !complete) return setMissing(true);
    setMissing(false);
    localStorage.setItem(CLOSE_KEY, closeToo ? "on" : "off");
    if (await draft.submit(closeToo)) store.ask({ do: "finish" });
  }

  useKeys([{ chord: "Ctrl+Enter", label: t("form.submit"), hint: true, run: () => void submit() }]);
  return (
    <Panel
      title={
        <>
          {t("form.case")} <span data-testid={TESTID.caseNumber}>{state.held?.number ?? ""}</span>
        </>
      }
      icon="note"
      aside={<SavedWord saved={state.saved} filed={filed} />}
      testid={TESTID.caseForm}
    >
      <div className="panel-body grow form">
        <div className="form-two">
          <NativeSelect
            label={t("form.category")}
            value={fields.category}
            onChange={(event) => draft.edit("category", event.currentTarget.value)}
            disabled={readOnly}
            data={[
              { value: "", label: t("form.choose") },
              ...categoryChoices(vocabulary.categories, lang),
            ]}
            data-testid={TESTID.category}
          />
          <TextInput
            label={t("form.summary")}
            value={fields.summary}
            onChange={(event) => draft.edit("summary", event.currentTarget.value)}
            disabled={readOnly}
            autoComplete="off"
            data-testid={TESTID.summary}
          />
        </div>
        {state.conflicts.map((conflict) => (
          <ConflictView
            key={conflict.field}
            conflict={conflict}
            onChoose={draft.resolve.bind(draft)}
          />
        ))}
        <HindiTextField
          label={t("form.notes")}
          value={fields.notes}
          onChange={(text) => draft.edit("notes", text)}
          disabled={readOnly}
          rows={3}
          help={t("notes.escape")}
          className="notes"
          withSwitch
          testid={TESTID.notes}
        />
        <Dispositions
          list={vocabulary.dispositions}
          chosen={fields.disposition}
          onChoose={(key) => draft.edit("disposition", key)}
          disabled={readOnly}
        />
        <HindiTextField
          label={t("form.report")}
          value={fields.report}
          onChange={(text) => draft.edit("report", text)}
          disabled={readOnly}
          rows={2}
          help={t("form.reportHelp")}
          className="report"
          testid={TESTID.report}
        />
        <div className="row wrap">
          <label className="tick">
            <input
              type="checkbox"
              checked={closeToo}
              onChange={(event) => setCloseToo(event.currentTarget.checked)}
              disabled={readOnly}
              data-testid={TESTID.closeToo}
            />
            {t("form.closeToo")}
          </label>
          {!readOnly && <QuickClose draft={draft} filed={filed} />}
          <span role="alert" className="flag">
            {missing && !complete ? t("form.missing") : (state.error ?? "")}
          </span>
          <button
            type="button"
            className="call-key primary push"
            onClick={() => void submit()}
            disabled={readOnly || state.filing === "filing" || (filed && !wrapUp)}
            data-testid={TESTID.submit}
          >
            <span className="word">
              <Icon name="check" />
              {filed && !wrapUp ? t("form.filedWaits") : t("form.submit")}
            </span>
            <Key chord="Ctrl+Enter" />
          </button>
        </div>
      </div>
    </Panel>
  );
}

function SavedWord({ saved, filed }: { saved: Saved; filed: boolean }) {
  const { t, lang } = useWords();
  const word = () => {
    switch (saved.kind) {
      case "clean":
        return "";
      case "dirty":
      case "saving":
        return t("saved.saving");
      case "saved":
        return t(filed ? "saved.filed" : "saved.at", { time: clock(saved.at, lang) });
      case "kept":
        return t("saved.kept");
      case "refused":
        return t("saved.refused", { detail: saved.detail });
    }
  };
  return (
    <span role="status" data-testid={TESTID.saved} data-saved={saved.kind}>
      {saved.kind === "saved" && <Icon name="check" size={13} />} {word()}
    </span>
  );
}
