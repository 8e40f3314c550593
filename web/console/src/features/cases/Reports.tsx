// The reports of a case. A filed report never changes; a correction is a new version.
import type { Case } from "../../api/types";
import { full } from "../../format";
import { useWords } from "../../i18n";
import { Panel } from "../../ui/Panel";
import { useReports } from "./useCases";
import { labelOf, useVocabulary } from "./useVocabulary";

export function Reports({ item, reason }: { item: Case; reason?: string }) {
  const { t, lang } = useWords();
  const vocabulary = useVocabulary();
  const { data } = useReports(item.id, reason);
  const newestFirst = [...(data ?? [])].sort((a, b) => b.version - a.version);
  return (
    <Panel title={t("reports.title")} icon="note" aside={t("reports.immutable")}>
      {newestFirst.length === 0 ? (
        <p className="empty">{t("reports.none")}</p>
      ) : (
        <ul className="lines">
          {newestFirst.map((report) => (
            <li key={report.id}>
              <span className="quiet">{report.version}</span>
              <b>{labelOf(vocabulary.dispositions, report.disposition, lang)}</b>
              <span className="when">{full(report.filed_at, lang)}</span>
              <span className="more report-text">{report.text}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
