// What a flag on a person warns of, in words.
import { useWords } from "../../i18n";

const KINDS = ["safety", "accessibility", "abuse", "note"] as const;

export function useFlagWord(): (kind: string) => string {
  const { t } = useWords();
  return (kind) => {
    const known = KINDS.find((one) => one === kind);
    return known ? t(`flag.${known}`) : kind;
  };
}
