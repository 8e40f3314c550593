// All keys in force, in a panel beside the screen. Never over a call.
import { useWords } from "../../i18n";
import { isLetter, keyName, keys, useKeyList } from "../../ui/keys";
import { Panel } from "../../ui/Panel";

export function KeysPanel({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const list = useKeyList().filter(({ quiet }) => !quiet);
  const always = list.filter(({ chord }) => !isLetter(chord));
  const letters = list.filter(({ chord }) => isLetter(chord));
  return (
    <Panel
      title={t("keys.all")}
      icon="keypad"
      aside={
        <button type="button" className="switch" onClick={onClose}>
          {t("keys.close")}
        </button>
      }
    >
      <div className="panel-body stack">
        {always.length > 0 && <h3 className="small second">{t("keys.always")}</h3>}
        <Lines list={always} />
        <h3 className="small second">
          {keys.lettersOn ? t("keys.outside") : t("keys.lettersOff")}
        </h3>
        {keys.lettersOn && <Lines list={letters} />}
        <p className="small quiet">{t("keys.escape")}</p>
      </div>
    </Panel>
  );
}

function Lines({ list }: { list: ReturnType<typeof useKeyList> }) {
  return (
    <dl className="keys-list">
      {list.map(({ chord, display, label }) => (
        <div key={chord} style={{ display: "contents" }}>
          <dt>
            <kbd>{display ?? keyName(chord)}</kbd>
          </dt>
          <dd>{label}</dd>
        </div>
      ))}
    </dl>
  );
}
