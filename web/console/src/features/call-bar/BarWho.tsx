// The middle of the bar: who is on the line and what to know about the line itself.
import { useCall, useCallStore, useTab } from "../../call/CallProvider";
import { callOf, hasSound, heardQuality, inCall } from "../../call/machine";
import type { CallState } from "../../call/state";
import { duration, shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { ClassBadge } from "../../ui/ClassBadge";
import { Icon } from "../../ui/Icon";
import { LevelBar } from "../../ui/LevelBar";
import { TESTID } from "../../ui/testid";
import { useNow } from "../../ui/useNow";
import { useContact } from "../contact/useContact";
import { LineMark } from "./LineMark";
import { RecordingMark } from "./RecordingMark";

interface LineProps {
  /** Whether the figures of the line are open below the bar. */
  figures: boolean;
  onLine: () => void;
}

export function BarWho(props: LineProps) {
  return (
    <div className="bar-who">
      <div className="first">
        <First />
      </div>
      <div className="second-line">
        <Second {...props} />
      </div>
    </div>
  );
}

function First() {
  const { t, lang } = useWords();
  const { desk } = useCall();
  const tab = useTab();
  const call = callOf(desk);
  const contact = useContact(desk.kind === "ringing" ? null : call?.contact_id).data;
  const withheld = call?.medium === "web_call" ? t("bar.browserCall") : t("bar.withheld");
  const nameless = numberOf(call) ?? withheld;
  const person = (lang === "hi" && contact?.name_hi) || contact?.name;
  if (tab.role === "secondary") return <b>{t("tab.short")}</b>;
  switch (desk.kind) {
    case "unknown":
      return <b>{t("bar.first.unknown")}</b>;
    case "observer":
      return <b>{t("bar.first.observer")}</b>;
    case "offline":
      return <b>{t("bar.first.offline")}</b>;
    case "available":
      return <b>{t("bar.first.available")}</b>;
    case "ringing":
      return (
        <>
          <b>{nameless}</b>
          {desk.ringing && desk.ringing.people_known > 0 && (
            <span className="second">
              {" · "}
              {t("bar.known", { count: desk.ringing.people_known })}
            </span>
          )}
        </>
      );
    case "talking":
      return <b>{person ?? nameless}</b>;
    case "on_hold":
      return (
        <>
          <b>{person ?? nameless}</b> <span className="second">{t("bar.first.hold")}</span>
        </>
      );
    case "wrap_up":
      return (
        <>
          <b>{person ?? nameless}</b> <span className="second">{t("bar.first.wrapUp")}</span>
        </>
      );
    case "break":
      return <b>{t("bar.first.break", { reason: t(`break.${desk.reason}`) })}</b>;
    case "not_responding":
      return <b>{t("bar.first.notResponding")}</b>;
  }
}

function Second(props: LineProps) {
  const state = useCall();
  const { t } = useWords();
  const tab = useTab();
  const warning = useWarning(state);
  const { desk, next } = state;
  const call = callOf(desk);
  if (tab.role === "secondary") return <span>{t("tab.readOnly")}</span>;
  return (
    <>
      {call && <ClassBadge name={call.class} />}
      {warning ? (
        <span className="warned" data-testid={TESTID.barNotice}>
          <Icon name="warning" />
          {warning}
        </span>
      ) : (
        <Facts state={state} {...props} />
      )}
      {next && (
        <span className="tag">
          <Icon name="cup" size={13} />
          {next.next === "break"
            ? t("bar.thenBreak", { reason: t(`break.${next.reason}`) })
            : t("bar.thenOffline")}
        </span>
      )}
    </>
  );
}

function Facts({ state, figures, onLine }: LineProps & { state: CallState }) {
  const { t } = useWords();
  const store = useCallStore();
  const { desk, queues, muted } = state;
  const quality = heardQuality(state);
  const call = callOf(desk);
  if (inCall(desk)) {
    return (
      <>
        <span>{call?.medium === "web_call" ? t("bar.fromBrowser") : shortNumber(call)}</span>
        <RecordingMark />
        {quality && <LineMark quality={quality} open={figures} onToggle={onLine} />}
        {state.station && (
          <span>
            <Icon name="phone" />
            {t("station.talks")}
          </span>
        )}
        <span hidden={state.station !== null}>
          <Icon name="microphone" />
          {muted ? <b className="warned">{t("bar.muted")}</b> : t("bar.mic")}
          {!muted && <LevelBar read={() => store.softphone.level()} label={t("check.level")} />}
        </span>
      </>
    );
  }
  if (desk.kind === "ringing" && call) {
    return (
      <>
        {call.language && (
          <span>
            <Icon name="globe" />
            {t(`language.${call.language === "hi" ? "hi" : "en"}`)}
          </span>
        )}
        <span>
          <Icon name="clock" />
          {t("bar.waited", { time: shortDuration(call.waited_ms) })}
        </span>
        <span>{t("bar.line", { number: call.dialled })}</span>
      </>
    );
  }
  if (desk.kind === "wrap_up") return <span>{t("bar.outcomeNeeded")}</span>;
  if (desk.kind === "not_responding") return <span>{t("bar.notRespondingHelp")}</span>;
  if (desk.kind === "offline" && !hasSound(state)) {
    return <span>{t("bar.soundFirst")}</span>;
  }
  const waiting = queues.reduce((sum, queue) => sum + queue.waiting, 0);
  const longest = Math.max(0, ...queues.map((queue) => queue.longest_wait_ms));
  return (
    <span>
      {waiting === 0
        ? t("bar.nobodyWaits")
        : t("bar.waiting", { count: waiting, time: shortDuration(longest) })}
    </span>
  );
}

/** The one thing wrong that the person must know now. Sound comes before screen. */
function useWarning(state: CallState): string | null {
  const { t } = useWords();
  const now = useNow();
  const { desk, link, notice, station, stopping } = state;
  const live = inCall(desk);
  if (station?.state === "unreachable") return t("station.unreachable");
  // Whoever talks by telephone does not miss the browser's sound.
  const media: CallState["media"] = station ? { kind: "off" } : state.media;
  if (media.kind === "lost") {
    return live ? t("warn.soundLostLive") : t("warn.soundLost");
  }
  if (media.kind === "reconnecting") {
    return live ? t("warn.reconnectingLive") : t("warn.reconnecting");
  }
  if (media.kind === "voiceless") return live ? t("warn.voicelessLive") : t("warn.voiceless");
  if (media.kind === "refused") return t(`check.refused.${media.why}`);
  if (link.kind === "offline") {
    const time = duration(now - link.since);
    return live ? t("warn.screenOfflineLive", { time }) : t("warn.screenOffline", { time });
  }
  if (stopping !== null) {
    const time = duration(Math.max(0, stopping - now));
    return live ? t("warn.stoppingLive", { time }) : t("warn.stopping");
  }
  if (!notice) return null;
  switch (notice.kind) {
    case "ring_stopped":
      return t(`stopped.${notice.cause}`);
    case "call_ended":
      return desk.kind === "wrap_up" ? null : t("warn.callEnded");
    case "refused":
      return t(`refusal.${refusalWord(notice.problem)}`);
  }
}

function refusalWord(problem: string) {
  if (problem === "no_sound" || problem === "offline") return problem;
  if (problem.includes("reservation")) return "reservation_over";
  if (problem.includes("unsaved") || problem.includes("report") || problem.includes("form")) {
    return "form_unsaved";
  }
  return "other";
}

/** The end of a number is enough to tell two callers apart aloud. */
function shortNumber(call: ReturnType<typeof callOf>): string {
  const number = numberOf(call);
  return number ? `…${number.slice(-5)}` : "";
}

function numberOf(call: ReturnType<typeof callOf>): string | null {
  return call?.number ?? call?.number_masked ?? null;
}
