// Callers who wish to be called back: how many, and on request who. The list names citizens, so each
// look at it is audited: it is asked for by a person, the number beside it every 15 seconds.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Callback } from "../../api/types";
import { moment } from "../../format";
import { useWords } from "../../i18n";
import { announce } from "../../ui/Announcer";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { moveFocus } from "./rove";

const COUNT_EVERY_MS = 15_000;

export function CallbackList() {
  const { t } = useWords();
  const client = useQueryClient();
  const [shown, setShown] = useState(false);
  const [refused, setRefused] = useState("");
  const { data: open } = useQuery({
    queryKey: ["callbacks", "open"],
    queryFn: api.countCallbacks,
    refetchInterval: COUNT_EVERY_MS,
  });
  const { data: page } = useQuery({
    queryKey: ["callbacks", "list"],
    queryFn: api.listCallbacks,
    enabled: shown,
    staleTime: 0,
  });
  const decide = (wish: Callback, state: Callback["state"]) => {
    api
      .decideCallback(wish.id, wish.version, state)
      .then(
        () => {
          setRefused("");
          announce(t(`callbacks.said.${state}`));
        },
        (error) => {
          const problem = asProblem(error);
          setRefused(problem.status === 412 ? t("callbacks.changed") : t("callbacks.failed"));
        },
      )
      .finally(() => client.invalidateQueries({ queryKey: ["callbacks"] }));
  };
  return (
    <Panel title={t("callbacks.title")} icon="phone" aside={t("callbacks.means")}>
      <div className="panel-body stack">
        <p data-testid={TESTID.callbackCount}>
          {open ? t("callbacks.count", { count: open.open, emergency: open.emergency }) : "–"}
        </p>
        <button
          type="button"
          className="choice"
          aria-expanded={shown}
          onClick={() => setShown((before) => !before)}
        >
          {shown ? t("callbacks.hide") : t("callbacks.show")}
        </button>
        {refused && <p role="alert">{refused}</p>}
      </div>
      {shown && page && (
        <Wishes wishes={page.callbacks} more={!!page.next_cursor} decide={decide} />
      )}
    </Panel>
  );
}

function Wishes({
  wishes,
  more,
  decide,
}: {
  wishes: Callback[];
  more: boolean;
  decide: (wish: Callback, state: Callback["state"]) => void;
}) {
  const { t, lang } = useWords();
  const nameOf = useQueueNames();
  if (wishes.length === 0) return <p className="empty">{t("callbacks.none")}</p>;
  return (
    <>
      <ul className="lines scroll" data-area="callbacks" onKeyDown={moveFocus}>
        {wishes.map((wish, index) => {
          const who = wish.number ?? t("bar.withheld");
          return (
            <li key={wish.id} data-testid={TESTID.callback} data-class={wish.class}>
              <ClassBadge name={wish.class} />
              <span>
                <b>{who}</b> {wish.queue ? nameOf(wish.queue) : wish.line}
              </span>
              <span className="when">{moment(wish.wished_at, lang)}</span>
              <span className="more small">
                {t(`callbacks.kind.${wish.kind}`)}, {t(`callbacks.cause.${wish.cause}`)}
                {wish.times > 1 && `, ${t("callbacks.times", { count: wish.times })}`}
              </span>
              <span className="more">
                <button
                  type="button"
                  className="choice"
                  tabIndex={index === 0 ? 0 : -1}
                  onClick={() => decide(wish, "done")}
                >
                  {t("callbacks.done")}
                  <span className="unseen"> {who}</span>
                </button>{" "}
                <button
                  type="button"
                  className="choice"
                  tabIndex={-1}
                  onClick={() => decide(wish, "withdrawn")}
                >
                  {t("callbacks.withdraw")}
                  <span className="unseen"> {who}</span>
                </button>
              </span>
            </li>
          );
        })}
      </ul>
      {more && <p className="empty">{t("callbacks.more")}</p>}
    </>
  );
}
