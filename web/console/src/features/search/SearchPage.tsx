// One box over everything that may be seen: number, name in either script, words of notes. Arrow
// keys move from the box into the list; j, k and Enter work outside it.
import { useNavigate } from "@tanstack/react-router";
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { asProblem } from "../../api/problem";
import type { Hit } from "../../api/types";
import { useWords } from "../../i18n";
import { announce } from "../../ui/Announcer";
import { Icon } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { FacetPanel } from "./FacetPanel";
import { HitList } from "./HitList";
import { HitPreview } from "./HitPreview";
import { type Facets, useSearch } from "./useSearch";

/** Kept for the way back from a record. */
let lastText = "";

export function SearchPage({ focus }: { focus: boolean }) {
  const { t } = useWords();
  const navigate = useNavigate();
  const box = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(lastText);
  const [facets, setFacets] = useState<Facets>({});
  const [at, setAt] = useState(0);
  const { asked, query, hits, first } = useSearch(text, facets);
  const chosen = hits[Math.min(at, hits.length - 1)];

  useEffect(() => {
    if (!focus) return;
    box.current?.focus();
    box.current?.select();
    void navigate({ to: "/search", search: {}, replace: true });
  }, [focus, navigate]);
  useEffect(() => {
    if (first) announce(t("search.found", { count: first.total }));
  }, [first, t]);

  function type(next: string) {
    lastText = next;
    setText(next);
    setAt(0);
  }
  const move = (step: number) => setAt((now) => Math.max(0, Math.min(hits.length - 1, now + step)));
  const open = (hit: Hit | undefined) => {
    if (!hit) return;
    if (hit.kind === "case") void navigate({ to: "/cases/$caseId", params: { caseId: hit.id } });
    else if (hit.kind === "contact") {
      void navigate({ to: "/contacts/$contactId", params: { contactId: hit.id } });
    } else void navigate({ to: "/calls/$interactionId", params: { interactionId: hit.id } });
  };
  useKeys([
    { chord: "Slash", label: t("keys.search"), hint: true, run: () => box.current?.focus() },
    { chord: "KeyJ", label: t("search.next"), hint: true, run: () => move(1) },
    { chord: "KeyK", label: t("search.previous"), hint: true, run: () => move(-1) },
  ]);

  function boxKey(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      move(step);
    } else if (event.key === "Enter") {
      event.preventDefault();
      open(chosen);
    }
  }

  return (
    <div className="screen-grid search-grid">
      <div className="search-top">
        <div className="search-box" role="search">
          <Icon name="search" size={20} />
          <input
            ref={box}
            type="text"
            enterKeyHint="search"
            value={text}
            onChange={(event) => type(event.currentTarget.value)}
            onKeyDown={boxKey}
            aria-label={t("search.label")}
            placeholder={t("search.placeholder")}
            autoComplete="off"
            spellCheck={false}
            role="combobox"
            aria-expanded={hits.length > 0}
            aria-controls="hits"
            aria-activedescendant={chosen ? `hit-${chosen.id}` : undefined}
            data-testid={TESTID.searchBox}
          />
          <span className="tag">
            <Icon name="globe" size={13} />
            {t("search.bothScripts")}
          </span>
        </div>
        <p className="panel search-count" data-testid={TESTID.searchCount}>
          {first ? <b>{t("search.found", { count: first.total })}</b> : t("search.start")}
        </p>
      </div>
      <FacetPanel answer={first} chosen={facets} onChange={setFacets} />
      <Panel
        title={t("search.results")}
        icon="search"
        foot={<span className="folds-low">{t("search.permissions")}</span>}
      >
        <HitList
          hits={hits}
          chosen={chosen}
          onChoose={(hit) => setAt(hits.indexOf(hit))}
          onOpen={open}
          onKey={boxKey}
        />
        {query.isError && (
          <p className="empty" role="alert">
            {asProblem(query.error).offline ? t("refusal.offline") : t("search.failed")}
          </p>
        )}
        {asked && first?.total === 0 && <p className="empty">{t("search.nothing")}</p>}
        {query.hasNextPage && (
          <button type="button" className="choice" onClick={() => void query.fetchNextPage()}>
            {t("search.more")}
          </button>
        )}
      </Panel>
      <HitPreview hit={chosen} onOpen={() => open(chosen)} />
    </div>
  );
}
