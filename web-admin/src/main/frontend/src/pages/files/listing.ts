import { useCallback, useEffect, useState } from "react";
import { FileError, type Listed, list, type RawPath } from "../../files";
import type { Session } from "../../session";

export type Content =
  | { readonly kind: "loading" }
  | { readonly kind: "listed"; readonly path: RawPath; readonly listed: Listed }
  | { readonly kind: "failed"; readonly code: string; readonly detail: string };

/** Between two lists of a folder into which files arrive, at least; a list that takes longer is followed by as long a pause, so that it leaves the line to the files. */
const ANEW_MS = 300;

export interface Listing {
  readonly content: Content;
  /** Instead of the list: something could not be done. */
  readonly fail: (error: unknown) => void;
  /** Lists it anew. */
  readonly reload: () => void;
  /** Something in it has changed: it is listed anew soon, and once for all that has changed by then. */
  readonly changed: () => void;
}

/** What is in a folder, for as long as it is looked at. */
export function useListing(session: Session, path: RawPath): Listing {
  const [content, setContent] = useState<Content>({ kind: "loading" });
  const [version, setVersion] = useState(0);
  const [anew] = useState(() => new Anew(() => setVersion((n) => n + 1)));
  const fail = useCallback((error: unknown) => {
    const { code, detail } = error instanceof FileError ? error : new FileError("failed", "");
    setContent({ kind: "failed", code, detail });
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: listed anew when something was changed
  useEffect(() => {
    const abort = new AbortController();
    anew.begins();
    list(session, path, abort.signal)
      .then(
        (listed) => setContent({ kind: "listed", path, listed }),
        (error: unknown) => {
          if (!abort.signal.aborted) fail(error);
        },
      )
      .finally(() => {
        if (!abort.signal.aborted) anew.ended();
      });
    return () => {
      abort.abort();
      anew.stop();
    };
  }, [session, path, version]);
  return { content, fail, reload: anew.reload, changed: anew.changed };
}

/** When a folder is listed anew. A list of a hundred thousand takes longer than the next file does: it is never broken off for that. */
export class Anew {
  readonly reload: () => void;
  #listing = false;
  #stale = false;
  #began = 0;
  #took = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(reload: () => void) {
    this.reload = reload;
  }

  readonly changed = (): void => {
    this.#stale = true;
    this.#plan();
  };

  begins(): void {
    this.#listing = true;
    this.#began = performance.now();
    this.#stale = false;
  }

  ended(): void {
    this.#listing = false;
    this.#took = performance.now() - this.#began;
    this.#plan();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #plan(): void {
    if (!this.#stale || this.#listing) return;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        this.reload();
      },
      Math.max(ANEW_MS, this.#took),
    );
  }
}
