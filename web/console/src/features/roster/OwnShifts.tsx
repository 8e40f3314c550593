// An agent's own shifts of a week, day by day.
import type { RosterWeek } from "../../api/types";
import { minute, weekday } from "../../format";
import { useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";
import { useQueueNames } from "../desk/useQueueNames";
import { DAYS, dayAfter } from "./week";

export function OwnShifts({ week }: { week: RosterWeek }) {
  const { t, lang } = useWords();
  const nameOf = useQueueNames();
  return (
    <div className="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">{t("roster.day")}</th>
            <th scope="col">{t("roster.shift")}</th>
            <th scope="col">{t("roster.queue")}</th>
          </tr>
        </thead>
        <tbody>
          {DAYS.map((number) => dayAfter(week.from, number)).map((day) => {
            const spans = week.spans.filter((span) => span.day === day);
            const leave = week.entries.find(
              ({ plan }) =>
                plan.kind === "leave" && !plan.of && plan.from <= day && day <= plan.until,
            );
            const away = leave?.plan.kind === "leave" ? leave.plan.reason : null;
            return (
              <tr key={day} data-testid={TESTID.rosterOwnDay} data-day={day}>
                <th scope="row">{weekday(day, lang)}</th>
                <td>
                  {spans.map(({ entry, from, until }) => (
                    <div key={entry}>
                      {minute(from, lang)}–{minute(until, lang)}
                      {until.slice(0, 10) > day && !until.includes("T00:00") && (
                        <span className="second"> {t("roster.nextDay")}</span>
                      )}
                    </div>
                  ))}
                  {spans.length === 0 && (
                    <span className="second">
                      {away ? t(`leaveReason.${away}`) : t("roster.noShift")}
                    </span>
                  )}
                </td>
                <td>
                  {[...new Set(spans.flatMap(({ queues }) => queues))]
                    .map((queue) => nameOf(queue))
                    .join(", ")}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
