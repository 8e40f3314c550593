// What is wrong with the sound of the talk, and what to do about it. Below the bar on every screen; said
// politely, because the operator is talking.
import type { AudioVerdict as Verdict } from "../../api/types";
import { useCall } from "../../call/CallProvider";
import { verdictOf } from "../../call/machine";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { TESTID } from "../../ui/testid";

export function AudioVerdict() {
  const verdict = verdictOf(useCall());
  return (
    <div
      className={verdict ? "" : "unseen"}
      role="status"
      aria-live="polite"
      data-testid={TESTID.audioVerdict}
      data-verdict={verdict ?? "none"}
    >
      {verdict && <Told verdict={verdict} />}
    </div>
  );
}

function Told({ verdict }: { verdict: Verdict }) {
  const { t } = useWords();
  return (
    <Banner tone="callback_due">
      <b>{t(`verdict.${verdict}`)}</b> {t(`verdictHelp.${verdict}`)}
    </Banner>
  );
}
