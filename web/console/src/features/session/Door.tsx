// The frame of the pages before the desk: name of the house, the language, one card.
import type { ReactNode } from "react";
import { useWords } from "../../i18n";
import { Icon } from "../../ui/Icon";
import { LanguageSwitch } from "../settings/LanguageSwitch";

export function Door({
  title,
  wide,
  children,
}: {
  title: string;
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useWords();
  return (
    <main className="door">
      <div className={wide ? "door-card wide" : "door-card"}>
        <div className="door-head">
          <span className="door-mark">
            <Icon name="clinical" size={32} />
          </span>
          <div>
            <p className="small second">{t("app.name")}</p>
            <h1>{title}</h1>
          </div>
          <span className="push">
            <LanguageSwitch />
          </span>
        </div>
        {children}
      </div>
    </main>
  );
}
