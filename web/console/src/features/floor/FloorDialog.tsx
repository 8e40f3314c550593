// What a supervisor changes: opens in place under the tiles, never over the board. Escape closes it.
import { type ReactNode, useEffect, useId, useRef } from "react";
import { useWords } from "../../i18n";

export function FloorDialog({
  title,
  note,
  problem,
  onClose,
  actions,
  children,
  testid,
}: {
  title: string;
  note?: string;
  problem: string | null;
  onClose: () => void;
  actions: ReactNode;
  children: ReactNode;
  testid: string;
}) {
  const { t } = useWords();
  const id = useId();
  return (
    <section
      className="panel floor-dialog"
      role="dialog"
      aria-labelledby={id}
      data-testid={testid}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.preventDefault();
        onClose();
      }}
    >
      <div className="panel-body stack">
        <h2 id={id}>{title}</h2>
        {note && <p className="second small">{note}</p>}
        <div className="floor-choices">{children}</div>
        <div className="row">
          {actions}
          <button type="button" className="choice" onClick={onClose}>
            {t("floor.close")}
          </button>
          {problem && (
            <p role="alert" className="warned">
              {problem}
            </p>
          )}
        </div>
      </div>
    </section>
  );
}

/** One of several, by arrow keys. */
export function Choices<T extends string>({
  legend,
  name,
  of,
  value,
  onChange,
  disabled = false,
  first = false,
}: {
  legend: string;
  name: string;
  of: { value: T; word: string }[];
  value: T | null;
  onChange: (value: T) => void;
  disabled?: boolean;
  /** Takes the focus when it comes. */
  first?: boolean;
}) {
  const place = useRef<HTMLFieldSetElement>(null);
  useEffect(() => {
    if (!first) return;
    const inputs = place.current?.querySelectorAll<HTMLInputElement>("input") ?? [];
    ([...inputs].find(({ checked }) => checked) ?? inputs[0])?.focus();
  }, [first]);
  return (
    <fieldset ref={place} disabled={disabled}>
      <legend className="small second">{legend}</legend>
      <div className="row wrap">
        {of.map((one) => (
          <label key={one.value} className="tick">
            <input
              type="radio"
              name={name}
              checked={value === one.value}
              onChange={() => onChange(one.value)}
              data-testid={`${name}-${one.value}`}
            />
            {one.word}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
