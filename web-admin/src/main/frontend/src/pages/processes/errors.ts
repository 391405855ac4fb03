import { useCallback } from "react";
import { Problem } from "../../api/problem";
import { useTexts } from "../../i18n";
import { SessionError } from "../../session";
import { SystemError } from "../../system/client";

/** A sentence for what the device or the session could not do. */
export function useSystemErrors(): (code: string, detail: string) => string {
  const { code: sentence, t } = useTexts();
  return useCallback(
    (code, detail) => {
      const known = sentence("processes.error", code);
      if (known !== code) return known;
      if (code === "ended-by-server") {
        const why = sentence("terminal.why", detail);
        if (why !== detail) return why;
      }
      const session = sentence("terminal.error", code);
      return session === code ? t("processes.error.failed") : session;
    },
    [sentence, t],
  );
}

/** The same for a dialog, which shows problems. */
export async function asProblems(
  describe: (code: string, detail: string) => string,
  action: () => Promise<void>,
): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof SystemError || error instanceof SessionError)
      throw new Problem(`system-${error.code}`, 400, describe(error.code, error.detail ?? ""), null);
    throw error;
  }
}
