// One case: what it says, its reports, its timeline, the person it is about.
import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Case } from "../../api/types";
import { useTab } from "../../call/CallProvider";
import { full } from "../../format";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { ContactPanel } from "../contact/ContactPanel";
import { OpenReason, useOpenReason } from "../search/OpenReason";
import { CaseEditor } from "./CaseEditor";
import { Reports } from "./Reports";
import { Timeline } from "./Timeline";
import { useCase } from "./useCases";

export function CasePage({ id }: { id: string }) {
  const reason = useOpenReason("case", id);
  if (reason.needed) return <OpenReason onGiven={reason.give} />;
  return <OpenCase id={id} reason={reason.given} />;
}

function OpenCase({ id, reason }: { id: string; reason?: string }) {
  const { t } = useWords();
  const { data, isError } = useCase(id, reason);
  if (isError) return <Banner tone="callback_due">{t("case.notRead")}</Banner>;
  if (!data) return <p role="status">{t("app.loading")}</p>;
  return (
    <div className="screen-grid case-grid">
      <CaseHead item={data} />
      <div className="stack scroll">
        <CaseEditor item={data} />
        <Reports item={data} reason={reason} />
      </div>
      <div className="stack">
        {data.contact_id && <ContactPanel id={data.contact_id} reason={reason} />}
        <Panel title={t("timeline.title")} icon="clock" className="grow">
          <Timeline caseId={data.id} version={data.version} reason={reason} />
        </Panel>
      </div>
    </div>
  );
}

function CaseHead({ item }: { item: Case }) {
  const { t, lang } = useWords();
  const client = useQueryClient();
  const readOnly = useTab().role === "secondary";
  const [said, setSaid] = useState("");
  const closed = item.state === "closed";

  async function change(run: () => Promise<Case>) {
    setSaid("");
    try {
      client.setQueryData(["case", item.id], await run());
      void client.invalidateQueries({ queryKey: ["cases"] });
    } catch (error) {
      const problem = asProblem(error);
      if (problem.kind === "report-required") setSaid(t("case.reportRequired"));
      else if (problem.status === 412) setSaid(t("case.changed"));
      else if (problem.offline) setSaid(t("refusal.offline"));
      else setSaid(problem.body.detail ?? t("refusal.other"));
      if (problem.status === 412) {
        void client.invalidateQueries({ queryKey: ["case", item.id] });
      }
    }
  }

  return (
    <header>
      <h2 className="page-title">{item.number}</h2>
      <span className="tag">{t(`caseState.${item.state}`)}</span>
      {item.class && <ClassBadge name={item.class} />}
      <span className="second small">{t("case.opened", { time: full(item.opened_at, lang) })}</span>
      <span role="alert" className="flag">
        {said}
      </span>
      <span className="push row">
        {closed ? (
          <Button
            onClick={() => void change(() => api.reopenCase(item.id))}
            disabled={readOnly}
            data-testid={TESTID.reopenCase}
          >
            {t("case.reopen")}
          </Button>
        ) : (
          <Button
            onClick={() => void change(() => api.closeCase(item.id))}
            disabled={readOnly}
            data-testid={TESTID.closeCase}
          >
            {t("case.close")}
          </Button>
        )}
      </span>
    </header>
  );
}
