import { useCallback } from "react";
import { Problem } from "../../api/problem";
import { inertText } from "../../app/inert";
import { FileError } from "../../files";
import { useTexts } from "../../i18n";
import { SessionError } from "../../session";

/** A sentence for what the device, the session or the browser could not do. */
export function useFileErrors(): (code: string, detail: string) => string {
  const { code: sentence, t } = useTexts();
  return useCallback(
    (code, detail) => {
      if (code === "infected") return t("files.error.infected", { detail: inertText(detail) });
      const known = sentence("files.error", code);
      if (known !== code) return known;
      if (code === "ended-by-server") {
        // the access server's own word for it speaks of the terminal
        if (detail === "not-permitted") return t("files.error.not-permitted");
        const why = sentence("terminal.why", detail);
        if (why !== detail) return why;
      }
      const session = sentence("terminal.error", code);
      return session === code ? t("files.error.failed") : session;
    },
    [sentence, t],
  );
}

/** The same for a dialog, which shows problems. */
export async function asProblems<T>(
  describe: (code: string, detail: string) => string,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (error instanceof FileError) throw problem(error.code, describe(error.code, error.detail));
    if (error instanceof SessionError) throw problem(error.code, describe(error.code, error.detail));
    throw error;
  }
}

function problem(code: string, text: string): Problem {
  return new Problem(`file-${code}`, 400, text, null);
}
