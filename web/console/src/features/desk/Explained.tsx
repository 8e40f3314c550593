// Why this caller came to this desk: one sentence, and the ranking behind it unfolded by w.
import { useState } from "react";
import type { Explanation } from "../../api/types";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { Key } from "../../ui/Key";
import { useKeys } from "../../ui/keys";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";

const EXCLUDED = [
  "other_queue",
  "other_language",
  "offline",
  "away",
  "busy",
  "cooling_down",
] as const;

export function Explained({ explanation }: { explanation: Explanation }) {
  const { t, lang } = useWords();
  const [open, setOpen] = useState(false);
  const toggle = () => setOpen((now) => !now);
  useKeys([{ chord: "KeyW", label: t("why.ranking"), run: toggle, hint: true }]);
  return (
    <Panel title={t("why.title")} icon="info" testid={TESTID.explanation}>
      <div className="panel-body stack">
        <p className="sentence">
          {lang === "hi" ? explanation.sentence_hi : explanation.sentence_en}
        </p>
        <button type="button" className="switch" aria-expanded={open} onClick={toggle}>
          <Key chord="KeyW" />
          {t("why.ranking")}
        </button>
        {open && <Ranking explanation={explanation} />}
      </div>
    </Panel>
  );
}

function Ranking({ explanation }: { explanation: Explanation }) {
  const { t } = useWords();
  const excluded = EXCLUDED.filter((rule) => (explanation.excluded?.[rule] ?? 0) > 0);
  return (
    <>
      <table>
        <thead>
          <tr>
            <th scope="col">{t("why.operator")}</th>
            <th scope="col">{t("why.idle")}</th>
          </tr>
        </thead>
        <tbody>
          {explanation.candidates.map(({ name, idle_ms }, index) => (
            // Names may repeat; the order is the ranking.
            // biome-ignore lint/suspicious/noArrayIndexKey: the place is the identity here
            <tr key={index}>
              <td>{name}</td>
              <td>{shortDuration(idle_ms)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="small second">
        {t("why.eligible", { count: explanation.eligible ?? explanation.candidates.length })}
        {excluded.map((rule) => (
          <span key={rule}>
            {" · "}
            {t(`why.excluded.${rule}`, { count: explanation.excluded?.[rule] ?? 0 })}
          </span>
        ))}
      </p>
    </>
  );
}
