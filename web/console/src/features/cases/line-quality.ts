// How a past call sounded, in a sentence: "Line quality: good (4.3). 12 s: poor line." Pure.
import type { LineQuality } from "../../api/types";
import type { useWords } from "../../i18n";

export function soundOf(quality: LineQuality, t: ReturnType<typeof useWords>["t"]): string {
  const { word, mos, verdicts } = quality;
  const score = t("line.scored", { word: t(`quality.${word}`), mos: mos.toFixed(1) });
  const told = [...verdicts].sort((a, b) => b.seconds - a.seconds);
  const wrong = told.map(({ verdict, seconds }) => t(`verdictPast.${verdict}`, { seconds }));
  return [score, ...wrong].join("; ");
}
