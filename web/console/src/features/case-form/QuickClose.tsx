// A silent call or a wrong number: two keys from talking to the filed report. The outcome and a
// sentence are filled in, the call ends, the report is filed, the case closed and wrap-up over.
import { useEffect, useState } from "react";
import { useCall, useCallStore } from "../../call/CallProvider";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Key } from "../../ui/Key";
import { useKeys } from "../../ui/keys";
import { TESTID } from "../../ui/testid";
import type { CaseDraft } from "./case-draft";

/** The outcomes of the vocabulary that need no more words. */
const OUTCOMES = ["silent_call", "wrong_number"] as const;
type Outcome = (typeof OUTCOMES)[number];

export function QuickClose({ draft, filed }: { draft: CaseDraft; filed: boolean }) {
  const { t } = useWords();
  const store = useCallStore();
  const { desk } = useCall();
  const [open, setOpen] = useState(false);
  const [closing, setClosing] = useState(false);
  const wrapUp = desk.kind === "wrap_up";
  useEffect(() => {
    // Wrap-up ends only when the report is with the server; whichever of both comes last ends it.
    if (!closing || !wrapUp || !filed) return;
    setClosing(false);
    store.ask({ do: "finish" });
  }, [closing, wrapUp, filed, store]);

  async function close(outcome: Outcome) {
    setOpen(false);
    draft.edit("disposition", outcome);
    draft.edit("report", t(`quick.report.${outcome}`));
    if (!wrapUp) store.ask({ do: "hang_up" });
    setClosing(true);
    // What is refused stands in the form, which is still there to be filed by hand.
    if (!(await draft.submit(true))) setClosing(false);
  }

  useKeys([
    { chord: "KeyX", label: t("quick.open"), run: () => setOpen((now) => !now), hint: true },
    ...(open
      ? OUTCOMES.map((outcome, index) => ({
          chord: `Digit${index + 1}`,
          label: t(`quick.${outcome}`),
          run: () => void close(outcome),
        }))
      : []),
  ]);
  return (
    <div className="row wrap">
      <button
        type="button"
        className="switch"
        aria-expanded={open}
        onClick={() => setOpen((now) => !now)}
        data-testid={TESTID.quickClose}
      >
        <Icon name="end" size={13} />
        {t("quick.open")}
        <Key chord="KeyX" />
      </button>
      {open &&
        OUTCOMES.map((outcome, index) => (
          <button
            key={outcome}
            type="button"
            className="choice"
            onClick={() => void close(outcome)}
            data-testid={`${TESTID.quickClose}-${outcome}`}
          >
            {t(`quick.${outcome}`)}
            <Key chord={`Digit${index + 1}`} />
          </button>
        ))}
    </div>
  );
}
