// The words a case is filed under. They are data of the site; a label falls back to its key.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import type { Vocabulary } from "../../api/types";

const NONE: Vocabulary = { categories: [], dispositions: [], break_reasons: [], classes: [] };

export function useVocabulary(): Vocabulary {
  const query = useQuery({
    queryKey: ["vocabulary"],
    queryFn: api.getVocabulary,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return query.data ?? NONE;
}

/** The label of a key in a list, or the key itself when the list no longer has it. */
export function labelOf(
  list: { key: string; en: string; hi: string }[],
  key: string | null | undefined,
  lang: "en" | "hi",
): string {
  if (!key) return "";
  return list.find((label) => label.key === key)?.[lang] ?? key;
}

/** Categories for a list: one below another is shown with the one above it. */
export function categoryChoices(
  list: Vocabulary["categories"],
  lang: "en" | "hi",
): { value: string; label: string }[] {
  return list.map((item) => ({
    value: item.key,
    label: item.parent ? `${labelOf(list, item.parent, lang)} › ${item[lang]}` : item[lang],
  }));
}
