// A call that happened on paper, while the power or the network was gone: entered later, with its case
// and report. What is typed stays on this machine until the server has it.
import { Button, NativeSelect, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { useKeys } from "../../ui/keys";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { newKey } from "../case-form/case-draft";
import { Dispositions } from "../case-form/Dispositions";
import { HindiTextField } from "../case-form/HindiTextField";
import { categoryChoices, useVocabulary } from "../cases/useVocabulary";
import { isLate, momentOf, type Paper, wishOf } from "./paper";
import { usePaperDraft } from "./usePaperDraft";

type Entered = Awaited<ReturnType<typeof api.enterPaperCall>>;

export function PaperPage() {
  const { t } = useWords();
  const { paper, edit, forget } = usePaperDraft();
  const [key, setKey] = useState(newKey);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [entered, setEntered] = useState<Entered | null>(null);

  async function submit() {
    const wish = wishOf(paper, Date.now());
    if (typeof wish === "string") return setProblem(t(`paper.wrong.${wish}`));
    setBusy(true);
    try {
      setEntered(await api.enterPaperCall(wish, key));
      setProblem("");
      setKey(newKey());
      await forget();
    } catch (error) {
      const refused = asProblem(error);
      const detail = refused.body.errors?.[0]?.message ?? refused.body.detail;
      setProblem(refused.offline ? t("paper.offline") : (detail ?? t("paper.failed")));
    } finally {
      setBusy(false);
    }
  }

  useKeys([
    { chord: "Ctrl+Enter", label: t("paper.submit"), hint: true, run: () => void submit() },
  ]);
  return (
    <Panel title={t("paper.title")} icon="note" testid={TESTID.paper}>
      <form
        className="panel-body stack scroll"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p className="second">{t("paper.means")}</p>
        {entered && <Done entered={entered} />}
        <WhenAndWho paper={paper} edit={edit} />
        <What paper={paper} edit={edit} />
        <div className="row">
          <Button type="submit" variant="filled" disabled={busy} data-testid={TESTID.paperSubmit}>
            {t("paper.submit")}
          </Button>
          <p role="alert" className="flag" data-testid={TESTID.paperProblem}>
            {problem}
          </p>
        </div>
      </form>
    </Panel>
  );
}

interface Part {
  paper: Paper;
  edit: (part: Partial<Paper>) => void;
}

function WhenAndWho({ paper, edit }: Part) {
  const { t, lang } = useWords();
  const { data: queues } = useQuery({
    queryKey: ["queues"],
    queryFn: api.listQueues,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const at = momentOf(paper);
  return (
    <>
      <div className="row wrap">
        <TextInput
          type="date"
          label={t("paper.day")}
          value={paper.day}
          onChange={(event) => edit({ day: event.currentTarget.value })}
          required
          withAsterisk={false}
          autoFocus
          data-testid={TESTID.paperDay}
        />
        <TextInput
          type="time"
          label={t("paper.time")}
          value={paper.time}
          onChange={(event) => edit({ time: event.currentTarget.value })}
          required
          withAsterisk={false}
          data-testid={TESTID.paperTime}
        />
        <TextInput
          label={t("paper.number")}
          value={paper.phone}
          onChange={(event) => edit({ phone: event.currentTarget.value })}
          inputMode="tel"
          autoComplete="off"
          data-testid={TESTID.paperNumber}
        />
        <NativeSelect
          label={t("paper.line")}
          value={paper.queue}
          onChange={(event) => edit({ queue: event.currentTarget.value })}
          data={(queues ?? []).map((queue) => ({
            value: queue.id,
            label: `${lang === "hi" ? queue.name_hi : queue.name_en} · ${queue.number}`,
          }))}
        />
      </div>
      {at !== null && isLate(at, Date.now()) && (
        <TextInput
          label={t("paper.whyLate")}
          value={paper.whyLate}
          onChange={(event) => edit({ whyLate: event.currentTarget.value })}
          maxLength={300}
          data-testid={TESTID.paperWhyLate}
        />
      )}
    </>
  );
}

function What({ paper, edit }: Part) {
  const { t, lang } = useWords();
  const vocabulary = useVocabulary();
  return (
    <>
      <NativeSelect
        label={t("form.category")}
        value={paper.category}
        onChange={(event) => edit({ category: event.currentTarget.value })}
        data={[
          { value: "", label: t("form.choose") },
          ...categoryChoices(vocabulary.categories, lang),
        ]}
      />
      <Dispositions
        list={vocabulary.dispositions}
        chosen={paper.disposition}
        onChoose={(disposition) => edit({ disposition })}
        disabled={false}
        legend={t("form.disposition")}
      />
      <HindiTextField
        label={t("paper.notes")}
        value={paper.notes}
        onChange={(notes) => edit({ notes })}
        disabled={false}
        rows={4}
        className="notes"
        withSwitch
        testid={TESTID.paperNotes}
      />
    </>
  );
}

function Done({ entered }: { entered: Entered }) {
  const { t } = useWords();
  return (
    <Banner tone="ok" testid={TESTID.paperDone}>
      <span role="status">
        {t("paper.done")}{" "}
        <Link to="/cases/$caseId" params={{ caseId: entered.case.id }} className="row-link">
          {entered.case.number}
        </Link>
      </span>
    </Banner>
  );
}
