// One call or text found by search: when, how long, how it ended, and the case it belongs to.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import * as api from "../../api/operations";
import { full, shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { outcome } from "../desk/Previous";
import { OpenReason, useOpenReason } from "../search/OpenReason";
import { soundOf } from "./line-quality";

export function InteractionPage({ id }: { id: string }) {
  const reason = useOpenReason("interaction", id);
  if (reason.needed) return <OpenReason onGiven={reason.give} />;
  return <OpenInteraction id={id} reason={reason.given} />;
}

function OpenInteraction({ id, reason }: { id: string; reason?: string }) {
  const { t, lang } = useWords();
  const { data, isError } = useQuery({
    queryKey: ["interaction", id],
    queryFn: () => api.getInteraction(id, reason),
  });
  if (isError) return <Banner tone="callback_due">{t("case.notRead")}</Banner>;
  if (!data) return <p role="status">{t("app.loading")}</p>;
  return (
    <Panel title={t("kind.interaction")} icon="phone">
      <div className="panel-body stack">
        <dl className="facts">
          {data.class && (
            <>
              <dt>{t("ring.class")}</dt>
              <dd>
                <ClassBadge name={data.class} />
              </dd>
            </>
          )}
          <dt>{t("interaction.arrived")}</dt>
          <dd>{full(data.arrived_at, lang)}</dd>
          {data.entered && (
            <>
              <dt>{t("paper.onPaper")}</dt>
              <dd>
                {t("paper.entered", { time: full(data.entered.at, lang) })} {data.entered.why}
              </dd>
            </>
          )}
          {data.wait_ms != null && (
            <>
              <dt>{t("ring.waited")}</dt>
              <dd>{shortDuration(data.wait_ms)}</dd>
            </>
          )}
          {data.talking_at && data.ended_at && (
            <>
              <dt>{t("interaction.talked")}</dt>
              <dd>{shortDuration(Date.parse(data.ended_at) - Date.parse(data.talking_at))}</dd>
            </>
          )}
          {data.line_quality && (
            <>
              <dt>{t("interaction.sound")}</dt>
              <dd>{soundOf(data.line_quality, t)}</dd>
            </>
          )}
          <dt>{t("form.outcome")}</dt>
          <dd>{outcome(data.outcome, t)}</dd>
        </dl>
        {data.case_id && (
          <Link to="/cases/$caseId" params={{ caseId: data.case_id }} className="row-link">
            {t("interaction.case")}
          </Link>
        )}
      </div>
    </Panel>
  );
}
