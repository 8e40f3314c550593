// One key of the bar: an icon, a word, and the key cap that does the same.
import { useEffect, useRef } from "react";
import { Icon, type IconName } from "../../ui/Icon";
import { Key } from "../../ui/Key";

interface CallKeyProps {
  icon: IconName;
  word: string;
  chord: string;
  onClick: () => void;
  primary?: boolean;
  on?: boolean;
  disabled?: boolean;
  takesFocus?: boolean;
  testid?: string;
}

export function CallKey(props: CallKeyProps) {
  const { icon, word, chord, onClick, primary, on, disabled, takesFocus, testid } = props;
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    // A ring may take the focus, unless somebody is typing.
    if (takesFocus && !typing(document.activeElement)) button.current?.focus();
  }, [takesFocus]);
  return (
    <button
      ref={button}
      type="button"
      className={`call-key ${primary ? "primary" : ""} ${on ? "on" : ""}`}
      aria-pressed={on}
      aria-keyshortcuts={chord.replace("Key", "")}
      disabled={disabled}
      onClick={onClick}
      data-testid={testid}
    >
      <span className="word">
        <Icon name={icon} />
        {word}
      </span>
      <Key chord={chord} />
    </button>
  );
}

function typing(element: Element | null): boolean {
  return element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement;
}
