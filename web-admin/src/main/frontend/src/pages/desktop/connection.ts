import { sessionDeps } from "../../api/sessionDeps";
import {
  DesktopChannel,
  type DesktopMode,
  type DesktopRefusal,
  type DesktopState,
  importRefusal,
  importState,
} from "../../desktop";
import { openSession, type Session, SessionError, type SessionState } from "../../session";
import type { FileStream, Operation } from "../../session/api";
import type { Connection } from "../terminal/connection";
import type { VncServer } from "./source";

type Connected = Extract<SessionState, { readonly kind: "connected" }>;

/** What is asked of the device while its desktop is shown. */
export type DesktopRequest =
  | { readonly mode: DesktopMode }
  /** Empty: all of them. */
  | { readonly screen: string }
  | { readonly quality: number | "auto" }
  /** Whether mouse and keyboard at the device are to be locked. */
  | { readonly lock: boolean }
  /** Of a VNC server. */
  | { readonly password: string };

/** A VNC server wants a password. */
export interface PasswordQuestion {
  /** Whether it had one, which was wrong. */
  readonly wrong: boolean;
  /** What it says about it; hostile. */
  readonly text: string;
}

export interface DesktopOptions {
  readonly device: string;
  /** What the user may do, by what the page knows; the device decides. */
  readonly operations: readonly Operation[];
  /** Whose screen it is; the device's own without. */
  readonly server?: VncServer | null;
  readonly reason?: string | undefined;
  readonly onChange: (connection: Connection) => void;
  /** The device shows its desktop: attach something that draws it. */
  readonly onDesktop: (channel: DesktopChannel) => void;
  readonly onState: (state: DesktopState) => void;
  /** Something that was asked for, or the desktop as such. */
  readonly onRefusal: (refusal: DesktopRefusal) => void;
  readonly onPassword?: (question: PasswordQuestion) => void;
  readonly open?: typeof openSession;
}

export interface DesktopAttempt {
  /** The session, once there is one. */
  readonly sid: string | null;
  /** What the device has granted; empty before that. */
  readonly granted: readonly string[];
  ask(request: DesktopRequest): void;
  /** What draws it gave up. */
  broken(): void;
  /** A person compared the words of the device's key. */
  compared(): void;
  /** Ends it on purpose, at any time. */
  end(): void;
}

/** Opens a session with the desktop in it, and ends the session with that. */
export function connectDesktop(options: DesktopOptions): DesktopAttempt {
  const { device, operations, reason, onChange, onDesktop, onState, onRefusal, open = openSession } = options;
  const server = options.server ?? null;
  const abort = new AbortController();
  let session: Session | null = null;
  let stream: FileStream | null = null;
  let last: Connected | null = null;
  let account: string | null = null;
  let over = false;
  let left = false;

  const show = () => {
    if (!over && session !== null && last !== null) onChange({ kind: "connected", session: last, account });
  };
  const finish = (error: SessionError | undefined) => {
    if (over) return;
    over = true;
    void session?.end().catch(() => undefined);
    onChange({
      kind: "ended",
      exit: left ? { kind: "left" } : error === undefined ? { kind: "closed" } : { kind: "error", error },
      session: last,
      account,
    });
  };
  const follow = (state: SessionState) => {
    if (over) return;
    if (state.kind === "connecting") onChange(state);
    else if (state.kind === "connected") {
      last = state;
      show();
    } else if (session !== null) {
      // The stream says how it ended; this is for a session that ended before it had one.
      const error = state.error;
      setTimeout(() => finish(error), 50);
    }
  };
  const begin = (opened: Session) => {
    const mode: DesktopMode = opened.granted.includes("desktop-control") ? "control" : "view";
    let channel: DesktopChannel | null = null;
    let shown = false;
    stream = opened.openDesktop(
      { mode, ...(server === null ? {} : { vnc: { host: server.host, port: server.port } }) },
      {
        data: (bytes, consumed) => channel?.data(bytes, consumed),
        event: (event) => {
          const refusal = importRefusal(event.error);
          if (refusal !== null) onRefusal(refusal);
          const question = importQuestion(event.password);
          if (question !== null && !over) options.onPassword?.(question);
          const state = importState(event.desktop);
          if (state === null || over) return;
          account = state.account === "" ? null : state.account;
          onState(state);
          show();
          if (shown || channel === null) return;
          shown = true;
          onDesktop(channel);
        },
        ended: (error) => {
          channel?.ended();
          finish(error);
        },
      },
    );
    channel = new DesktopChannel(stream);
    if (opened.state.kind === "connected") {
      last = opened.state;
      show();
    }
  };

  onChange({ kind: "connecting", step: "requesting" });
  open(device, operations, sessionDeps(), {
    signal: abort.signal,
    onState: follow,
    ...(reason === undefined ? {} : { reason }),
  }).then(
    (opened) => {
      session = opened;
      if (left) return finish(undefined);
      try {
        begin(opened);
      } catch (error) {
        finish(error instanceof SessionError ? error : new SessionError("failed"));
      }
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
    get granted() {
      return session?.granted ?? [];
    },
    ask: (request) => stream?.sendEvent(request),
    broken: () => finish(new SessionError("protocol-violation")),
    compared: () => session?.compared(),
    end: () => {
      left = true;
      abort.abort();
      if (session !== null) finish(undefined);
    },
  };
}

const MAX_TEXT = 256;

function importQuestion(value: unknown): PasswordQuestion | null {
  if (typeof value !== "object" || value === null) return null;
  const { wrong, text } = value as { readonly wrong?: unknown; readonly text?: unknown };
  return { wrong: wrong === true, text: typeof text === "string" ? text.slice(0, MAX_TEXT) : "" };
}
