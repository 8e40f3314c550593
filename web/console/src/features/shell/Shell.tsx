// The console of a signed-in person: bar, rail, screen, hints. The bar is on every screen, in the
// same place and height, idle or live.
import { useQueryClient } from "@tanstack/react-query";
import { Link, Navigate, Outlet, useNavigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { setOnSignedOut } from "../../api/client";
import type { Session } from "../../api/types";
import { CallProvider, useCall, useCallStore, useTab, useTakeOver } from "../../call/CallProvider";
import { CallSignals } from "../../call/CallSignals";
import { unlockAudio } from "../../call/ringer";
import { useWords } from "../../i18n";
import { Banner } from "../../ui/Banner";
import { Icon, type IconName } from "../../ui/Icon";
import { Key } from "../../ui/Key";
import { useKeys } from "../../ui/keys";
import { TESTID } from "../../ui/testid";
import { AudioVerdict } from "../call-bar/AudioVerdict";
import { CallBar } from "../call-bar/CallBar";
import { Keypad } from "../call-bar/Keypad";
import { LineFigures } from "../call-bar/LineMark";
import { RecordingLine } from "../call-bar/RecordingMark";
import { StatusMenu } from "../call-bar/StatusMenu";
import { DeviceCheck } from "../session/DeviceCheck";
import { SESSION, takesCalls, useSession, watches } from "../session/useSession";
import { useStationReturn } from "../settings/station";
import { Hints } from "./Hints";
import { KeysPanel } from "./KeysPanel";

/** Set once the check has been passed in this browser tab; a reload mid-call must not ask again. */
const CHECKED_KEY = "helpline.checked";

export function Gate() {
  const session = useSession();
  const client = useQueryClient();
  const { t } = useWords();
  useEffect(() => setOnSignedOut(() => client.setQueryData(SESSION, null)), [client]);
  if (session === undefined) {
    return (
      <main className="door">
        <p role="status">{t("app.connecting")}</p>
      </main>
    );
  }
  if (session === null) return <Navigate to="/sign-in" />;
  return (
    <CallProvider user={session.user.id} shared={!takesCalls(session)}>
      <CallSignals />
      <Checked session={session} />
    </CallProvider>
  );
}

function Checked({ session }: { session: Session }) {
  const store = useCallStore();
  const tab = useTab();
  const client = useQueryClient();
  useEffect(() => {
    store.onCaseSaved = (id) => {
      void client.invalidateQueries({ queryKey: ["case", id] });
      void client.invalidateQueries({ queryKey: ["cases"] });
    };
  }, [store, client]);
  useStationReturn();
  const [checked, setChecked] = useState(() => sessionStorage.getItem(CHECKED_KEY));
  const primary = tab.role === "primary";
  // A tab that took over has skipped the check.
  useEffect(() => {
    if (primary) setChecked(sessionStorage.getItem(CHECKED_KEY));
  }, [primary]);
  useEffect(() => {
    if (primary && checked === "sound") void store.softphone.start();
  }, [primary, checked, store]);
  if (!checked && primary && takesCalls(session)) {
    return (
      <DeviceCheck
        onDone={(sound) => {
          const passed = sound ? "sound" : "silent";
          sessionStorage.setItem(CHECKED_KEY, passed);
          setChecked(passed);
        }}
      />
    );
  }
  function checkAgain() {
    store.softphone.stop();
    sessionStorage.removeItem(CHECKED_KEY);
    setChecked(null);
  }
  return <Shell session={session} onCheckAgain={checkAgain} />;
}

type Strip = "none" | "status" | "line" | "keypad";

export function Shell({ session, onCheckAgain }: { session: Session; onCheckAgain: () => void }) {
  const { t } = useWords();
  const [strip, setStrip] = useState<Strip>("none");
  const [allKeys, setAllKeys] = useState(false);
  const { desk } = useCall();
  const live = desk.kind === "talking" || desk.kind === "on_hold";
  const toggle = (which: Strip) => setStrip((now) => (now === which ? "none" : which));
  const close = () => setStrip("none");
  useKeys([
    { chord: "Shift+Slash", label: t("keys.all"), run: () => setAllKeys((on) => !on), hint: true },
  ]);
  return (
    <div className="app">
      <a className="skip" href="#screen">
        {t("app.skip")}
      </a>
      <CallBar
        strip={strip}
        onStatus={() => toggle("status")}
        onLine={() => toggle("line")}
        onKeypad={() => toggle("keypad")}
        onCheckAgain={onCheckAgain}
      />
      <Rail session={session} />
      <main className="screen stack" id="screen" tabIndex={-1}>
        <h1 className="unseen">{t("app.name")}</h1>
        <OtherTab />
        <SoundBlocked />
        <AudioVerdict />
        <RecordingLine />
        {strip === "line" && <LineFigures />}
        {strip === "status" && <StatusMenu onClose={close} />}
        {strip === "keypad" && live && <Keypad onClose={close} />}
        <div className={allKeys ? "grow with-keys" : "grow"}>
          <Outlet />
          {allKeys && <KeysPanel onClose={() => setAllKeys(false)} />}
        </div>
      </main>
      <Hints />
    </div>
  );
}

const DESK = { to: "/", icon: "desk", word: "rail.desk" } as const;
const FLOOR = { to: "/floor", icon: "people", word: "rail.floor" } as const;
const AREAS = [
  { to: "/search", icon: "search", word: "rail.search" },
  { to: "/cases", icon: "note", word: "rail.cases" },
  { to: "/roster", icon: "clock", word: "rail.roster" },
  { to: "/settings", icon: "person", word: "rail.settings" },
] as const satisfies { to: string; icon: IconName; word: string }[];

function Rail({ session }: { session: Session }) {
  const { t } = useWords();
  const { desk } = useCall();
  const navigate = useNavigate();
  const first = watches(session) ? FLOOR : DESK;
  useKeys([
    {
      chord: "Slash",
      label: t("keys.search"),
      hint: true,
      run: () => void navigate({ to: "/search", search: { focus: true } }),
    },
    { chord: "KeyH", label: t(first.word), run: () => void navigate({ to: first.to }) },
    { chord: "KeyM", label: t("keys.cases"), run: () => void navigate({ to: "/cases" }) },
    { chord: "KeyR", label: t("rail.roster"), run: () => void navigate({ to: "/roster" }) },
  ]);
  return (
    <nav className="rail" aria-label={t("rail.label")}>
      {[first, ...AREAS].map(({ to, icon, word }) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ exact: to === "/" }}
          activeProps={{ className: "active", "aria-current": "page" }}
        >
          <Icon name={icon} size={20} />
          {t(word)}
        </Link>
      ))}
      <div className="me">
        <b>{session.user.name}</b>
        <small>{t(`state.${desk.kind}`)}</small>
      </div>
    </nav>
  );
}

