// A name in Hindi, on one line: typed on a Hindi keyboard, or by sound in Latin letters. A word becomes
// Devanagari when it ends, the last one when the field is left. There is no switch: a name in this
// field is Hindi.
import { TextInput } from "@mantine/core";
import { useLayoutEffect, useRef } from "react";
import { convertBefore } from "./hindi";
import { useTransliterate } from "./useHindi";

export function HindiNameField({
  label,
  help,
  value,
  onChange,
  testid,
}: {
  label: string;
  help: string;
  value: string;
  onChange: (name: string) => void;
  testid: string;
}) {
  const transliterate = useTransliterate(true);
  const field = useRef<HTMLInputElement>(null);
  const caret = useRef<number | null>(null);
  useLayoutEffect(() => {
    if (caret.current === null) return;
    field.current?.setSelectionRange(caret.current, caret.current);
    caret.current = null;
  });

  function changed(text: string, at: number) {
    const converted = transliterate ? convertBefore(text, at, transliterate) : null;
    if (converted) caret.current = converted.caret;
    onChange(converted?.text ?? text);
  }

  function left() {
    const text = `${value} `;
    const converted = transliterate ? convertBefore(text, text.length, transliterate) : null;
    if (converted) onChange(converted.text.trim());
  }

  return (
    <TextInput
      ref={field}
      label={label}
      description={help}
      inputWrapperOrder={["label", "input", "description"]}
      value={value}
      onChange={(event) =>
        changed(event.currentTarget.value, event.currentTarget.selectionStart ?? 0)
      }
      onBlur={left}
      lang="hi"
      autoComplete="off"
      data-testid={testid}
    />
  );
}
