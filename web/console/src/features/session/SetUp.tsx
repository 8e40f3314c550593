// The one-time link of a new or reset account: the token is in the fragment, which a browser never
// sends and a log never sees. The person chooses a password here.
import { Button, PasswordInput } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useState } from "react";
import * as api from "../../api/operations";
import { type ApiProblem, asProblem } from "../../api/problem";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { TESTID } from "../../ui/testid";
import { Door } from "./Door";

const PASSWORD_LENGTH_MIN = 10;

export function SetUp() {
  const { t } = useWords();
  const [token] = useState(() => new URLSearchParams(location.hash.slice(1)).get("token") ?? "");
  const [password, setPassword] = useState("");
  const [repeat, setRepeat] = useState("");
  const [state, setState] = useState<"asking" | "sending" | "done">("asking");
  const [problem, setProblem] = useState<ApiProblem | null>(null);
  useEffect(() => {
    document.title = t("setUp.heading");
    // The token does not stay in the address bar or in the history.
    if (location.hash) history.replaceState(history.state, "", location.pathname);
  }, [t]);

  const tooShort = password.length > 0 && password.length < PASSWORD_LENGTH_MIN;
  const differs = repeat.length > 0 && repeat !== password;

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (password.length < PASSWORD_LENGTH_MIN || password !== repeat) return;
    setState("sending");
    setProblem(null);
    try {
      await api.setUpPassword(token, password);
      setState("done");
    } catch (error) {
      setProblem(asProblem(error));
      setState("asking");
    }
  }

  if (!token) {
    return (
      <Door title={t("setUp.heading")}>
        <Banner tone="callback_due">{t("setUp.noToken")}</Banner>
      </Door>
    );
  }
  if (state === "done") {
    return (
      <Door title={t("setUp.doneHeading")}>
        <p>{t("setUp.done")}</p>
        <Link to="/sign-in" className="row-link">
          {t("signIn.heading")}
        </Link>
      </Door>
    );
  }
  return (
    <Door title={t("setUp.heading")}>
      <form className="stack" onSubmit={submit}>
        <p className="second">{t("setUp.rule")}</p>
        <PasswordInput
          label={t("setUp.password")}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          error={tooShort ? t("setUp.tooShort") : undefined}
          autoComplete="new-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          data-testid={TESTID.setUpPassword}
        />
        <PasswordInput
          label={t("setUp.repeat")}
          value={repeat}
          onChange={(event) => setRepeat(event.currentTarget.value)}
          error={differs ? t("setUp.differs") : undefined}
          autoComplete="new-password"
          required
          withAsterisk={false}
          visibilityToggleButtonProps={{ "aria-label": t("signIn.showPassword") }}
          data-testid={TESTID.setUpRepeat}
        />
        <div role="alert">
          {problem && <Banner tone="callback_due">{sentence(problem, t)}</Banner>}
        </div>
        <Button
          type="submit"
          variant="filled"
          disabled={state === "sending"}
          data-testid={TESTID.setUpSubmit}
        >
          {t("setUp.submit")}
        </Button>
      </form>
    </Door>
  );
}

function sentence(problem: ApiProblem, t: ReturnType<typeof useWords>["t"]): string {
  if (problem.offline) return t("signIn.offline");
  const field = problem.body.errors?.[0]?.field;
  if (field === "password") return t("setUp.weak");
  if (field === "token" || problem.status === 404) return t("setUp.used");
  if (problem.status === 429) return t("signIn.tooOften", { seconds: problem.retryAfter ?? 60 });
  return t("signIn.failed", { detail: problem.body.detail ?? problem.message });
}
