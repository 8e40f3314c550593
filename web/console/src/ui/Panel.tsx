// A titled area of a screen: a landmark with a heading.
import { type ReactNode, useId } from "react";
import { Icon, type IconName } from "./Icon";

export function Panel({
  title,
  icon,
  aside,
  foot,
  className,
  children,
  testid,
}: {
  title: ReactNode;
  icon: IconName;
  aside?: ReactNode;
  foot?: ReactNode;
  className?: string;
  children: ReactNode;
  testid?: string;
}) {
  const id = useId();
  return (
    <section
      className={className ? `panel ${className}` : "panel"}
      aria-labelledby={id}
      data-testid={testid}
    >
      <h2>
        <Icon name={icon} />
        <span id={id}>{title}</span>
        {aside && <span className="aside">{aside}</span>}
      </h2>
      {children}
      {foot && <div className="panel-foot">{foot}</div>}
    </section>
  );
}
