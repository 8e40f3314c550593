// What happened in a case, newest first.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import { moment } from "../../format";
import { useWords } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";

export function Timeline({
  caseId,
  version,
  reason,
}: {
  caseId: string;
  version: number;
  reason?: string;
}) {
  const { t, lang } = useWords();
  const { data } = useQuery({
    // A new version of the case has a new line here.
    queryKey: ["case", caseId, "timeline", version],
    queryFn: () => api.getTimeline(caseId, reason),
    placeholderData: (before) => before,
  });
  if (!data) return null;
  if (data.length === 0) return <p className="empty">{t("timeline.none")}</p>;
  const newestFirst = [...data].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  return (
    <ul className="lines scroll" data-testid={TESTID.timeline}>
      {newestFirst.map((entry) => (
        <li key={`${entry.at} ${entry.kind} ${entry.title}`}>
          <Icon name={iconOf(entry.kind)} />
          <b>{entry.title}</b>
          <span className="when">{moment(entry.at, lang)}</span>
          {(entry.text || entry.actor) && (
            <span className="more">{[entry.actor, entry.text].filter(Boolean).join(": ")}</span>
          )}
        </li>
      ))}
    </ul>
  );
}

function iconOf(kind: string): IconName {
  if (kind.includes("call") || kind.includes("interaction")) return "phone";
  if (kind.includes("report") || kind.includes("note")) return "note";
  return "clock";
}
