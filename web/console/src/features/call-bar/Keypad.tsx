// Tones for the far end's menu: a line of keys under the bar, in place. Digits typed on the keyboard
// count while it is open.
import { useState } from "react";
import { useCallStore } from "../../call/CallProvider";
import { useWords } from "../../i18n";
import { useKeys } from "../../ui/keys";
import { TESTID } from "../../ui/testid";

const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"] as const;
/** How many of the sent digits stay in sight. */
const SHOWN_MAX = 16;

export function Keypad({ onClose }: { onClose: () => void }) {
  const { t } = useWords();
  const store = useCallStore();
  const [sent, setSent] = useState("");
  const press = (digit: string) => {
    store.ask({ do: "digits", digits: digit });
    setSent((before) => (before + digit).slice(-SHOWN_MAX));
  };
  useKeys(
    DIGITS.filter((digit) => digit >= "0" && digit <= "9").map((digit) => ({
      chord: `Digit${digit}`,
      label: t("keypad.send"),
      display: "0–9",
      quiet: digit !== "1",
      hint: digit === "1",
      run: () => press(digit),
    })),
  );
  return (
    <section className="panel" aria-label={t("bar.keypad")}>
      <div className="panel-body stack">
        <div className="keypad">
          {DIGITS.map((digit) => (
            <button
              key={digit}
              type="button"
              onClick={() => press(digit)}
              data-testid={`${TESTID.keypadDigit}-${nameOf(digit)}`}
            >
              {digit}
            </button>
          ))}
        </div>
        <div className="row small second">
          <span role="status">{sent ? t("keypad.sent", { digits: sent }) : t("keypad.help")}</span>
          <button type="button" className="switch push" onClick={onClose}>
            {t("status.close")}
          </button>
        </div>
      </div>
    </section>
  );
}

function nameOf(digit: string): string {
  return digit === "*" ? "star" : digit === "#" ? "hash" : digit;
}
