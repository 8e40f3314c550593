// The question as typed, asked after a short pause; a newer question cancels an older one.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import * as api from "../../api/operations";
import { type Hit, KINDS, type SearchAnswer } from "../../api/types";

const PAUSE_MS = 180;
const PAGE = 20;
const LETTERS_MIN = 2;

export type Facets = Record<string, string[]>;

export function useSearch(text: string, facets: Facets) {
  const settled = useSettled(text.trim());
  const asked = settled.length >= LETTERS_MIN;
  const query = useInfiniteQuery({
    queryKey: ["search", settled, facets],
    queryFn: ({ pageParam, signal }) =>
      api.search(
        {
          text: settled,
          limit: PAGE,
          ...(Object.keys(facets).length > 0 ? { facets } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
        signal,
      ),
    initialPageParam: "",
    getNextPageParam: (last: SearchAnswer) => last.next_cursor ?? undefined,
    enabled: asked,
    staleTime: 1_000,
    placeholderData: (before) => before,
  });
  const pages = asked ? (query.data?.pages ?? []) : [];
  const hits = pages.flatMap((page) => page.hits).filter(isKnown);
  return { asked, query, hits, first: pages[0] ?? null };
}

/** A kind of record of a newer server has no page here yet, and is left out. */
function isKnown(hit: SearchAnswer["hits"][number]): hit is Hit {
  return KINDS.some((kind) => kind === hit.kind);
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
