// Whether the talk is being recorded: a mark in the bar that also pauses and resumes, and below the bar
// what the operator must know or do about it. The caller may stop it at any moment.
import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import type { CallRecording } from "../../api/types";
import { useCall, useCallStore } from "../../call/CallProvider";
import { recordingOf } from "../../call/machine";
import { duration, secondsLeft } from "../../format";
import { useWords } from "../../i18n";
import { announce } from "../../ui/Announcer";
import { Banner } from "../../ui/Banner";
import { Icon, type IconName } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { TESTID } from "../../ui/testid";
import { useNow } from "../../ui/useNow";

const ICONS: Record<CallRecording["state"], IconName> = {
  on: "record",
  paused: "hold",
  no_consent: "cross",
  stopped: "cross",
  failed: "warning",
};

/** In the bar. A button while there is something to pause or resume. */
export function RecordingMark() {
  const { t } = useWords();
  const toggle = useToggle();
  const recording = recordingOf(useCall());
  if (!recording) return null;
  const { state } = recording;
  const shown = (
    <>
      <Icon name={ICONS[state]} />
      {t(`recording.${state}`)}
      {state === "paused" && <TimeLeft until={recording.paused_until} />}
    </>
  );
  const marks = { "data-testid": TESTID.recording, "data-recording": state };
  if (state !== "on" && state !== "paused") {
    return (
      <span className={state === "failed" ? "warned" : ""} {...marks}>
        {shown}
      </span>
    );
  }
  return (
    <span>
      <button
        type="button"
        className={`line-mark recording-mark ${state}`}
        aria-pressed={state === "paused"}
        aria-keyshortcuts="F9"
        title={t(state === "on" ? "recording.pause" : "recording.resume")}
        onClick={toggle}
        {...marks}
      >
        {shown}
      </button>
    </span>
  );
}

function TimeLeft({ until }: { until?: string | null }) {
  const { skew_ms } = useCall();
  const now = useNow(500);
  if (!until) return null;
  return <span> {duration(secondsLeft(Date.parse(until) - skew_ms, now) * 1000)}</span>;
}

function useToggle(): () => void {
  const store = useCallStore();
  const state = recordingOf(useCall())?.state;
  return () => store.ask({ do: state === "paused" ? "resume_recording" : "pause_recording" });
}

/** Below the bar, on every screen; said politely, because the operator is talking. */
export function RecordingLine() {
  const state = useCall();
  const recording = recordingOf(state);
  const call = "call_id" in state.desk ? state.desk.call_id : "";
  useChangesSaid(recording?.state);
  // A region that is there before its words are: screen readers speak no other. Empty, it has no height.
  return (
    <div role="status" aria-live="polite" data-testid={TESTID.recordingLine}>
      {recording && <Told key={call} recording={recording} />}
    </div>
  );
}

function Told({ recording }: { recording: CallRecording }) {
  const { t } = useWords();
  const store = useCallStore();
  const [said, setSaid] = useState(false);
  const [asking, setAsking] = useState(false);
  const toggle = useToggle();
  const runs = recording.state === "on" || recording.state === "paused";
  const stop = () => {
    if (!runs) return;
    if (asking) store.ask({ do: "stop_recording" });
    setAsking(!asking);
  };
  useKeys(
    runs
      ? [
          {
            chord: "F9",
            label: t(recording.state === "on" ? "recording.pause" : "recording.resume"),
            run: toggle,
            hint: true,
          },
          { chord: "Shift+F9", label: t("recording.withdraw"), run: stop },
        ]
      : [],
  );
  if (runs && asking) {
    return (
      <Banner tone="emergency">
        <b>{t("recording.withdrawAsk")}</b>{" "}
        <Button onClick={stop}>{t("recording.withdrawDo")}</Button>{" "}
        <Button onClick={() => setAsking(false)}>{t("recording.withdrawNot")}</Button>
      </Banner>
    );
  }
  if (recording.state === "paused") return <Banner tone="info">{t("recording.pausedHelp")}</Banner>;
  if (recording.state === "failed") {
    return <Banner tone="callback_due">{t("recording.failedHelp")}</Banner>;
  }
  if (recording.state !== "on" || recording.announced || said) return null;
  return (
    <Banner tone="callback_due">
      <b>{t("recording.tell")}</b> {t("recording.tellHelp")}{" "}
      <Button onClick={() => setSaid(true)}>{t("recording.told")}</Button>
    </Banner>
  );
}

/** A pause ends by itself: whoever looks elsewhere is told. */
function useChangesSaid(state: CallRecording["state"] | undefined): void {
  const { t } = useWords();
  const before = useRef(state);
  useEffect(() => {
    if (before.current === "paused" && state === "on")
      announce(t("recording.resumed"), "assertive");
    else if (before.current && state && before.current !== state) announce(t(`recording.${state}`));
    before.current = state;
  }, [state, t]);
}
