// An icon. Always beside a word, therefore always hidden from assistive technology.
import { SHAPES } from "./icon-shapes";

export type IconName = keyof typeof SHAPES;

export function Icon({ name, size = 16 }: { name: IconName; size?: number }) {
  const { kind, shape } = SHAPES[name];
  const paint =
    kind === "line"
      ? { fill: "none", stroke: "currentColor", strokeWidth: 1.7 }
      : { fill: "currentColor", fillRule: "evenodd" as const };
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 20 20"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
      {...paint}
    >
      {shape}
    </svg>
  );
}
