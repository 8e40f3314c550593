// A class of call: colour, emblem and word together, never one alone.
import type { CallClass } from "../api/types";
import { useWords } from "../i18n";
import { Icon, type IconName } from "./Icon";

const EMBLEM: Record<CallClass, IconName> = {
  emergency: "emergency",
  clinical: "clinical",
  callback_due: "callback",
  standard: "standard",
  info: "info",
};

export function ClassBadge({ name }: { name: CallClass }) {
  const { t } = useWords();
  return (
    <span className={`badge c-${name}`}>
      <Icon name={EMBLEM[name]} size={13} />
      {t(`class.${name}`)}
    </span>
  );
}
