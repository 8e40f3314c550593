// A person's record, read once and kept for the time of the shift's work on it. Every read is
// audited by the server, so a screen asks only for a person who was chosen.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";

export function useContact(id: string | null | undefined, reason?: string) {
  return useQuery({
    queryKey: ["contact", id ?? "none"],
    queryFn: () => api.getContact(id ?? "", reason),
    enabled: Boolean(id),
    staleTime: 60_000,
  });
}