/** Browsers play nothing on a page that nobody has touched; any key or click lets the sound out. */
function SoundBlocked() {
  const { t } = useWords();
  const { blocked } = useCall();
  if (!blocked) return null;
  return (
    <div role="alert">
      <Banner tone="emergency" testid={TESTID.soundBlocked}>
        <b>{t("warn.soundBlocked")}</b> {t("warn.soundBlockedHelp")}
      </Banner>
    </div>
  );
}

/** A second tab says so, and which one has the call. */
function OtherTab() {
  const { t } = useWords();
  const tab = useTab();
  const takeOver = useTakeOver();
  const secondary = tab.role === "secondary";
  function takeIt() {
    // The other tab has passed the check with this very microphone; a call must not wait for another.
    sessionStorage.setItem(CHECKED_KEY, "sound");
    unlockAudio();
    takeOver();
  }
  useKeys(secondary ? [{ chord: "F2", label: t("tab.takeOver"), run: takeIt, hint: true }] : []);
  if (!secondary) return null;
  return (
    <Banner tone="callback_due" testid={TESTID.otherTab}>
      <div className="row wrap">
        <span className="grow">
          <b>{t("tab.readOnly")}</b>{" "}
          {tab.other ? t("tab.other", { state: t(`state.${tab.other}`) }) : t("tab.otherUnknown")}
        </span>
        <button type="button" className="choice" onClick={takeIt} data-testid={TESTID.takeOver}>
          {t("tab.takeOver")}
          <Key chord="F2" />
        </button>
      </div>
    </Banner>
  );
}
