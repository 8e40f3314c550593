// The words of the screens: English and Hindi, both in the bundle, switched without a reload.
// Keys are typed from en.json; locales.test.ts keeps the two files equal and free of dead keys.
import i18next from "i18next";
import { initReactI18next, useTranslation } from "react-i18next";
import type { Lang } from "./format";
import en from "./locales/en.json";
import hi from "./locales/hi.json";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "translation";
    resources: { translation: typeof en };
  }
}

const LANGUAGE_KEY = "helpline.language";

/** Starts i18next. The console begins in English, the citizen page in Hindi. */
export function startWords(fallback: Lang): void {
  const stored = localStorage.getItem(LANGUAGE_KEY);
  void i18next.use(initReactI18next).init({
    lng: stored === "en" || stored === "hi" ? stored : fallback,
    fallbackLng: "en",
    resources: { en: { translation: en }, hi: { translation: hi } },
    interpolation: { escapeValue: false }, // React escapes.
    initAsync: false,
  });
  document.documentElement.lang = i18next.language;
}

export function setLanguage(lang: Lang): void {
  localStorage.setItem(LANGUAGE_KEY, lang);
  document.documentElement.lang = lang;
  void i18next.changeLanguage(lang);
}

/** The words and the language they are in. */
export function useWords() {
  const { t, i18n } = useTranslation();
  const lang: Lang = i18n.language === "hi" ? "hi" : "en";
  return { t, lang };
}
