// A week of the roster, and what changes it.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import * as api from "../../api/operations";
import type { RosterWeek } from "../../api/types";

const ROSTER = "roster";

/** The week in which this day lies. */
export function useWeek(day: string): { week: RosterWeek | undefined; failed: boolean } {
  const { data, isError } = useQuery({
    queryKey: [ROSTER, day],
    queryFn: () => api.getRosterWeek(day),
    staleTime: 0,
    // The page stays in place while the next week comes.
    placeholderData: (before) => before,
  });
  return { week: data, failed: isError };
}

/** Reads the roster again after a change. */
export function useRosterChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: [ROSTER] });
}
