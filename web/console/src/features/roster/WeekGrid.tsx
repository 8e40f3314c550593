// A week by agent: a row for each, a column for each day, shifts as bars that go on over midnight.
// One stop for Tab; arrow keys go from shift to shift and from day to day.
import { type KeyboardEvent, useState } from "react";
import type { RosterWeek } from "../../api/types";
import { weekday } from "../../format";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { type Bar, barsOf, DAYS, dayAfter, dayOf, timeOf } from "./week";

/** Where something is to be added, or the shift that is to be changed. */
export interface Place {
  agent: string;
  day: string;
  entry: string | null;
}

const LANE_PX = 24;

/** The name of a place in the page. */
export function stopOf(agent: string, day: string, entry: string | null): string {
  return `${agent} ${day} ${entry ?? "add"}`;
}

export function WeekGrid({
  week,
  onChoose,
}: {
  week: RosterWeek;
  onChoose: (place: Place) => void;
}) {
  const { t, lang } = useWords();
  const [at, setAt] = useState("");
  const today = dayOf(Date.now());
  const days = DAYS.map((number) => dayAfter(week.from, number));
  const rows = week.agents.map((agent) => ({ agent, bars: barsOf(week, agent.agent) }));
  // What had the focus may be gone, with its week or its shift; Tab must still find a way in.
  const stops = rows.flatMap(({ agent: { agent }, bars }) =>
    days.flatMap((day, column) => [
      stopOf(agent, day, null),
      ...bars.filter((bar) => bar.day === column).map(({ span }) => stopOf(agent, day, span.entry)),
    ]),
  );
  const stop = stops.includes(at) ? at : stops[0];
  return (
    <div className="scroll roster-scroll">
      <table className="week" onKeyDown={move} data-testid={TESTID.rosterGrid}>
        <thead>
          <tr>
            <th scope="col">{t("roster.agent")}</th>
            {days.map((day) => (
              <th key={day} scope="col" className={day === today ? "today" : undefined}>
                {weekday(day, lang)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ agent, bars }) => {
            const lanes = Math.max(1, ...bars.map(({ lane }) => lane + 1));
            return (
              <tr key={agent.agent} style={{ height: lanes * LANE_PX + 8 }}>
                <th scope="row">
                  {agent.name}
                  <br />
                  <span className="second small">{t(`role.${agent.role}`)}</span>
                </th>
                {days.map((day, column) => (
                  <Cell
                    key={day}
                    week={week}
                    agent={agent}
                    day={day}
                    bars={bars.filter((bar) => bar.day === column)}
                    stop={stop}
                    onFocus={setAt}
                    onChoose={onChoose}
                  />
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

function Cell({
  week,
  agent,
  day,
  bars,
  stop,
  onFocus,
  onChoose,
}: {
  week: RosterWeek;
  agent: RosterWeek["agents"][number];
  day: string;
  bars: Bar[];
  stop: string | undefined;
  onFocus: (stop: string) => void;
  onChoose: (place: Place) => void;
}) {
  const { t, lang } = useWords();
  const leave = leaveOn(week, agent.agent, day);
  const handle = (entry: string | null) => {
    const name = stopOf(agent.agent, day, entry);
    return {
      "data-stop": name,
      "data-column": day,
      tabIndex: name === stop ? 0 : -1,
      onFocus: () => onFocus(name),
      onClick: () => onChoose({ agent: agent.agent, day, entry }),
    };
  };
  return (
    <td className={leave ? "on-leave" : undefined}>
      {leave && (
        <button
          type="button"
          className="leave"
          {...handle(leave.id)}
          data-testid={TESTID.rosterLeave}
        >
          {leave.of ? t("roster.offOnce") : t(`leaveReason.${leave.reason}`)}
        </button>
      )}
      {bars.map((bar) => (
        <ShiftBar key={bar.span.entry + bar.span.day} bar={bar} {...handle(bar.span.entry)} />
      ))}
      <button
        type="button"
        className="add"
        aria-label={t("roster.addFor", { name: agent.name, day: weekday(day, lang) })}
        data-testid={TESTID.rosterAdd}
        data-agent={agent.name}
        {...handle(null)}
      >
        +
      </button>
    </td>
  );
}

function ShiftBar({ bar, ...handle }: { bar: Bar } & React.ComponentProps<"button">) {
  const { t, lang } = useWords();
  const { span, cut } = bar;
  const shown = `${short(clockOf(span.from))}–${short(clockOf(span.until))}`;
  const words = t("roster.shiftOf", {
    name: span.name,
    day: weekday(span.day, lang),
    time: shown,
    queues: span.queues.join(", "),
  });
  return (
    <button
      type="button"
      className={cut ? `bar-of-shift cut-${cut}` : "bar-of-shift"}
      style={{
        left: `${bar.left * 100}%`,
        width: `calc(${bar.width * 100}% - 2px)`,
        top: bar.lane * LANE_PX + 4,
      }}
      aria-label={words}
      title={words}
      data-testid={TESTID.rosterShift}
      {...handle}
    >
      {shown}
    </button>
  );
}

/** Leave on this day, from all shifts or from one. */
function leaveOn(week: RosterWeek, agent: string, day: string) {
  for (const { id, agent: whose, plan } of week.entries) {
    if (whose !== agent || plan.kind !== "leave") continue;
    if (plan.from <= day && day <= plan.until) return { id, of: plan.of, reason: plan.reason };
  }
  return null;
}

/** The time of day in India. */
function clockOf(at: string): string {
  const minutes = Math.floor(Date.parse(at) / 60_000) + 330;
  return timeOf(((minutes % 1440) + 1440) % 1440);
}

const short = (time: string) => time.replace(/:00$/, "");

function move(event: KeyboardEvent<HTMLTableElement>): void {
  const now = document.activeElement as HTMLElement | null;
  const row = now?.closest("tr");
  if (!now?.dataset.stop || !row) return;
  const to = target(event.key, now, row as HTMLTableRowElement);
  if (to === null) return;
  event.preventDefault();
  to?.focus();
}

/** Where a key leads; null for a key that is not ours. */
function target(
  key: string,
  now: HTMLElement,
  row: HTMLTableRowElement,
): HTMLElement | null | undefined {
  const stops = [...row.querySelectorAll<HTMLElement>("[data-stop]")];
  const at = stops.indexOf(now);
  const beside = (other: Element | null) =>
    other?.querySelector<HTMLElement>(`[data-column="${now.dataset.column}"]`) ?? undefined;
  switch (key) {
    case "ArrowRight":
      return stops[at + 1];
    case "ArrowLeft":
      return stops[at - 1];
    case "ArrowDown":
      return beside(row.nextElementSibling);
    case "ArrowUp":
      return beside(row.previousElementSibling);
    case "Home":
      return stops[0];
    case "End":
      return stops.at(-1);
    default:
      return null;
  }
}
