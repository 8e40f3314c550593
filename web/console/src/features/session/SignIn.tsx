// Sign-in: name and password, and a plain answer when they are not taken.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useState } from "react";
import { setCsrfToken } from "../../api/client";
import * as api from "../../api/operations";
import { type ApiProblem, asProblem } from "../../api/problem";
import { unlockAudio } from "../../call/ringer";
import { full } from "../../format";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { TESTID } from "../../ui/testid";
import { Door } from "./Door";
import { SESSION } from "./useSession";

export function SignIn() {
  const { t } = useWords();
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  const [busy, setBusy] = useState(false);
  const said = useSentence(problem);
  useEffect(() => {
    document.title = t("signIn.title");
  }, [t]);

  async function submit(event: FormEvent) {
    event.preventDefault();
    unlockAudio();
    setBusy(true);
    setProblem(null);
    try {
      const session = await api.signIn(username.trim(), password);
      setCsrfToken(session.csrf_token);
      client.setQueryData(SESSION, session);
    } catch (error) {
      setProblem(asProblem(error));
      setPassword("");
    } finally {
      setBusy(false);
    }
  }

  return (
    <Door title={t("signIn.heading")}>
      <form className="stack" onSubmit={submit}>
        <TextInput
          label={t("signIn.username")}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          autoFocus
          data-testid={TESTID.signInUsername}
        />
        <PasswordInput
          label={t("signIn.password")}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="current-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          data-testid={TESTID.signInPassword}
        />
        <div role="alert" data-testid={TESTID.signInError}>
          {said && <Banner tone="callback_due">{said}</Banner>}
        </div>
        <Button type="submit" variant="filled" disabled={busy} data-testid={TESTID.signInSubmit}>
          {busy ? t("signIn.busy") : t("signIn.submit")}
        </Button>
      </form>
      <p className="small second">{t("signIn.help")}</p>
    </Door>
  );
}

/** What went wrong and what to do about it. */
function useSentence(problem: ApiProblem | null): string | null {
  const { t, lang } = useWords();
  if (!problem) return null;
  if (problem.status === 401) return t("signIn.wrong");
  if (problem.status === 423) {
    const { retryAfter } = problem;
    return retryAfter
      ? t("signIn.lockedUntil", { time: full(Date.now() + retryAfter * 1000, lang) })
      : t("signIn.locked");
  }
  if (problem.kind === "account-disabled") return t("signIn.disabled");
  if (problem.kind === "account-not-set-up") return t("signIn.notSetUp");
  if (problem.status === 429) {
    return t("signIn.tooOften", { seconds: problem.retryAfter ?? 60 });
  }
  if (problem.offline) return t("signIn.offline");
  return t("signIn.failed", { detail: problem.body.detail ?? problem.message });
}
