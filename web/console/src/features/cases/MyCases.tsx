// The cases of this person: open first, closed ones on demand.
import { SegmentedControl } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useWords } from "../../i18n";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { CaseTable } from "./CaseTable";
import { type CaseFilter, useMyCases } from "./useCases";

export function MyCases() {
  const { t } = useWords();
  const [filter, setFilter] = useState<CaseFilter>("open");
  const cases = useMyCases(filter);
  return (
    <div className="screen-grid">
      <Panel
        title={t("cases.mine")}
        icon="note"
        testid={TESTID.myCases}
        aside={
          <>
            <Link to="/paper" className="row-link">
              {t("paper.title")}
            </Link>
            <SegmentedControl
              size="xs"
              value={filter}
              onChange={(value) => setFilter(value as CaseFilter)}
              aria-label={t("cases.which")}
              data={[
                { value: "open", label: t("cases.open") },
                { value: "closed", label: t("cases.closed") },
                { value: "all", label: t("cases.all") },
              ]}
            />
          </>
        }
      >
        {cases.isError && <p className="empty">{t("cases.notRead")}</p>}
        {cases.data?.length === 0 && <p className="empty">{t("cases.none")}</p>}
        {cases.data && cases.data.length > 0 && (
          <div className="scroll">
            <CaseTable cases={cases.data} />
          </div>
        )}
      </Panel>
    </div>
  );
}
