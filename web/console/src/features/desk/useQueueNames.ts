// The names of the queues in the person's language.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import { useWords } from "../../i18n";

export function useQueueNames(): (id: string, fallback?: string | null) => string {
  const { lang } = useWords();
  const { data } = useQuery({
    queryKey: ["queues"],
    queryFn: api.listQueues,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (id, fallback) => {
    const queue = data?.find((candidate) => candidate.id === id);
    if (!queue) return fallback ?? id;
    return `${lang === "hi" ? queue.name_hi : queue.name_en} · ${queue.number}`;
  };
}
