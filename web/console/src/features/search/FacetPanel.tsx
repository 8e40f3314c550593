// Narrowing: the counts are those after permissions, as the server gives them.
import {
  CASE_STATES,
  type CallClass,
  type CaseState,
  CLASSES,
  type HitKind,
  KINDS,
  type SearchAnswer,
} from "../../api/types";
import { month } from "../../format";
import { useWords } from "../../i18n";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { labelOf, useVocabulary } from "../cases/useVocabulary";
import { outcome } from "../desk/Previous";
import type { Facets } from "./useSearch";

const KNOWN = ["kind", "state", "category", "class", "language", "month"] as const;

interface FacetPanelProps {
  answer: SearchAnswer | null;
  chosen: Facets;
  onChange: (facets: Facets) => void;
}

export function FacetPanel({ answer, chosen, onChange }: FacetPanelProps) {
  const { t } = useWords();
  const word = useFacetWord();
  const facets = answer?.facets.filter(({ values }) => values.length > 0) ?? [];

  function toggle(name: string, value: string) {
    const before = chosen[name] ?? [];
    const values = before.includes(value)
      ? before.filter((one) => one !== value)
      : [...before, value];
    const { [name]: _, ...rest } = chosen;
    onChange(values.length > 0 ? { ...rest, [name]: values } : rest);
  }

  return (
    <Panel title={t("search.narrow")} icon="note">
      {facets.length === 0 && <p className="empty">{t("search.narrowNone")}</p>}
      <div className="scroll">
        {facets.map(({ name, values }) => (
          <fieldset key={name} className="facet">
            <legend>{facetName(name, t)}</legend>
            {values.map(({ value, count }) => (
              <label key={value}>
                <input
                  type="checkbox"
                  checked={chosen[name]?.includes(value) ?? false}
                  onChange={() => toggle(name, value)}
                />
                {name === "class" && isClass(value) ? (
                  <ClassBadge name={value} />
                ) : (
                  <span>{word(name, value)}</span>
                )}
                <span className="count">{count}</span>
              </label>
            ))}
          </fieldset>
        ))}
      </div>
    </Panel>
  );
}

function isClass(value: string): value is CallClass {
  return CLASSES.some((name) => name === value);
}

function facetName(name: string, t: ReturnType<typeof useWords>["t"]): string {
  const known = KNOWN.find((one) => one === name);
  return known ? t(`facet.${known}`) : name;
}

/** A facet's value in words; what a newer server sends shows as it is. */
function useFacetWord(): (name: string, value: string) => string {
  const { t, lang } = useWords();
  const vocabulary = useVocabulary();
  return (name, value) => {
    switch (name) {
      case "kind":
        return KINDS.some((kind) => kind === value) ? t(`kind.${value as HitKind}`) : value;
      case "state":
        // One facet for both: the state of a case, the end of a call.
        return CASE_STATES.some((state) => state === value)
          ? t(`caseState.${value as CaseState}`)
          : outcome(value, t);
      case "language":
        return value === "hi" || value === "en" ? t(`language.${value}`) : value;
      case "month":
        return month(`${value}-15T00:00:00Z`, lang) || value;
      case "category":
        return labelOf(vocabulary.categories, value, lang);
      default:
        return value;
    }
  };
}
