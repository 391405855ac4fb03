import { createContext, type ReactNode, useCallback, useContext, useLayoutEffect, useMemo, useState } from "react";
import { setRequestLanguage } from "../api/http";
import { readSetting, writeSetting } from "../app/settings";
import {
  LANGUAGES,
  type Language,
  loadTexts,
  lookUp,
  preferred,
  regional,
  type TextKey,
  type TextValues,
  translate,
} from "./translate";

export { LANGUAGES, type Language, loadTexts, type TextKey, type TextValues } from "./translate";

interface Texts {
  readonly language: Language;
  /** The language with the region of this browser, for numbers and times. */
  readonly locale: string;
  readonly setLanguage: (language: Language) => void;
  readonly t: (key: TextKey, values?: TextValues) => string;
  /** The text for `prefix.code`, or the code itself where the texts do not know it. */
  readonly code: (prefix: string, code: string) => string;
}

const Context = createContext<Texts | null>(null);

/** The language that was chosen here before, or the browser's. */
export function presentLanguage(): Language {
  const kept = readSetting("language");
  return LANGUAGES.find((known) => known === kept) ?? preferred(navigator.languages);
}

/** Gives the texts to what is inside; those of the present language must be loaded. */
export function TextProvider({ children }: { readonly children: ReactNode }) {
  const [language, set] = useState<Language>(presentLanguage);
  // before the effects of what is inside, which begin to ask the server
  useLayoutEffect(() => {
    setRequestLanguage(language);
    document.documentElement.lang = language;
  }, [language]);
  const setLanguage = useCallback((next: Language) => {
    writeSetting("language", next);
    // Texts that cannot be loaded now leave the page as it is; the next visit asks again.
    loadTexts(next).then(
      () => set(next),
      () => undefined,
    );
  }, []);
  const value = useMemo<Texts>(
    () => ({
      language,
      locale: regional(language, navigator.languages),
      setLanguage,
      t: (key, values) => translate(language, key, values),
      code: (prefix, code) => lookUp(language, prefix, code) ?? code,
    }),
    [language, setLanguage],
  );
  return <Context value={value}>{children}</Context>;
}

export function useTexts(): Texts {
  const texts = useContext(Context);
  if (texts === null) throw new Error("useTexts needs a TextProvider above it");
  return texts;
}
