// What happened in a case, newest first.
import { useQuery } from "@tanstack/react-query";
import * as api from "../../api/operations";
import type { TimelineEntry } from "../../api/types";
import { full, moment } from "../../format";
import { useWords } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";
import { outcome } from "../desk/Previous";
import { soundOf } from "./line-quality";
import { RecordingPlayer } from "./RecordingPlayer";

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
    <ul
      className="lines scroll full-width"
      aria-label={t("timeline.title")}
      tabIndex={0}
      data-testid={TESTID.timeline}
    >
      {newestFirst.map((entry) => (
        <li key={`${entry.at} ${entry.kind} ${entry.title}`}>
          <Icon name={iconOf(entry.kind)} />
          <b>{titleOf(entry, t)}</b>
          <span className="when">{moment(entry.at, lang)}</span>
          {(entry.text || entry.actor) && (
            <span className="more">
              {[entry.actor, textOf(entry, t)].filter(Boolean).join(": ")}
            </span>
          )}
          {entry.entered && (
            <span className="more" data-testid={TESTID.timelineEntered}>
              {t("paper.entered", { time: full(entry.entered.at, lang) })}
              {entry.entered.why && ` ${entry.entered.why}`}
            </span>
          )}
          {entry.recordings?.map((recording) => (
            <RecordingPlayer key={recording.id} recording={recording} reason={reason} />
          ))}
          {entry.line_quality && (
            <span className="more" data-testid={TESTID.timelineQuality}>
              {soundOf(entry.line_quality, t)}
            </span>
          )}
        </li>
      ))}
    </ul>
  );
}

const KINDS = ["interaction", "report", "opened", "edited", "attached", "state_changed"] as const;

/** The kind in the person's language; the server's own line for a kind that is new. */
function titleOf(entry: TimelineEntry, t: ReturnType<typeof useWords>["t"]): string {
  const known = KINDS.find((kind) => kind === entry.kind);
  return known ? t(`timeline.${known}`) : entry.title;
}

function textOf(entry: TimelineEntry, t: ReturnType<typeof useWords>["t"]): string {
  if (entry.kind === "interaction") return entry.text ? outcome(entry.text, t) : "";
  return entry.text ?? "";
}

function iconOf(kind: string): IconName {
  if (kind.includes("call") || kind.includes("interaction")) return "phone";
  if (kind.includes("report") || kind.includes("note")) return "note";
  return "clock";
}
