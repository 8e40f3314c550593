// How the line sounds: a word and as many bars in the bar, and the figures behind them for who wants
// them, which open below the bar. Nothing covers a live call.
import type { Quality, SideQuality } from "../../api/types";
import { useCall } from "../../call/CallProvider";
import { heardQuality } from "../../call/machine";
import type { TalkQuality } from "../../call/state";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
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
  return (
    <span>
      <button
        type="button"
        className={`line-mark ${quality.word}`}
        title={figuresOf(quality, t)}
        aria-expanded={open}
        onClick={onToggle}
        data-testid={TESTID.lineQuality}
        data-quality={quality.word}
      >
        <Icon name={ICONS[quality.word]} />
        <span className="unseen">{t("line.label")} </span>
        {t(`quality.${quality.word}`)}
      </button>
    </span>
  );
}

/** The figures, for as long as there are any. */
export function LineFigures() {
  const { t } = useWords();
  const quality = heardQuality(useCall());
  if (!quality) return null;
  return (
    <Banner tone="info" testid={TESTID.lineFigures}>
      {figuresOf(quality, t)}
    </Banner>
  );
}

function figuresOf({ caller, operator }: TalkQuality, t: ReturnType<typeof useWords>["t"]): string {
  const both = (show: (side: SideQuality) => string) => `${show(caller)} / ${show(operator)}`;
  return t("line.figures", {
    mos: both((side) => side.mos.toFixed(1)),
    loss: both((side) => side.loss_percent.toFixed(1)),
    jitter: both((side) => side.jitter_ms.toFixed(0)),
    trip: both((side) => side.round_trip_ms?.toFixed(0) ?? "–"),
  });
}
