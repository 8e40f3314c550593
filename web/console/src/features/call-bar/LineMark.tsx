// How the line sounds: a word and as many bars, and the figures behind it for who wants them. They
// open in the bar's own line; nothing covers a live call.
import type { Quality, SideQuality } from "../../api/types";
import type { TalkQuality } from "../../call/state";
import { useWords } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";

const ICONS: Record<Quality, IconName> = {
  good: "signal",
  fair: "signalFair",
  poor: "signalPoor",
};

export function LineMark({
  quality,
  open,
  onToggle,
}: {
  quality: TalkQuality;
  open: boolean;
  onToggle: () => void;
}) {
  const { t } = useWords();
  const { caller, operator } = quality;
  const both = (show: (side: SideQuality) => string) => `${show(caller)} / ${show(operator)}`;
  const figures = t("line.figures", {
    mos: both((side) => side.mos.toFixed(1)),
    loss: both((side) => side.loss_percent.toFixed(1)),
    jitter: both((side) => side.jitter_ms.toFixed(0)),
    trip: both((side) => side.round_trip_ms?.toFixed(0) ?? "–"),
  });
  return (
    <span>
      <button
        type="button"
        className={`line-mark ${quality.word}`}
        title={figures}
        aria-expanded={open}
        onClick={onToggle}
        data-testid={TESTID.lineQuality}
        data-quality={quality.word}
      >
        <Icon name={ICONS[quality.word]} />
        <span className="unseen">{t("line.label")} </span>
        {t(`quality.${quality.word}`)}
      </button>
      {open && <span data-testid={TESTID.lineFigures}>{figures}</span>}
    </span>
  );
}
