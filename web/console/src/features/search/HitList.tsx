// The hits, best first. Each says why it matched; what matched is underlined as well as tinted.
import { type KeyboardEvent, useEffect } from "react";
import type { Hit } from "../../api/types";
import { moment } from "../../format";
import { useWords } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";

interface HitListProps {
  hits: Hit[];
  chosen: Hit | undefined;
  onChoose: (hit: Hit) => void;
  onOpen: (hit: Hit) => void;
  onKey: (event: KeyboardEvent) => void;
}

export function HitList({ hits, chosen, onChoose, onOpen, onKey }: HitListProps) {
  const { t, lang } = useWords();
  useEffect(() => {
    if (chosen) document.getElementById(`hit-${chosen.id}`)?.scrollIntoView?.({ block: "nearest" });
  }, [chosen]);
  return (
    <div
      id="hits"
      className="hits scroll grow full-width"
      role="listbox"
      aria-label={t("search.results")}
      aria-activedescendant={chosen ? `hit-${chosen.id}` : undefined}
      tabIndex={0}
      onKeyDown={onKey}
    >
      {hits.map((hit) => (
        // The list handles the keyboard (aria-activedescendant); a click is the mouse's way.
        // biome-ignore lint/a11y/useKeyWithClickEvents: see above
        // biome-ignore lint/a11y/useFocusableInteractive: the list has the focus, not the option
        <div
          key={`${hit.kind} ${hit.id}`}
          id={`hit-${hit.id}`}
          role="option"
          aria-selected={hit === chosen}
          // The first click only chooses: a page opened by it would get the second one.
          onClick={() => onChoose(hit)}
          onDoubleClick={() => onOpen(hit)}
          data-testid={TESTID.hit}
        >
          <Icon name={ICON[hit.kind]} />
          <span>
            <span className="title">{hit.title}</span>{" "}
            {hit.subtitle && <span className="second">{hit.subtitle}</span>}
          </span>
          <span className="when">{hit.at ? moment(hit.at, lang) : ""}</span>
          {hit.highlights.slice(0, 2).map((line) => (
            <Marked key={line.field} parts={line.parts} />
          ))}
          <span className="why">
            {[hit.case_number, t(`kind.${hit.kind}`), hit.why].filter(Boolean).join(" · ")}
          </span>
        </div>
      ))}
    </div>
  );
}

const ICON: Record<Hit["kind"], IconName> = {
  contact: "person",
  case: "note",
  interaction: "phone",
};

export function Marked({ parts }: { parts: Hit["highlights"][number]["parts"] }) {
  let at = 0;
  return (
    <span className="said">
      {parts.map((part) => {
        at += part.text.length;
        return part.hit ? <mark key={at}>{part.text}</mark> : <span key={at}>{part.text}</span>;
      })}
    </span>
  );
}
