// Who is known at the caller's number, and what happened before. It comes with the ringing; after a
// reload in the middle of a call it is asked for again.
import { type QueryClient, useQuery, useQueryClient } from "@tanstack/react-query";
import * as api from "../../api/operations";
import type { CallView, PickListEntry, PreviousContact, Ringing } from "../../api/types";

export interface Known {
  pick_list: PickListEntry[];
  previous: PreviousContact[];
}

const NOBODY: Known = { pick_list: [], previous: [] };
const keyOf = (call: string) => ["known", call];

/** Remembers what came with the ringing. */
export function rememberKnown(client: QueryClient, ringing: Ringing): void {
  const { pick_list, previous } = ringing;
  client.setQueryData(keyOf(ringing.call.id), { pick_list, previous } satisfies Known);
}

/** Somebody new is known at the number: the list is asked for again. */
export function useKnownChanged(): () => void {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: ["known"] });
}

export function useKnown(call: CallView | null): Known {
  const number = call?.number;
  const query = useQuery({
    queryKey: keyOf(call?.id ?? "none"),
    queryFn: async (): Promise<Known> => {
      const [pick_list, previous] = await Promise.all([
        api.findContacts(number ?? ""),
        api.findPrevious(number ?? ""),
      ]);
      return { pick_list, previous };
    },
    enabled: Boolean(call && number),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return query.data ?? NOBODY;
}
