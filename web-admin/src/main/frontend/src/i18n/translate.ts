import type en from "./en.json";

export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];
export type TextKey = keyof typeof en;
export type TextValues = Readonly<Record<string, string | number>>;

type Texts = Readonly<Record<string, string>>;

const LOADERS: Readonly<Record<Language, () => Promise<{ readonly default: Texts }>>> = {
  en: () => import("./en.json"),
  de: () => import("./de.json"),
};

const TEXTS: Record<Language, Texts> = { en: {}, de: {} };

/** Loads the texts of a language: a browser carries those that it shows. Until then a key stands for its text. */
export async function loadTexts(language: Language): Promise<void> {
  if (Object.keys(TEXTS[language]).length === 0) TEXTS[language] = (await LOADERS[language]()).default;
}

/** The text of a key with `{name}` replaced. A value is put in as it is: it is never read for placeholders again. */
export function translate(language: Language, key: TextKey, values: TextValues = {}): string {
  const text = TEXTS[language][key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => {
    const value = values[name];
    return value === undefined ? whole : typeof value === "number" ? value.toLocaleString(language) : value;
  });
}

/** The text of a key that names a code of the server, where there is one. */
export function lookUp(language: Language, prefix: string, code: string): string | null {
  const key = `${prefix}.${code}`;
  return Object.hasOwn(TEXTS[language], key) ? (TEXTS[language][key] ?? null) : null;
}

/** The first of the browser's languages that there are texts for; English otherwise. */
export function preferred(languages: readonly string[]): Language {
  for (const tag of languages) {
    const base = tag.toLowerCase().split("-")[0];
    const found = LANGUAGES.find((language) => language === base);
    if (found !== undefined) return found;
  }
  return "en";
}

/** The first of the browser's tags for this language, or the language alone: English in London writes dates as London does. */
export function regional(language: Language, tags: readonly string[]): string {
  return tags.find((tag) => tag.toLowerCase().split("-")[0] === language) ?? language;
}
