import { useCallback, useEffect, useRef, useState } from "react";
import { sessionDeps } from "../../api/sessionDeps";
import { goToLogin } from "../../app/signIn";
import { openSession, type Session, SessionError, type SessionState } from "../../session";
import type { Operation } from "../../session/api";

/** The session of the page, from the first step to its end. */
export type SystemSession =
  | { readonly kind: "connecting" }
  | { readonly kind: "open"; readonly session: Session; readonly resuming: boolean }
  | { readonly kind: "over"; readonly error: SessionError | null };

/** A session for the processes of a device, which ends with the page. */
export function useSystemSession(
  device: string,
  operations: readonly Operation[],
): { readonly connection: SystemSession; readonly again: () => void; readonly end: () => void } {
  const [connection, setConnection] = useState<SystemSession>({ kind: "connecting" });
  const [attempt, setAttempt] = useState(0);
  const wanted = useRef(operations);
  wanted.current = operations;
  const current = useRef<AbortController | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each attempt is a session of its own
  useEffect(() => {
    const abort = new AbortController();
    current.current = abort;
    const over = (error: SessionError | null) => {
      if (abort.signal.aborted) return;
      if (error?.code === "not-signed-in") goToLogin();
      setConnection({ kind: "over", error });
    };
    const follow = (state: SessionState) => {
      if (state.kind === "ended") over(state.error ?? null);
      if (state.kind === "connected")
        setConnection((now) => (now.kind === "open" ? { ...now, resuming: state.resuming } : now));
    };
    setConnection({ kind: "connecting" });
    openSession(device, wanted.current, sessionDeps(), { signal: abort.signal, onState: follow })
      .then((session) => {
        if (!abort.signal.aborted) setConnection({ kind: "open", session, resuming: false });
      })
      .catch((error: unknown) => over(error instanceof SessionError ? error : new SessionError("failed")));
    const leave = () => abort.abort();
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      abort.abort();
    };
  }, [device, attempt]);
  const again = useCallback(() => setAttempt((n) => n + 1), []);
  const end = useCallback(() => {
    setConnection({ kind: "over", error: null });
    current.current?.abort();
  }, []);
  return { connection, again, end };
}
