// A supervisor keeps a recording past its time, or no longer. The reason is noted.
import { Button, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import * as api from "../../api/operations";
import { asProblem } from "../../api/problem";
import type { Recording } from "../../api/types";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { useSession } from "../session/useSession";

export function LegalHold({ recording }: { recording: Recording }) {
  const { t } = useWords();
  const client = useQueryClient();
  const keeps = useSession()?.user.role === "supervisor";
  const [now, setNow] = useState(recording);
  const [open, setOpen] = useState(false);
  const [why, setWhy] = useState("");
  const [problem, setProblem] = useState("");
  // What was read again, for instance after somebody else decided, is newer than what was answered.
  const shown = recording.version > now.version ? recording : now;
  const complete = why.trim().length > 2;

  async function decide(event: FormEvent) {
    event.preventDefault();
    if (!complete) return;
    try {
      const { id, version, legal_hold } = shown;
      setNow(await api.setLegalHold(id, version, !legal_hold, why.trim()));
      setOpen(false);
      setWhy("");
      setProblem("");
    } catch (error) {
      const { status, body } = asProblem(error);
      setProblem(status === 412 ? t("hold.changed") : (body.detail ?? t("hold.failed")));
      if (status === 412) await client.invalidateQueries({ queryKey: ["case"] });
    }
  }

  return (
    <>
      {shown.legal_hold && <span className="tag">{t("player.legalHold")}</span>}
      {keeps && !open && (
        <Button
          size="compact-sm"
          onClick={() => setOpen(true)}
          data-testid={TESTID.legalHold}
          data-held={shown.legal_hold}
        >
          {t(shown.legal_hold ? "hold.release" : "hold.set")}
        </Button>
      )}
      {open && (
        <form className="row wrap" onSubmit={(event) => void decide(event)}>
          <TextInput
            label={t(shown.legal_hold ? "hold.whyRelease" : "hold.whySet")}
            value={why}
            onChange={(event) => setWhy(event.currentTarget.value)}
            maxLength={200}
            autoFocus
            data-testid={TESTID.legalHoldReason}
          />
          <Button type="submit" disabled={!complete}>
            {t(shown.legal_hold ? "hold.release" : "hold.set")}
          </Button>
          <Button onClick={() => setOpen(false)}>{t("hold.cancel")}</Button>
        </form>
      )}
      <span role="status" className="flag">
        {problem}
      </span>
    </>
  );
}
