import { useCallback } from "react";
import type { DesktopRefusal } from "../../desktop";
import { useTexts } from "../../i18n";
import type { SessionError } from "../../session";
import { errorSentence } from "../terminal/errorText";

/** A sentence for why a desktop is not shown, or no longer. */
export function useDesktopErrors(): (error: SessionError, refusal: DesktopRefusal | null) => string {
  const texts = useTexts();
  return useCallback(
    (error, refusal) => {
      // the access server's own word for it speaks of the terminal
      if (error.code === "ended-by-server" && error.detail === "not-permitted") return texts.t("desktop.taken");
      const code = refusal === null || error.code !== "failed" ? error.code : refusal.code;
      const own = texts.code("desktop.error", code);
      return own === code ? errorSentence(texts, error) : own;
    },
    [texts],
  );
}
