// A record opened without its caller on the line needs a reason, which goes into the audit. One's
// own list and the person of the live call need none.
import { Button, Radio, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Case } from "../../api/types";
import { useCall } from "../../call/CallProvider";
import { callOf } from "../../call/machine";
import { useWords } from "../../i18n";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";

const REASONS = ["follow_up", "citizen_asked", "correction", "quality"] as const;
const OTHER = "other";

/** Reasons given in this tab, so that going back and forth does not ask twice. */
const given = new Map<string, string>();

export interface ReasonState {
  needed: boolean;
  given?: string;
  give: (reason: string) => void;
}

export function useOpenReason(kind: "case" | "contact" | "interaction", id: string): ReasonState {
  const key = `${kind} ${id}`;
  const { desk } = useCall();
  const client = useQueryClient();
  const [, redraw] = useState(0);
  const call = callOf(desk);
  const live = desk.kind !== "ringing" && call !== null;
  const onTheLine = live && (call.case_id === id || call.contact_id === id);
  const mine = client.getQueryData<Case[]>(["cases", "mine"])?.some((item) => item.id === id);
  const reason = given.get(key);
  return {
    needed: !onTheLine && !mine && !reason,
    given: reason,
    give: (text) => {
      given.set(key, text);
      redraw((count) => count + 1);
    },
  };
}

export function OpenReason({ onGiven }: { onGiven: (reason: string) => void }) {
  const { t } = useWords();
  const [choice, setChoice] = useState<string>(REASONS[0]);
  const [other, setOther] = useState("");
  const complete = choice !== OTHER || other.trim().length > 2;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (!complete) return;
    onGiven(choice === OTHER ? other.trim() : choice);
  }

  return (
    <Panel title={t("reason.title")} icon="lock" testid={TESTID.reason}>
      <form className="panel-body stack" onSubmit={submit}>
        <p className="second">{t("reason.why")}</p>
        <Radio.Group value={choice} onChange={setChoice} aria-label={t("reason.title")}>
          <div className="stack">
            {REASONS.map((name) => (
              <Radio key={name} value={name} label={t(`reason.${name}`)} />
            ))}
            <Radio value={OTHER} label={t("reason.other")} />
          </div>
        </Radio.Group>
        {choice === OTHER && (
          <TextInput
            label={t("reason.words")}
            value={other}
            onChange={(event) => setOther(event.currentTarget.value)}
            maxLength={200}
            autoFocus
          />
        )}
        <div className="row">
          <Button type="submit" variant="filled" disabled={!complete} autoFocus>
            {t("reason.open")}
          </Button>
        </div>
      </form>
    </Panel>
  );
}
