// The chosen hit at a glance: only what the search already showed, so nothing is opened or audited.
import type { Hit } from "../../api/types";
import { full } from "../../format";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";
import { Marked } from "./HitList";

export function HitPreview({ hit, onOpen }: { hit: Hit | undefined; onOpen: () => void }) {
  const { t, lang } = useWords();
  if (!hit) {
    return (
      <Panel title={t("search.preview")} icon="note">
        <p className="empty">{t("search.previewNone")}</p>
      </Panel>
    );
  }
  return (
    <Panel
      title={t(`kind.${hit.kind}`)}
      icon="note"
      aside={
        <button type="button" className="switch" onClick={onOpen}>
          <kbd aria-hidden="true">Enter</kbd> {t("search.open")}
        </button>
      }
      foot={
        <>
          <Icon name="lock" /> {t("search.audited")}
        </>
      }
    >
      <div className="panel-body stack scroll grow">
        <b className="large">{hit.title}</b>
        {hit.subtitle && <span className="second">{hit.subtitle}</span>}
        <dl className="facts">
          {hit.case_number && (
            <>
              <dt>{t("form.case")}</dt>
              <dd>{hit.case_number}</dd>
            </>
          )}
          {hit.at && (
            <>
              <dt>{t("cases.updated")}</dt>
              <dd>{full(hit.at, lang)}</dd>
            </>
          )}
          {hit.why && (
            <>
              <dt>{t("search.why")}</dt>
              <dd>{hit.why}</dd>
            </>
          )}
        </dl>
        {hit.highlights.map((line) => (
          <p key={line.field}>
            <Marked parts={line.parts} />
          </p>
        ))}
      </div>
    </Panel>
  );
}
