import type { FileListener, FileStream, Session } from "../session/api";
import { concat, lp, u8, u16, u32, u64 } from "../session/bytes";
import { SessionError, type SessionErrorCode } from "../session/errors";
import { bytesOf } from "./path";

type Json = Readonly<Record<string, unknown>>;

/** What the device does on one stream. */
export interface DeviceSide {
  readonly request: Json;
  readonly received: Uint8Array<ArrayBuffer>[];
  readonly said: Json[];
  /** Bytes for which the client gave credit again. */
  consumed: number;
  closed: boolean;
  cancelled: boolean;
  say(event: Json): void;
  send(bytes: Uint8Array<ArrayBuffer>): void;
  /** After what was said. */
  end(): void;
  /** The session is over. */
  fail(code: SessionErrorCode): void;
}

/** A session whose device is the test: called for each stream, and again whenever the client has said something. */
export function fileSession(device: (side: DeviceSide) => void): Session {
  const openFile = (request: Json, listener: FileListener): FileStream => {
    const side: DeviceSide = {
      request,
      received: [],
      said: [],
      consumed: 0,
      closed: false,
      cancelled: false,
      say: (event) => listener.event(event),
      send: (bytes) =>
        listener.data(bytes, () => {
          side.consumed += bytes.length;
        }),
      end: () => listener.ended(undefined),
      fail: (code) => listener.ended(new SessionError(code)),
    };
    let due = false;
    const turn = () => {
      if (due) return;
      due = true;
      queueMicrotask(() => {
        due = false;
        device(side);
      });
    };
    turn();
    return {
      write: (bytes) => {
        side.received.push(bytes);
        turn();
      },
      waiting: 0,
      grant: () => undefined,
      sendEvent: (event) => {
        side.said.push(event);
        turn();
      },
      close: () => {
        side.closed = true;
        turn();
      },
      cancel: () => {
        side.cancelled = true;
      },
    };
  };
  return { openFile, openSystem: openFile, openChat: openFile } as unknown as Session;
}

/** An entry of a list, as `files.md` has it. */
export function listed(name: string, kind: string, size: number): Uint8Array<ArrayBuffer> {
  return concat(
    u8(kind.charCodeAt(0)),
    u16(0o644),
    u64(size),
    u64(1_600_000_000_789),
    u32(0),
    u32(0),
    lp(bytesOf(name)),
    lp(""),
  );
}
