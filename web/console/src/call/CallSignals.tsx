// What the call does to the ear, the page title and the screen reader. Derived from the state alone,
// so that none of them can disagree with the bar.
import { useEffect } from "react";
import { useWords } from "../i18n";
import { announce } from "../ui/Announcer";
import { useCall, useTab } from "./CallProvider";
import { callOf } from "./machine";
import { ring } from "./ringer";

/** Seconds on hold at which the wait is said, politely. */
const HOLD_SAID_S = [30, 60, 120, 180, 240, 300];
/** Seconds left of a wrap-up at which it is said. */
const WRAP_UP_SAID_S = [30, 10];

export function CallSignals() {
  const { t } = useWords();
  const state = useCall();
  const tab = useTab();
  const { desk, link, media, station } = state;
  const byTelephone = station !== null;
  const call = callOf(desk);
  const ringing = desk.kind === "ringing" && tab.role === "primary";
  const ringClass = desk.kind === "ringing" ? (call?.class ?? null) : null;
  const number = call?.number ?? call?.number_masked ?? "";

  useEffect(() => {
    if (!ringing || !ringClass) return;
    announce(t("signal.ringing", { class: t(`class.${ringClass}`), number }), "assertive");
    return ring(ringClass);
  }, [ringing, ringClass, number, t]);

  useEffect(() => {
    const word = t(`state.${desk.kind}`);
    const who = desk.kind === "ringing" || desk.kind === "talking" ? ` ${number}` : "";
    document.title = `${desk.kind === "ringing" ? "● " : ""}${word}${who} – ${t("app.name")}`;
  }, [desk.kind, number, t]);

  useEffect(() => {
    if (desk.kind !== "ringing" && desk.kind !== "unknown") {
      announce(t(`state.${desk.kind}`));
    }
  }, [desk.kind, t]);

  useEffect(() => {
    if (byTelephone) return;
    if (media.kind === "lost") announce(t("warn.soundLost"), "assertive");
    if (media.kind === "reconnecting") announce(t("warn.reconnecting"), "assertive");
    if (media.kind === "voiceless") announce(t("warn.voiceless"), "assertive");
  }, [media.kind, byTelephone, t]);

  useEffect(() => {
    if (link.kind === "offline") announce(t("warn.screenOfflineSaid"), "assertive");
  }, [link.kind, t]);

  const heldSince = desk.kind === "on_hold" ? desk.since : null;
  useEffect(() => {
    if (heldSince === null) return;
    return sayAt(
      HOLD_SAID_S.map((seconds) => ({ at: heldSince + seconds * 1000, seconds })),
      (seconds) => announce(t("signal.held", { seconds })),
    );
  }, [heldSince, t]);

  const wrapUpUntil = desk.kind === "wrap_up" ? desk.until : null;
  useEffect(() => {
    if (wrapUpUntil === null) return;
    return sayAt(
      WRAP_UP_SAID_S.map((seconds) => ({ at: wrapUpUntil - seconds * 1000, seconds })),
      (seconds) => announce(t("signal.wrapUp", { seconds })),
    );
  }, [wrapUpUntil, t]);

  return null;
}

function sayAt(moments: { at: number; seconds: number }[], say: (seconds: number) => void) {
  const timers = moments
    .filter(({ at }) => at > Date.now())
    .map(({ at, seconds }) => setTimeout(() => say(seconds), at - Date.now()));
  return () => {
    for (const timer of timers) clearTimeout(timer);
  };
}
