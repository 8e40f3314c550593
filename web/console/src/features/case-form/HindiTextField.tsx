// The notes: a field with Hindi by sound. Backspace right after a converted word brings the Latin
// word back, for a drug's name in the middle of a Hindi sentence.
import { Textarea } from "@mantine/core";
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from "react";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";
import { type Converted, convertBefore } from "./hindi";
import { useTransliterate } from "./useHindi";

const SWITCH_KEY = "helpline.hindiBySound";

interface TextFieldProps {
  label: string;
  value: string;
  onChange: (value: string) => void;
  disabled: boolean;
  required?: boolean;
  rows: number;
  help?: string;
  className: string;
  testid: string;
  withSwitch?: boolean;
}

export function HindiTextField(props: TextFieldProps) {
  const { label, value, onChange, disabled, required, rows, help, className, testid } = props;
  const { t } = useWords();
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | null>(null);
  const undo = useRef<Converted["undo"] | null>(null);
  const { on, toggle } = useHindiSwitch();
  const transliterate = useTransliterate(on);

  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  function changed(text: string, at: number) {
    const converted = transliterate ? convertBefore(text, at, transliterate) : null;
    undo.current = converted?.undo ?? null;
    if (converted) caret.current = converted.caret;
    onChange(converted?.text ?? text);
  }

  function keyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    const last = undo.current;
    const at = event.currentTarget.selectionStart;
    if (event.key !== "Backspace" || !last || at !== last.to + 1) return;
    event.preventDefault();
    undo.current = null;
    caret.current = last.from + last.latin.length + 1;
    onChange(value.slice(0, last.from) + last.latin + value.slice(last.to));
  }

  return (
    <div className={className}>
      <span className="label">
        <label htmlFor={id}>{label}</label>
        {props.withSwitch && (
          <button
            type="button"
            className="switch"
            aria-pressed={on}
            onClick={toggle}
            data-testid={TESTID.hindiBySound}
          >
            <Icon name="globe" size={13} />
            {on ? t("notes.hindiOn") : t("notes.hindiOff")}
          </button>
        )}
        {help && <span className="push quiet folds-low">{help}</span>}
      </span>
      <Textarea
        id={id}
        ref={field}
        className="fill"
        value={value}
        rows={rows}
        disabled={disabled}
        required={required}
        onChange={(event) => changed(event.currentTarget.value, event.currentTarget.selectionStart)}
        onKeyDown={keyDown}
        data-testid={testid}
      />
    </div>
  );
}

function useHindiSwitch(): { on: boolean; toggle: () => void } {
  const [on, setOn] = useState(() => localStorage.getItem(SWITCH_KEY) === "on");
  useEffect(() => {
    const heard = () => setOn(localStorage.getItem(SWITCH_KEY) === "on");
    addEventListener(SWITCH_KEY, heard);
    return () => removeEventListener(SWITCH_KEY, heard);
  }, []);
  function toggle() {
    localStorage.setItem(SWITCH_KEY, on ? "off" : "on");
    // The notes and the report follow the same switch.
    dispatchEvent(new Event(SWITCH_KEY));
  }
  return { on, toggle };
}
