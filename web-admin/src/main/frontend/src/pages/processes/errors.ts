import { useCallback } from "react";
import { Problem } from "../../api/problem";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import { SessionError } from "../../session";
import { SystemError } from "../../system";

/** A sentence for what the device or the session could not do. */
export function useSystemErrors(): (error: unknown) => string {
  const { code: sentence, t } = useTexts();
  return useCallback(
    (error) => {
      const known = error instanceof SystemError || error instanceof SessionError;
      if (!known) return t("processes.error.failed");
      // the device says who restarts it, or what failed
      if (error.detail !== "" && ["failed", "ended-by-device"].includes(error.code)) return inertText(error.detail);
      const own = sentence("processes.error", error.code);
      if (own !== error.code) return own;
      if (error.code === "ended-by-server") {
        // the access server's own word for it speaks of the terminal
        if (error.detail === "not-permitted") return t("processes.error.not-permitted");
        const why = sentence("terminal.why", error.detail);
        if (why !== error.detail) return why;
      }
      const session = sentence("terminal.error", error.code);
      return session === error.code ? t("processes.error.failed") : session;
    },
    [sentence, t],
  );
}

/** The same for a dialog, which shows problems. */
export async function asProblems(describe: (error: unknown) => string, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof SystemError || error instanceof SessionError)
      throw new Problem(`system-${error.code}`, 400, describe(error), null);
    throw error;
  }
}
