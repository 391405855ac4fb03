import { type ReactNode, useEffect, useRef, useState } from "react";
import type { DeviceDetail } from "../../api/device";
import { sendComment, useCommentRequired } from "../../app/comment";
import { CommentDialog } from "../terminal/EndDialogs";

interface Closing {
  /** Of the session while it runs, else null. */
  readonly sid: string | null;
  readonly device: DeviceDetail;
  /** What is lost with the session. */
  readonly body: string;
  /** Ends it. */
  readonly end: () => void;
  /** It goes on after all. */
  readonly onStay?: () => void;
}

interface ClosingComment {
  /** The session that has no comment yet though the domain wants one. */
  readonly wanting: () => string | null;
  /** Ends the session, once it has the comment that is wanted. */
  readonly end: () => void;
  /** Null while nothing is asked. */
  readonly dialog: ReactNode;
}

/** Asks what was done in the session of a tool before it ends, or after it has ended by itself, where the domain wants that said (AUD-9). */
export function useClosingComment({ sid, device, body, end, onStay }: Closing): ClosingComment {
  const required = useCommentRequired();
  const [asked, setAsked] = useState<{ readonly sid: string; readonly ends: boolean } | null>(null);
  const settled = useRef(new Set<string>());
  const last = useRef<string | null>(null);
  /** What still runs: a comment takes its time on the way. */
  const running = useRef<string | null>(null);
  const wanting = () => (required && last.current !== null && !settled.current.has(last.current) ? last.current : null);
  useEffect(() => {
    running.current = sid;
    if (sid !== null) {
      last.current = sid;
      return;
    }
    // it has ended, for whatever reason
    const ended = last.current;
    if (required && ended !== null && !settled.current.has(ended)) setAsked({ sid: ended, ends: false });
  }, [sid, required]);
  const settle = (of: string) => {
    settled.current.add(of);
    setAsked(null);
  };
  return {
    wanting,
    end: () => {
      const of = wanting();
      if (of === null) end();
      else setAsked({ sid: of, ends: true });
    },
    dialog: asked !== null && (
      <CommentDialog
        // one dialog also when the session ends under it: what was typed stays
        key={asked.sid}
        device={device}
        ends={asked.ends}
        body={body}
        onComment={async (text) => {
          await sendComment(asked.sid, text);
          settle(asked.sid);
          if (running.current === asked.sid) end();
        }}
        onClose={() => {
          // one that has ended can get its comment later; one that runs goes on
          if (!asked.ends) return settle(asked.sid);
          setAsked(null);
          onStay?.();
        }}
      />
    ),
  };
}
