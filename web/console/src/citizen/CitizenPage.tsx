// The citizen's page: one call from the browser, and a plain telephone as the way that always works.
// Phone first, 320 px and up, nothing to install, no account. Only what works is shown.
import { useEffect, useState, useSyncExternalStore } from "react";
import { duration } from "../format";
import { setLanguage, useWords } from "../i18n";
import { announce } from "../ui/Announcer";
import { Icon } from "../ui/Icon";
import { LevelBar } from "../ui/LevelBar";
import { TESTID } from "../ui/testid";
import { useNow } from "../ui/useNow";
import { WebCall, type WebCallState } from "./web-call";

export function CitizenPage() {
  const { t, lang } = useWords();
  const [call] = useState(() => new WebCall(() => document.documentElement.lang));
  const state = useSyncExternalStore(call.subscribe, call.snapshot);
  const busy = isBusy(state);
  useEffect(() => {
    document.title = t("citizen.title");
  }, [t]);
  useEffect(() => {
    if (state.kind !== "idle") announce(t(`citizen.state.${state.kind}`), "assertive");
  }, [state.kind, t]);
  useEffect(() => {
    if (!busy) return;
    // Closing the page ends the call; let the browser ask first.
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, [busy]);

  return (
    <div className="citizen">
      <header className="citizen-head">
        <Icon name="clinical" size={28} />
        <div>
          <h1>{t("citizen.title")}</h1>
          <p>{t("citizen.hours")}</p>
        </div>
        <button
          type="button"
          className="citizen-language"
          lang={lang === "hi" ? "en" : "hi"}
          onClick={() => setLanguage(lang === "hi" ? "en" : "hi")}
          data-testid={TESTID.language}
        >
          {t("app.otherLanguage")}
        </button>
      </header>
      <main className="citizen-main">
        {busy ? <OnCall call={call} state={state} /> : <Start call={call} state={state} />}
      </main>
      <footer className="citizen-foot">
        <p>{t("citizen.noInternet")}</p>
        <a className="citizen-tel" href="tel:104">
          <Icon name="phone" /> {t("citizen.dial")}
        </a>
      </footer>
    </div>
  );
}

function Start({ call, state }: { call: WebCall; state: WebCallState }) {
  const { t } = useWords();
  return (
    <>
      {state.kind === "ended" && (
        <p className="citizen-note" data-testid={TESTID.citizenState} data-state="ended">
          <b>{t("citizen.state.ended")}</b> {t(state.talked ? "citizen.thanks" : "citizen.again")}
        </p>
      )}
      {state.kind === "failed" && (
        <div
          className="banner c-callback_due"
          role="alert"
          data-testid={TESTID.citizenState}
          data-state="failed"
        >
          <Icon name="warning" size={20} />
          <div>
            <b>{t("citizen.state.failed")}</b>
            <p>{t(`citizen.failed.${state.why}`)}</p>
          </div>
        </div>
      )}
      <button
        type="button"
        className="citizen-call"
        onClick={() => call.start()}
        data-testid={TESTID.citizenCall}
      >
        <span className="citizen-round">
          <Icon name="phone" size={28} />
        </span>
        <span>
          <b>{t("citizen.call")}</b>
          <small>{t("citizen.callHelp")}</small>
        </span>
      </button>
      <section className="citizen-note">
        <h2>{t("citizen.before")}</h2>
        <ul className="citizen-list">
          <li>
            <Icon name="microphone" size={20} /> {t("citizen.microphone")}
          </li>
          <li>
            <Icon name="emergency" size={20} /> {t("citizen.press9")}
          </li>
          <li>
            <Icon name="person" size={20} /> {t("citizen.press0")}
          </li>
          <li>
            <Icon name="lock" size={20} /> {t("citizen.recorded")}
          </li>
        </ul>
      </section>
    </>
  );
}

function OnCall({ call, state }: { call: WebCall; state: WebCallState }) {
  const { t } = useWords();
  const live = state.kind !== "asking" && state.kind !== "connecting";
  return (
    <>
      <section className="citizen-state" data-testid={TESTID.citizenState} data-state={state.kind}>
        <h2>{t(`citizen.state.${state.kind}`)}</h2>
        <StateLine state={state} />
        {state.kind === "asking" && <p>{t("citizen.askingHelp")}</p>}
        {live && (
          <p className="citizen-level">
            <Icon name="microphone" /> {t("citizen.you")}{" "}
            <LevelBar read={() => call.level()} label={t("check.level")} />
          </p>
        )}
      </section>
      {live && <CitizenKeypad press={(digit) => call.press(digit)} />}
      <button
        type="button"
        className="citizen-end"
        onClick={() => call.hangUp()}
        data-testid={TESTID.citizenHangUp}
      >
        <Icon name="end" size={24} /> {t("citizen.hangUp")}
      </button>
    </>
  );
}

function StateLine({ state }: { state: WebCallState }) {
  const { t } = useWords();
  const now = useNow();
  if (state.kind === "waiting") {
    return (
      <>
        {state.position !== null && (
          <p className="citizen-place">{t("citizen.place", { position: state.position + 1 })}</p>
        )}
        <p role="timer">{t("citizen.waited", { time: duration(now - state.since) })}</p>
      </>
    );
  }
  if (state.kind === "talking") {
    return (
      <p role="timer" className="citizen-place">
        {duration(now - state.since)}
        {state.held && ` · ${t("citizen.held")}`}
      </p>
    );
  }
  return null;
}

const SMALL = ["1", "2", "3", "4", "5", "6", "7", "8"] as const;

/** 9 and 0 are the two keys that work at every moment; they are large and say what they do. */
function CitizenKeypad({ press }: { press: (digit: string) => void }) {
  const { t } = useWords();
  const key = (digit: string) => ({
    type: "button" as const,
    onClick: () => press(digit),
    "data-testid": `${TESTID.citizenDigit}-${digit}`,
  });
  return (
    <div className="citizen-keys">
      <button className="citizen-nine" {...key("9")}>
        <b>9</b> <Icon name="emergency" size={22} /> {t("citizen.nine")}
      </button>
      <button className="citizen-zero" {...key("0")}>
        <b>0</b> <Icon name="person" size={22} /> {t("citizen.zero")}
      </button>
      <fieldset className="citizen-digits">
        <legend className="unseen">{t("citizen.otherKeys")}</legend>
        {SMALL.map((digit) => (
          <button key={digit} {...key(digit)}>
            {digit}
          </button>
        ))}
      </fieldset>
    </div>
  );
}

function isBusy(state: WebCallState): boolean {
  return state.kind !== "idle" && state.kind !== "ended" && state.kind !== "failed";
}
