// What happened at this number before: when, by which way, and how it ended.
import type { PreviousContact } from "../../api/types";
import { moment } from "../../format";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { Panel } from "../../ui/Panel";

export function Previous({ list }: { list: PreviousContact[] }) {
  const { t, lang } = useWords();
  return (
    <Panel title={t("previous.title")} icon="clock" className="grow">
      {list.length === 0 ? (
        <p className="empty">{t("previous.none")}</p>
      ) : (
        <ul className="lines scroll full-width" aria-label={t("previous.title")} tabIndex={0}>
          {list.map((contact) => (
            <li key={`${contact.at} ${contact.summary ?? ""}`}>
              <Icon name="phone" />
              <b>{t(contact.medium === "web_call" ? "medium.web_call" : "medium.call")}</b>
              <span className="when">{moment(contact.at, lang)}</span>
              <span className="more">{contact.summary ?? outcome(contact.outcome, t)}</span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

const OUTCOMES = [
  "on_paper",
  "caller_hung_up",
  "agent_hung_up",
  "cancelled_before_answer",
  "abandoned_in_greeting",
  "abandoned_in_queue",
  "caller_lost",
] as const;

/** The end of an interaction in words; an end not listed here says only that it ended. */
export function outcome(
  cause: string | null | undefined,
  t: ReturnType<typeof useWords>["t"],
): string {
  const known = OUTCOMES.find((name) => name === cause);
  return known ? t(`outcome.${known}`) : t("outcome.ended");
}
