// A bar that follows a level ten times a second. It writes to the element itself: a level is not
// worth rendering React for.
import { useEffect, useRef } from "react";

export function LevelBar({
  read,
  label,
  className,
  testid,
}: {
  read: () => number;
  label: string;
  className?: string;
  testid?: string;
}) {
  const outer = useRef<HTMLSpanElement>(null);
  const inner = useRef<HTMLElement>(null);
  useEffect(() => {
    const timer = setInterval(() => {
      const level = read();
      inner.current?.style.setProperty("width", `${Math.round(level * 100)}%`);
      outer.current?.setAttribute("aria-valuenow", String(Math.round(level * 100)));
    }, 100);
    return () => clearInterval(timer);
  }, [read]);
  return (
    <span
      ref={outer}
      className={className ? `meter ${className}` : "meter"}
      role="meter"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={0}
      data-testid={testid}
    >
      <i ref={inner} style={{ width: 0 }} />
    </span>
  );
}
