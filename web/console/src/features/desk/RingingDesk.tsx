// Seconds to know who, why and what before. No record is opened here.
import type { Ringing } from "../../api/types";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { ClassBadge } from "../../ui/ClassBadge";
import { Panel } from "../../ui/Panel";
import { useSession } from "../session/useSession";
import { Explained } from "./Explained";
import { PickList } from "./PickList";
import { Previous } from "./Previous";
import type { Who } from "./useWho";

export function RingingDesk({
  ringing,
  who,
  adding,
  onAdding,
}: {
  ringing: Ringing | null;
  who: Who;
  adding: boolean;
  onAdding: (adding: boolean) => void;
}) {
  const { t } = useWords();
  const name = useSession()?.user.name ?? "";
  if (!ringing) return <p className="empty">{t("ring.details")}</p>;
  const { call, explanation } = ringing;
  return (
    <div className="screen-grid desk-ringing">
      <PickList
        people={ringing.pick_list}
        phone={call.number ?? null}
        who={who}
        adding={adding}
        onAdding={onAdding}
        live={false}
      />
      <div className="stack">
        {explanation && <Explained explanation={explanation} />}
        <Previous list={ringing.previous} />
      </div>
      <div className="stack">
        <Panel title={t("ring.thisCall")} icon="phone">
          <div className="panel-body">
            <dl className="facts">
              <dt>{t("ring.class")}</dt>
              <dd>
                <ClassBadge name={call.class} />
              </dd>
              <dt>{t("ring.waited")}</dt>
              <dd>
                <b>{shortDuration(call.waited_ms)}</b>
              </dd>
              <dt>{t("ring.language")}</dt>
              <dd>{t(`language.${languageKey(call.language)}`)}</dd>
              <dt>{t("ring.line")}</dt>
              <dd>
                {call.dialled}
                {call.medium === "web_call" && ` · ${t("bar.fromBrowser")}`}
              </dd>
            </dl>
          </div>
        </Panel>
        <SayFirst language={call.language ?? null} name={name} />
      </div>
    </div>
  );
}

/** The greeting, in the language of the caller. */
function SayFirst({ language, name }: { language: string | null; name: string }) {
  const { t } = useWords();
  const lang = language === "en" ? "en" : "hi";
  return (
    <Panel title={t("ring.sayFirst")} icon="text" className="grow">
      <div className="panel-body stack">
        <p className="say" lang={lang}>
          {t("ring.greeting", { name, lng: lang })}
        </p>
        <p className="small second folds-low">{t("ring.then")}</p>
      </div>
    </Panel>
  );
}

function languageKey(language: string | null | undefined): "hi" | "en" | "unknown" {
  return language === "hi" || language === "en" ? language : "unknown";
}
