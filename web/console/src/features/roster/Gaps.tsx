// Seats expected against seats needed: an hour a square, and where they are too few, in words.
import type { RosterWeek } from "../../api/types";
import { weekday } from "../../format";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { dayAfter, gapsOf, HOURS, runsOf, seatsOf, timeOf } from "./week";

export function Gaps({ week }: { week: RosterWeek }) {
  const { t, lang } = useWords();
  const nameOf = useQueueNames();
  if (week.needs.length === 0) return <p className="second small">{t("roster.noNeed")}</p>;
  const gaps = gapsOf(week);
  const moment = (hour: number) =>
    `${weekday(dayAfter(week.from, Math.floor(hour / 24)), lang)} ${timeOf((hour % 24) * 60)}`;
  return (
    <section className="gaps" aria-label={t("roster.gaps")} data-testid={TESTID.rosterGaps}>
      {week.needs.map(({ queue, seats }) => (
        <Strip key={queue} name={nameOf(queue)} need={seats} have={seatsOf(week, queue)} />
      ))}
      {gaps.length === 0 && (
        <p role="status">
          <Icon name="check" size={13} /> {t("roster.noGaps")}
        </p>
      )}
      <ul className="lines scroll">
        {gaps.map((gap) => (
          <li key={`${gap.queue} ${gap.from}`} className="open" data-testid={TESTID.rosterGap}>
            <Icon name="warning" />
            <span>
              {t("roster.gap", {
                queue: nameOf(gap.queue),
                from: moment(gap.from),
                until: moment(gap.until % HOURS),
                have: gap.have,
                need: gap.need,
              })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Says the same as the list below it; so it is for the eye alone. */
function Strip({ name, need, have }: { name: string; need: number[]; have: number[] }) {
  return (
    <div className="strip-of-seats" aria-hidden="true">
      <span className="small">{name}</span>
      <div>
        {runsOf(need, have).map(({ from, hours, kind }) => (
          <i key={from} className={kind} style={{ flexGrow: hours }} />
        ))}
      </div>
    </div>
  );
}
