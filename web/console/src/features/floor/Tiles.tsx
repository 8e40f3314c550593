// Five figures, each with its definition, and the sums that they must come to.
import type { ReactNode } from "react";
import { type Board, figuresOf, waitsSince } from "../../floor/board";
import { shortDuration } from "../../format";
import { useWords } from "../../i18n";
import { Icon, type IconName } from "../../ui/Icon";
import { TESTID } from "../../ui/testid";
import { useFloorNow } from "./useBoard";

export function Tiles({ board }: { board: Board }) {
  const { t } = useWords();
  const now = useFloorNow(board);
  const figures = figuresOf(board);
  const { longest, states } = figures;
  const busy = states.ringing + states.talking + states.on_hold + states.wrap_up;
  return (
    <section aria-label={t("floor.figures")}>
      <ul className="tiles">
        <Tile
          name="waiting"
          icon="people"
          title={t("floor.waiting")}
          value={figures.waiting}
          means={t("floor.waitingMeans")}
        />
        <Tile
          name="longest"
          icon="clock"
          title={t("floor.longest")}
          value={longest ? shortDuration(now - waitsSince(longest)) : "–"}
          aside={longest ? t(`class.${longest.class}`) : undefined}
          means={t("floor.longestMeans")}
        />
        <Tile
          name="calls"
          icon="phone"
          title={t("floor.calls")}
          value={figures.calls}
          means={t("floor.callsMeans", {
            greeting: figures.greeting,
            waiting: figures.waiting,
            talking: figures.with_agent,
          })}
        />
        <Tile
          name="agents"
          icon="desk"
          title={t("floor.signedIn")}
          value={figures.signed_in}
          means={t("floor.signedInMeans", {
            available: states.available,
            busy,
            away: states.break + states.not_responding,
          })}
        />
        <Tile
          name="alerts"
          icon="warning"
          title={t("floor.openAlerts")}
          value={figures.open_alerts}
          means={t("floor.openAlertsMeans")}
        />
      </ul>
      <p className="sums small" data-testid={TESTID.floorSums} data-reconciles={figures.reconciles}>
        <Icon name={figures.reconciles ? "check" : "clock"} size={13} />{" "}
        {figures.reconciles ? t("floor.reconciles") : t("floor.counting")}
      </p>
    </section>
  );
}

function Tile({
  name,
  icon,
  title,
  value,
  aside,
  means,
}: {
  name: string;
  icon: IconName;
  title: string;
  value: ReactNode;
  aside?: string;
  means: string;
}) {
  return (
    <li className="tile" data-testid={`${TESTID.floorTile}-${name}`}>
      <h2>
        <Icon name={icon} /> {title}
      </h2>
      <p>
        <b className="figure">{value}</b> {aside && <span className="second">{aside}</span>}
      </p>
      <p className="second small">{means}</p>
    </li>
  );
}
