import { useCallback, useEffect, useRef, useState } from "react";
import { sessionDeps } from "../../api/sessionDeps";
import { goToLogin } from "../../app/signIn";
import { openSession, type Session, SessionError, type SessionState } from "../../session";
import type { ConnectingStep, ConsentWait, Operation } from "../../session/api";

type Connected = Extract<SessionState, { readonly kind: "connected" }>;

/** The session of a tool's page, from the first step to its end; {@code prepared} is what the page needs before it shows anything. */
export type ToolConnection<T> =
  | { readonly kind: "connecting"; readonly step: ConnectingStep; readonly consent?: ConsentWait }
  | {
      readonly kind: "open";
      readonly session: Session;
      readonly prepared: T;
      /** What was asked for, and neither device nor whoever consented has allowed. */
      readonly withheld: readonly Operation[];
      /** What it last said of itself. */
      readonly state: Connected | null;
    }
  | { readonly kind: "over"; readonly error: SessionError | null };

export interface ToolSession<T> {
  readonly connection: ToolConnection<T>;
  /** Another session, after the end of this one. */
  readonly again: () => void;
  /** The same, with the reason that was wanted; it stays the reason of the page's sessions. */
  readonly because: (reason: string) => void;
  readonly end: () => void;
}

const FIRST = { kind: "connecting", step: "requesting" } as const;

/** A session with a device for one tool, which ends with the page. */
export function useToolSession<T>(
  device: string,
  operations: readonly Operation[],
  prepare: (session: Session) => Promise<T>,
): ToolSession<T> {
  const [connection, setConnection] = useState<ToolConnection<T>>(FIRST);
  const [attempt, setAttempt] = useState(0);
  const wanted = useRef({ operations, prepare });
  wanted.current = { operations, prepare };
  const reason = useRef<string | undefined>(undefined);
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
    // may come before the page is ready
    let last: Connected | null = null;
    const follow = (state: SessionState) => {
      if (state.kind === "ended") over(state.error ?? null);
      if (state.kind === "connecting" && !abort.signal.aborted) setConnection(state);
      if (state.kind !== "connected") return;
      last = state;
      setConnection((now) => (now.kind === "open" ? { ...now, state } : now));
    };
    setConnection(FIRST);
    const asked = wanted.current.operations;
    openSession(device, asked, sessionDeps(), {
      signal: abort.signal,
      onState: follow,
      ...(reason.current === undefined ? {} : { reason: reason.current }),
    })
      .then(async (session) => {
        const prepared = await wanted.current.prepare(session);
        const withheld = asked.filter((operation) => !session.granted.includes(operation));
        if (!abort.signal.aborted) setConnection({ kind: "open", session, prepared, withheld, state: last });
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
  const because = useCallback(
    (text: string) => {
      reason.current = text;
      again();
    },
    [again],
  );
  const end = useCallback(() => {
    setConnection({ kind: "over", error: null });
    current.current?.abort();
  }, []);
  return { connection, again, because, end };
}
