import { sessionDeps } from "../../api/sessionDeps";
import { openSession, type Session, type SessionState } from "../../session";
import type { OpenOptions, Operation, SessionDeps } from "../../session/api";

/** How long a session waits for the page that it was opened for, in ms. */
const PATIENCE_MS = 10_000;

interface Ahead {
  readonly device: string;
  readonly session: Promise<Session>;
  readonly states: SessionState[];
  readonly abort: AbortController;
  readonly timer: ReturnType<typeof setTimeout>;
  follow: ((state: SessionState) => void) | undefined;
}

let ahead: Ahead | null = null;
const held = new Set<string>();

/**
 * Begins to open a session with a terminal while the page for it is still loading: from the click on, instead of after it. Nobody who has a terminal on
 * the device gets a second session; one that no terminal takes over is ended.
 */
export function openAhead(device: string, open: typeof openSession = openSession): void {
  if (held.has(device) || ahead?.device === device) return;
  drop();
  const abort = new AbortController();
  const states: SessionState[] = [];
  const onState = (state: SessionState) => (mine.follow === undefined ? states.push(state) : mine.follow(state));
  const mine: Ahead = {
    device,
    states,
    abort,
    session: Promise.resolve().then(() => open(device, ["terminal"], sessionDeps(), { signal: abort.signal, onState })),
    timer: setTimeout(() => ahead === mine && drop(), PATIENCE_MS),
    follow: undefined,
  };
  mine.session.catch(() => undefined);
  ahead = mine;
}

function drop(): void {
  if (ahead === null) return;
  clearTimeout(ahead.timer);
  ahead.abort.abort();
  ahead = null;
}

/** A terminal on the device is on the page until the answer is called. */
export function holdTerminal(device: string): () => void {
  held.add(device);
  return () => void held.delete(device);
}

/** `openSession` for a terminal, which takes over the session that was begun for the device. */
export function openTerminalSession(
  device: string,
  operations: readonly Operation[],
  deps: SessionDeps,
  options: OpenOptions = {},
): Promise<Session> {
  const taken = ahead;
  // one that was begun has no reason
  if (taken === null || taken.device !== device || options.reason !== undefined)
    return openSession(device, operations, deps, options);
  ahead = null;
  clearTimeout(taken.timer);
  const { signal, onState } = options;
  for (const state of taken.states) onState?.(state);
  taken.follow = onState ?? (() => undefined);
  if (signal?.aborted === true) taken.abort.abort();
  signal?.addEventListener("abort", () => taken.abort.abort());
  return taken.session;
}
