// Cases as a table: number, state, category, summary, last change.
import { Link } from "@tanstack/react-router";
import type { Case } from "../../api/types";
import { moment } from "../../format";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { labelOf, useVocabulary } from "./useVocabulary";

export function CaseTable({ cases }: { cases: Case[] }) {
  const { t, lang } = useWords();
  const vocabulary = useVocabulary();
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">{t("cases.number")}</th>
          <th scope="col">{t("cases.state")}</th>
          <th scope="col">{t("form.category")}</th>
          <th scope="col">{t("form.summary")}</th>
          <th scope="col">{t("cases.updated")}</th>
        </tr>
      </thead>
      <tbody>
        {cases.map((item) => (
          <tr key={item.id} data-testid={TESTID.caseRow}>
            <td className="no-wrap">
              <Link to="/cases/$caseId" params={{ caseId: item.id }} className="row-link">
                {item.number}
              </Link>
            </td>
            <td>{t(`caseState.${item.state}`)}</td>
            <td>{labelOf(vocabulary.categories, item.category, lang)}</td>
            <td>{item.summary}</td>
            <td className="no-wrap">{moment(item.updated_at, lang)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
