import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import type { Me } from "../api/types";

export type Language = Me["language"];

/** languages are what the whole app can be read in, each under its own name. */
export const languages: { code: Language; name: string }[] = [
  { code: "en", name: "English" },
  { code: "ms", name: "Bahasa Melayu" },
  { code: "zh", name: "中文" },
];

const STORED = "sembang-language";
const tags: Record<Language, string> = { en: "en", ms: "ms", zh: "zh-Hans" };

const words = {
  en: () => import("./en"),
  ms: () => import("./ms"),
  zh: () => import("./zh"),
};

/** startLanguage prepares the words of the language last used here, or of the browser. */
export async function startLanguage(): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: undefined,
    fallbackLng: false,
    resources: {},
    interpolation: { escapeValue: false },
    returnNull: false,
  });
  await setLanguage(firstLanguage(localStorage.getItem(STORED), navigator.languages));
}

/** setLanguage loads a language's words and shows everything in it. */
export async function setLanguage(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, "translation")) {
    const loaded = await words[language]();
    i18next.addResourceBundle(language, "translation", loaded.default);
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = tags[language];
  localStorage.setItem(STORED, language);
}

/** firstLanguage is the stored one, else the first of the browser's that we speak, else English. */
export function firstLanguage(stored: string | null, wanted: readonly string[]): Language {
  const known = (code: string) => languages.find((language) => language.code === code)?.code;
  if (stored && known(stored)) return known(stored) ?? "en";
  for (const tag of wanted) {
    const code = tag.slice(0, 2).toLowerCase();
    const found = known(code === "id" ? "ms" : code);
    if (found) return found;
  }
  return "en";
}
