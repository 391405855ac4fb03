import { sessionDeps } from "../../api/sessionDeps";
import { openSession, type Session, SessionError } from "../../session";
import type { WatchedTool, WatchStream } from "../../session/api";

/** One attempt to watch, from the click to its end. */
export type Watching =
  | { readonly kind: "connecting" }
  | { readonly kind: "watching"; readonly stream: WatchStream; readonly tools: readonly WatchedTool[] }
  | { readonly kind: "failed"; readonly error: SessionError }
  /** By whoever watched. */
  | { readonly kind: "stopped" }
  /** The session that was watched is over. */
  | { readonly kind: "ended"; readonly error: SessionError | undefined };

export interface WatchOptions {
  readonly sid: string;
  readonly device: string;
  readonly onChange: (watching: Watching) => void;
  readonly open?: typeof openSession;
}

/** Opens a session that watches another one; the answer ends it. */
export function watch({ sid, device, onChange, open = openSession }: WatchOptions): () => void {
  const abort = new AbortController();
  let session: Session | null = null;
  let over = false;
  const finish = (last: Watching) => {
    if (over) return;
    over = true;
    abort.abort();
    void session?.end().catch(() => undefined);
    onChange(last);
  };
  onChange({ kind: "connecting" });
  open(device, [`watch:${sid}`], sessionDeps(), { signal: abort.signal }).then(
    (opened) => {
      session = opened;
      if (over) {
        void opened.end().catch(() => undefined);
        return;
      }
      try {
        const stream = opened.openWatch(sid);
        stream.onTools((tools) => !over && onChange({ kind: "watching", stream, tools }));
        stream.onEnd((error) => finish({ kind: "ended", error }));
      } catch (error) {
        finish({ kind: "failed", error: asError(error) });
      }
    },
    (error: unknown) => finish({ kind: "failed", error: asError(error) }),
  );
  return () => finish({ kind: "stopped" });
}

function asError(error: unknown): SessionError {
  return error instanceof SessionError ? error : new SessionError("failed");
}
