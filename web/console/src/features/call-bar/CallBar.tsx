// The call bar: what is happening at the left, who in the middle, the keys at the right, and a free
// corner where the emergency key will be. Same height and order in every state.

import { useCall, useCallStore, useTab } from "../../call/CallProvider";
import { callOf, hasSound, inCall } from "../../call/machine";
import type { Desk } from "../../call/state";
import { duration, secondsLeft } from "../../format";
import { useWords } from "../../i18n";
import { ClassBadge } from "../../ui/ClassBadge";
import { Icon } from "../../ui/Icon";
import { useKeys } from "../../ui/keys";
import { TESTID } from "../../ui/testid";
import { useNow } from "../../ui/useNow";
import { BarWho } from "./BarWho";
import { barView, HOLD_LONG_MS } from "./bar-view";
import { CallKey } from "./CallKey";

export interface BarProps {
  strip: "none" | "status" | "line" | "keypad";
  onStatus: () => void;
  onLine: () => void;
  onKeypad: () => void;
  onCheckAgain: () => void;
}

export function CallBar(props: BarProps) {
  const { t } = useWords();
  const state = useCall();
  const tab = useTab();
  const elsewhere = tab.role === "secondary";
  const view = barView(elsewhere ? { ...state, desk: { kind: "observer" } } : state);
  const call = callOf(state.desk);
  return (
    <header
      className={`bar c-${view.tone}`}
      data-testid={TESTID.bar}
      data-state={state.desk.kind}
      data-media={state.media.kind}
    >
      <div
        className={`bar-state ${view.hatched ? "hatched" : ""} ${view.pulses ? "pulse" : ""}`}
        data-testid={TESTID.barState}
      >
        <Icon name={view.icon} size={28} />
        <div>
          <b>{t(`state.${elsewhere ? (tab.other ?? "unknown") : state.desk.kind}`)}</b>
          <BarTimer />
        </div>
      </div>
      <BarWho figures={props.strip === "line"} onLine={props.onLine} />
      <div className="bar-keys">{!elsewhere && <Keys {...props} />}</div>
      <div className="bar-corner">
        {call?.class === "emergency" && <ClassBadge name="emergency" />}
      </div>
    </header>
  );
}

function BarTimer() {
  const { t } = useWords();
  const state = useCall();
  const now = useNow(500);
  const { timer } = barView(state);
  if (!timer) return null;
  const up = timer.count === "up";
  const shown = up ? duration(now - timer.from) : duration(secondsLeft(timer.to, now) * 1000);
  const late = state.desk.kind === "on_hold" && now - state.desk.since > HOLD_LONG_MS;
  return (
    <span
      className={late ? "time late" : "time"}
      role="timer"
      aria-live="off"
      data-testid={TESTID.barTimer}
    >
      {shown}
      {!up && timer.of_s && <small> {t("bar.of", { seconds: timer.of_s })}</small>}
    </span>
  );
}

function Keys({ strip, onStatus, onKeypad, onCheckAgain }: BarProps) {
  const { desk, media, station } = useCall();
  const status = <StatusKey open={strip === "status"} onClick={onStatus} />;
  switch (desk.kind) {
    case "unknown":
    case "observer":
      return null;
    case "ringing":
      return station ? <TelephoneKeys /> : <RingingKeys desk={desk} />;
    case "talking":
    case "on_hold":
      return (
        <>
          {status}
          <LiveKeys
            held={desk.kind === "on_hold"}
            keypad={strip === "keypad"}
            onKeypad={onKeypad}
          />
        </>
      );
    case "available":
    case "wrap_up":
      return status;
    case "offline":
    case "break":
    case "not_responding":
      return (
        <>
          {status}
          {!station && (media.kind === "off" || media.kind === "refused") ? (
            <CheckKey onClick={onCheckAgain} />
          ) : (
            <AvailableKey />
          )}
        </>
      );
  }
}

function RingingKeys({ desk }: { desk: Extract<Desk, { kind: "ringing" }> }) {
  const { t } = useWords();
  const store = useCallStore();
  const { pending } = useCall();
  const busy = pending?.do === "answer" || pending?.do === "decline";
  const answer = () => store.ask({ do: "answer" });
  const decline = () => store.ask({ do: "decline" });
  useKeys([
    { chord: "F2", label: t("bar.answer"), run: answer, hint: true },
    { chord: "Shift+F2", label: t("bar.decline"), run: decline, hint: true },
  ]);
  return (
    <>
      <CallKey
        key={String(desk.reservation_id)}
        icon="phone"
        word={busy ? t("bar.answering") : t("bar.answer")}
        chord="F2"
        primary
        takesFocus
        disabled={busy}
        onClick={answer}
        testid={TESTID.answer}
      />
      <CallKey
        icon="cross"
        word={t("bar.decline")}
        chord="Shift+F2"
        disabled={busy}
        onClick={decline}
        testid={TESTID.decline}
      />
    </>
  );
}

