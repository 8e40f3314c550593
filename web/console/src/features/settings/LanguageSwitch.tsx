// English or Hindi, at once and remembered on this machine.
import { setLanguage, useWords } from "../../i18n";
import { TESTID } from "../../ui/testid";

export function LanguageSwitch() {
  const { t, lang } = useWords();
  const other = lang === "en" ? "hi" : "en";
  return (
    <button
      type="button"
      className="choice"
      lang={other}
      onClick={() => setLanguage(other)}
      data-testid={TESTID.language}
    >
      {t("app.otherLanguage")}
    </button>
  );
}
