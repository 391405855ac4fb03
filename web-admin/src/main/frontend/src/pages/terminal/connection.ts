import { sessionDeps } from "../../api/sessionDeps";
import { openSession, type Session, SessionError, type SessionState } from "../../session";
import type { ConsentWait, TerminalExit, TerminalSize, TerminalStream } from "../../session/api";

type Connected = Extract<SessionState, { readonly kind: "connected" }>;
export type ConnectingStep = Extract<SessionState, { readonly kind: "connecting" }>["step"];

/** One attempt at a terminal, from the click to its end. */
export type Connection =
  | { readonly kind: "connecting"; readonly step: ConnectingStep; readonly consent?: ConsentWait }
  | { readonly kind: "connected"; readonly session: Connected; readonly account: string | null }
  /** It never ran. */
  | { readonly kind: "failed"; readonly error: SessionError }
  /** It ran, and is over. */
  | {
      readonly kind: "ended";
      readonly exit: TerminalExit;
      readonly session: Connected | null;
      readonly account: string | null;
    };

export interface ConnectOptions {
  readonly device: string;
  readonly size: () => TerminalSize;
  readonly onChange: (connection: Connection) => void;
  /** The stream is there: show it. */
  readonly onStream: (stream: TerminalStream) => void;
  readonly open?: typeof openSession;
  /** Why, where that has to be said. */
  readonly reason?: string | undefined;
}

export interface Attempt {
  /** The session, once there is one. */
  readonly sid: string | null;
  /** A person compared the words of the device's key. */
  compared(): void;
  /** Ends it on purpose, at any time. */
  end(): void;
  /** To be called when the terminal has shown the end of the program. */
  exited(exit: TerminalExit): void;
}

/** Opens a session with one terminal in it, and ends the session with that terminal. */
export function connect({ device, size, onChange, onStream, open = openSession, reason }: ConnectOptions): Attempt {
  const abort = new AbortController();
  let session: Session | null = null;
  let last: Connected | null = null;
  let account: string | null = null;
  let over = false;
  let left = false;

  const finish = (exit: TerminalExit) => {
    if (over) return;
    over = true;
    void session?.end().catch(() => undefined);
    onChange({ kind: "ended", exit: left ? { kind: "left" } : exit, session: last, account });
  };
  const follow = (state: SessionState) => {
    if (over) return;
    if (state.kind === "connecting") onChange(state);
    else if (state.kind === "connected") {
      last = state;
      if (session !== null) onChange({ kind: "connected", session: state, account });
    } else if (session !== null) {
      // The stream says how it ended; this is for a session that ended before it had one.
      const error = state.error;
      queueMicrotask(() =>
        setTimeout(() => finish(error === undefined ? { kind: "closed" } : { kind: "error", error }), 50),
      );
    }
  };

  onChange({ kind: "connecting", step: "requesting" });
  open(device, ["terminal"], sessionDeps(), {
    signal: abort.signal,
    onState: follow,
    ...(reason === undefined ? {} : { reason }),
  }).then(
    (opened) => {
      session = opened;
      if (left) {
        finish({ kind: "left" });
        return;
      }
      let stream: TerminalStream;
      try {
        stream = opened.openTerminal(size());
      } catch (error) {
        finish({ kind: "error", error: error instanceof SessionError ? error : new SessionError("failed") });
        return;
      }
      onStream(stream);
      if (opened.state.kind === "connected") {
        last = opened.state;
        onChange({ kind: "connected", session: last, account });
      }
      void stream.opened.then((answer) => {
        account = answer.account;
        if (!over && last !== null) onChange({ kind: "connected", session: last, account });
      });
    },
    (error: unknown) => {
      if (over) return;
      over = true;
      onChange(
        left
          ? { kind: "ended", exit: { kind: "left" }, session: null, account: null }
          : { kind: "failed", error: error instanceof SessionError ? error : new SessionError("failed") },
      );
    },
  );

  return {
    get sid() {
      return session?.sid ?? null;
    },
    compared: () => session?.compared(),
    end: () => {
      left = true;
      abort.abort();
      if (session !== null) finish({ kind: "left" });
    },
    exited: finish,
  };
}