/** The telephone is answered by lifting its handset; here one can only decline. */
function TelephoneKeys() {
  const { t } = useWords();
  const store = useCallStore();
  const { pending, station } = useCall();
  const decline = () => store.ask({ do: "decline" });
  useKeys([{ chord: "Shift+F2", label: t("bar.decline"), run: decline, hint: true }]);
  return (
    <>
      <b role="status" data-testid={TESTID.telephoneRings}>
        {station?.state === "calling" ? t("station.calling") : t("station.rings")}
      </b>
      <CallKey
        icon="cross"
        word={t("bar.decline")}
        chord="Shift+F2"
        disabled={pending?.do === "decline"}
        onClick={decline}
        testid={TESTID.decline}
      />
    </>
  );
}

function LiveKeys({
  held,
  keypad,
  onKeypad,
}: {
  held: boolean;
  keypad: boolean;
  onKeypad: () => void;
}) {
  const { t } = useWords();
  const store = useCallStore();
  const { muted, pending, station } = useCall();
  const hold = () => store.ask({ do: held ? "resume" : "hold" });
  const mute = () => store.dispatch({ kind: "mute_toggled" });
  const end = () => store.ask({ do: "hang_up" });
  const holdWord = held ? t("bar.resume") : t("bar.hold");
  const muteWord = muted ? t("bar.unmute") : t("bar.mute");
  useKeys([
    { chord: "F4", label: holdWord, run: hold, hint: true },
    // A telephone has a key of its own for that.
    ...(station ? [] : [{ chord: "F8", label: muteWord, run: mute, hint: true }]),
    { chord: "Shift+F8", label: t("bar.keypad"), run: onKeypad },
    { chord: "Shift+F2", label: t("bar.end"), run: end, hint: true },
  ]);
  const holding = pending?.do === "hold" || pending?.do === "resume";
  return (
    <>
      <CallKey
        icon="hold"
        word={holdWord}
        chord="F4"
        on={held}
        disabled={holding}
        onClick={hold}
        testid={TESTID.hold}
      />
      {!station && (
        <CallKey
          icon="microphone"
          word={muteWord}
          chord="F8"
          on={muted}
          onClick={mute}
          testid={TESTID.mute}
        />
      )}
      <CallKey
        icon="keypad"
        word={t("bar.keypad")}
        chord="Shift+F8"
        on={keypad}
        onClick={onKeypad}
        testid={TESTID.keypad}
      />
      <CallKey
        icon="end"
        word={t("bar.end")}
        chord="Shift+F2"
        disabled={pending?.do === "hang_up"}
        onClick={end}
        testid={TESTID.end}
      />
    </>
  );
}

function AvailableKey() {
  const { t } = useWords();
  const store = useCallStore();
  const state = useCall();
  const { desk, pending } = state;
  const word = desk.kind === "not_responding" ? t("bar.back") : t("bar.available");
  const available = () => store.ask({ do: "available" });
  useKeys([{ chord: "F2", label: word, run: available, hint: true }]);
  return (
    <CallKey
      icon="check"
      word={word}
      chord="F2"
      primary
      disabled={!hasSound(state) || pending?.do === "available"}
      onClick={available}
      testid={TESTID.goAvailable}
    />
  );
}

function CheckKey({ onClick }: { onClick: () => void }) {
  const { t } = useWords();
  useKeys([{ chord: "F2", label: t("bar.check"), run: onClick, hint: true }]);
  return <CallKey icon="microphone" word={t("bar.check")} chord="F2" primary onClick={onClick} />;
}

function StatusKey({ open, onClick }: { open: boolean; onClick: () => void }) {
  const { t } = useWords();
  const { desk } = useCall();
  const word = inCall(desk) || desk.kind === "wrap_up" ? t("bar.then") : t("bar.status");
  useKeys([{ chord: "KeyQ", label: word, run: onClick, hint: true }]);
  return (
    <CallKey
      icon="cup"
      word={word}
      chord="KeyQ"
      on={open}
      onClick={onClick}
      testid={TESTID.statusMenu}
    />
  );
}
