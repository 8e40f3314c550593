// The roster: for those who keep it a week of everybody, with gaps; for agents their own shifts.
import { useState } from "react";
import * as api from "../../api/operations";
import type { RosterEntry, RosterWeek } from "../../api/types";
import { day as dayWord } from "../../format";
import { useWords } from "../../i18n";
import { announce } from "../../ui/Announcer";
import { Banner } from "../../ui/Banner";
import { Key } from "../../ui/Key";
import { useKeys } from "../../ui/keys";
import { Panel } from "../../ui/Panel";
import { TESTID } from "../../ui/testid";
import { newKey } from "../case-form/case-draft";
import { useSession, watches } from "../session/useSession";
import { EntryDialog } from "./EntryDialog";
import { Gaps } from "./Gaps";
import { NeedDialog } from "./NeedDialog";
import { OwnShifts } from "./OwnShifts";
import { useRosterChanged, useWeek } from "./useRoster";
import { type Place, stopOf, WeekGrid } from "./WeekGrid";
import { dayAfter, dayOf } from "./week";

type Open = { what: "place"; place: Place } | { what: "need" } | null;

export function RosterPage() {
  const { t } = useWords();
  const session = useSession();
  const keeps = session ? watches(session) : false;
  const [day, setDay] = useState(() => dayOf(Date.now()));
  const { week, failed } = useWeek(day);
  if (failed) return <p className="empty">{t("roster.notRead")}</p>;
  if (!week) {
    return (
      <p className="empty" role="status">
        {t("app.connecting")}
      </p>
    );
  }
  return (
    <div className="roster" data-testid={TESTID.roster}>
      <Panel
        title={keeps ? t("roster.title") : t("roster.own")}
        icon="clock"
        className="grow"
        aside={<WeekKeys week={week} onDay={setDay} />}
      >
        {keeps ? <Kept week={week} onDay={setDay} /> : <OwnShifts week={week} />}
      </Panel>
    </div>
  );
}

/** The week in words, and the ways to others. */
function WeekKeys({ week, onDay }: { week: RosterWeek; onDay: (day: string) => void }) {
  const { t, lang } = useWords();
  const ways = [
    { chord: "KeyP", word: t("roster.before"), day: dayAfter(week.from, -7) },
    { chord: "KeyT", word: t("roster.now"), day: dayOf(Date.now()) },
    { chord: "KeyN", word: t("roster.after"), day: dayAfter(week.from, 7) },
  ];
  useKeys(ways.map(({ chord, word, day }) => ({ chord, label: word, run: () => onDay(day) })));
  return (
    <>
      <b role="status" data-testid={TESTID.rosterWeek}>
        {t("roster.week", { from: dayWord(week.from, lang), until: dayWord(week.until, lang) })}
      </b>
      {ways.map(({ chord, word, day }) => (
        <button key={chord} type="button" className="choice" onClick={() => onDay(day)}>
          {word} <Key chord={chord} />
        </button>
      ))}
    </>
  );
}

/** What those who keep the roster see and do. */
function Kept({ week, onDay }: { week: RosterWeek; onDay: (day: string) => void }) {
  const { t } = useWords();
  const changed = useRosterChanged();
  const [open, setOpen] = useState<Open>(null);
  const [removed, setRemoved] = useState<RosterEntry | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const done = async (words: string, gone: RosterEntry | null = null) => {
    await changed();
    setRemoved(gone);
    setProblem(null);
    close();
    announce(words);
  };
  const attempt = (act: () => Promise<void>) => {
    act().catch(() => setProblem(t("roster.failed")));
  };
  const undo = () =>
    attempt(async () => {
      if (!removed) return;
      await api.restoreRosterEntry(removed.id, removed.version);
      await done(t("roster.restored"));
    });
  const copy = () =>
    attempt(async () => {
      const to = dayAfter(week.from, 7);
      const { added, already } = await api.copyRosterWeek(week.from, to, newKey());
      onDay(to);
      await done(t("roster.copied", { added: added.length, already }));
    });
  const close = () => {
    setOpen(null);
    if (open?.what === "place") focusPlace(open.place);
  };
  useKeys([
    { chord: "KeyG", label: t("roster.toGrid"), run: () => focusPlace(null), hint: true },
    { chord: "KeyC", label: t("roster.copy"), run: copy },
    { chord: "KeyD", label: t("roster.need"), run: () => setOpen({ what: "need" }), hint: true },
  ]);
  return (
    <div className="panel-body roster-body">
      {(removed || problem) && (
        <Banner tone={problem ? "callback_due" : "info"}>
          <div className="row" role={problem ? "alert" : undefined}>
            <span className="grow">{problem ?? t("roster.removed")}</span>
            {removed && !problem && (
              <button
                type="button"
                className="choice"
                onClick={undo}
                data-testid={TESTID.rosterUndo}
              >
                {t("roster.undo")}
              </button>
            )}
          </div>
        </Banner>
      )}
      {open?.what === "place" && (
        <EntryDialog
          key={`${open.place.agent} ${open.place.day} ${open.place.entry ?? ""}`}
          week={week}
          place={open.place}
          onDone={done}
          onClose={close}
        />
      )}
      {open?.what === "need" && <NeedDialog week={week} onDone={done} onClose={close} />}
      {week.entries.length === 0 && <p className="empty">{t("roster.empty")}</p>}
      <WeekGrid week={week} onChoose={(place) => setOpen({ what: "place", place })} />
      <Gaps week={week} />
      <div className="row wrap">
        <button
          type="button"
          className="choice"
          onClick={() => setOpen({ what: "need" })}
          data-testid={TESTID.rosterNeed}
        >
          {t("roster.need")} <Key chord="KeyD" />
        </button>
        <button type="button" className="choice" onClick={copy} data-testid={TESTID.rosterCopy}>
          {t("roster.copy")} <Key chord="KeyC" />
        </button>
        <span className="second small">{t("roster.copyMeans")}</span>
      </div>
    </div>
  );
}

/** Back to where a dialog was opened; else to the place that Tab reaches. */
function focusPlace(place: Place | null): void {
  const named = place && `[data-stop="${stopOf(place.agent, place.day, place.entry)}"]`;
  const found = named ? document.querySelector<HTMLElement>(named) : null;
  const first = document.querySelector<HTMLElement>("[data-stop][tabindex='0']");
  (found ?? first)?.focus();
}
