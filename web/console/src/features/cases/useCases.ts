// The cases of the signed-in person, and one case with what belongs to it.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import type { Case } from "../../api/types";

/** "open" is everything not closed yet. */
export type CaseFilter = "open" | "closed" | "all";

export function useMyCases(filter: CaseFilter) {
  return useQuery({
    queryKey: ["cases", "mine"],
    queryFn: async () => (await api.listMyCases()).cases,
    select: (cases: Case[]) =>
      cases.filter(
        ({ state }) => filter === "all" || (state === "closed") === (filter === "closed"),
      ),
    staleTime: 5_000,
  });
}

export function useCase(id: string, reason?: string) {
  return useQuery({
    queryKey: ["case", id],
    queryFn: () => api.getCase(id, reason),
    staleTime: 5_000,
  });
}

export function useReports(id: string, reason?: string) {
  return useQuery({
    queryKey: ["case", id, "reports"],
    queryFn: () => api.listReports(id, reason),
  });
}
