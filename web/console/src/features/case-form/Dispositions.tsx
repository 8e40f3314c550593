// How the call ended, in quick picks: a radio group with arrow keys, grouped as the vocabulary is.
import { type KeyboardEvent, useRef } from "react";
import type { Vocabulary } from "../../api/types";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";

interface DispositionsProps {
  list: Vocabulary["dispositions"];
  chosen: string;
  onChoose: (key: string) => void;
  disabled: boolean;
  /** Something other than that the next call waits for it. */
  legend?: string;
}

export function Dispositions({ list, chosen, onChoose, disabled, legend }: DispositionsProps) {
  const { t, lang } = useWords();
  const group = useRef<HTMLDivElement>(null);

  function move(event: KeyboardEvent) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step || list.length === 0) return;
    event.preventDefault();
    const focused = (event.target as HTMLElement).dataset.key ?? chosen;
    const at = list.findIndex(({ key }) => key === focused);
    const next = list[(at + step + list.length) % list.length];
    if (!next) return;
    onChoose(next.key);
    group.current?.querySelector<HTMLElement>(`[data-key="${next.key}"]`)?.focus();
  }

  return (
    <div>
      <span className="label">
        <b id="outcome">{legend ?? t("form.outcome")}</b>
      </span>
      <div
        ref={group}
        className="choices"
        role="radiogroup"
        aria-labelledby="outcome"
        aria-required="true"
        onKeyDown={move}
      >
        {list.map((item, index) => {
          const checked = item.key === chosen;
          const entry = checked || (chosen === "" && index === 0);
          return (
            <button
              key={item.key}
              type="button"
              role="radio"
              aria-checked={checked}
              tabIndex={entry ? 0 : -1}
              className="choice"
              disabled={disabled}
              onClick={() => onChoose(item.key)}
              data-key={item.key}
              data-testid={`${TESTID.disposition}-${item.key}`}
            >
              {item[lang]}
            </button>
          );
        })}
      </div>
    </div>
  );
}
