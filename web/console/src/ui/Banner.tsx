// An inline strip: never a pop-up, never over anything. Its tone is a colour, an edge and an icon.
import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";

export type Tone = "callback_due" | "emergency" | "ok" | "info" | "standard";

const ICONS: Record<Tone, IconName> = {
  callback_due: "warning",
  emergency: "emergency",
  ok: "check",
  info: "info",
  standard: "standard",
};

export function Banner({
  tone,
  children,
  testid,
}: {
  tone: Tone;
  children: ReactNode;
  testid?: string;
}) {
  return (
    <div className={`banner c-${tone}`} data-testid={testid}>
      <Icon name={ICONS[tone]} size={20} />
      <div>{children}</div>
    </div>
  );
}
