// The line at the foot: the keys that work now, the connection, the clock.
import { useCall } from "../../call/CallProvider";
import { clock } from "../../format";
import { useWords } from "../../i18n";
import { isLetter, keyName, keys, useKeyList } from "../../ui/keys";
import { useNow } from "../../ui/useNow";

export function Hints() {
  const { t, lang } = useWords();
  const { link, media, station } = useCall();
  const now = useNow();
  const hints = useKeyList()
    .filter(({ hint, chord }) => hint && (keys.lettersOn || !isLetter(chord)))
    .sort((a, b) => rank(a.chord) - rank(b.chord));
  return (
    <footer className="hints">
      <ul aria-label={t("keys.now")}>
        {hints.map(({ chord, display, label }) => (
          <li key={chord}>
            <kbd>{display ?? keyName(chord)}</kbd>
            {label}
          </li>
        ))}
      </ul>
      <div className="facts-now">
        <span>{t(`link.${link.kind}`)}</span>
        <span>{station ? t("station.short") : t(`media.${media.kind}`)}</span>
        <span>{clock(now, lang)}</span>
      </div>
    </footer>
  );
}

/** Keys that always work come first, the panel of all keys last; each keeps its place that way. */
function rank(chord: string): number {
  if (chord === "Shift+Slash") return 2;
  return isLetter(chord) ? 1 : 0;
}
