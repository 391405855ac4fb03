import type { Bytes } from "./bytes";
import type { SessionError } from "./errors";
import type { JsonObject } from "./frames";

/** What a session may be asked for; `docs/protocol/session.md`, Operations. */
export type Operation =
  | "terminal"
  | "exec"
  | "file-read"
  | "file-write"
  | "process-view"
  | "process-manage"
  | "power"
  | "chat"
  | "desktop-view"
  | "desktop-control"
  | "clipboard-to-device"
  | "clipboard-from-device"
  | `watch:${string}`
  | `tcp:${string}`
  | `vnc:${string}`;

/** The steps between the click and the first byte, in this order; `consent` only where somebody is asked. */
export type ConnectingStep = "requesting" | "verifying" | "consent" | "handshake" | "relay";

/** Somebody is asked whether the session may start. */
export interface ConsentWait {
  readonly whom: "device" | "approver";
  /** When it is refused by itself, in milliseconds of this machine's clock. */
  readonly until: number;
}

export type SessionState =
  | {
      readonly kind: "connecting";
      readonly step: ConnectingStep;
      /** In the step `consent`, once it is known. */
      readonly consent?: ConsentWait;
    }
  | {
      readonly kind: "connected";
      /** 16 hexadecimal digits in groups of four. */
      readonly fingerprint: string;
      /** SHA-256 of the device's key, of which its words are made. */
      readonly identity: Bytes;
      /** Id of the relay that carries the records. */
      readonly relay: string;
      /** Milliseconds from here to the relay and back, and from the device, as both measured before; undefined if the server did not say. */
      readonly way: RelayWay | undefined;
      /** True until somebody compared the words of the key with the device. */
      readonly unverified: boolean;
      /** True if this browser meets the device for the first time. */
      readonly firstContact: boolean;
      /** Milliseconds from here to the agent and back; undefined until the first answer. */
      readonly roundTrip: number | undefined;
      /** Who watches this session; names as given, so hostile text. */
      readonly watchers?: readonly string[];
      /** The connection is lost, and the session goes on as soon as there is another one. */
      readonly resuming: boolean;
    }
  | {
      readonly kind: "ended";
      /** Undefined if it was ended on purpose (here, or by the device with reason `done`). */
      readonly error: SessionError | undefined;
    };

/** Milliseconds to the relay and back, undefined where an end did not measure. */
export interface RelayWay {
  readonly client: number | undefined;
  readonly device: number | undefined;
}

/**
 * How the library reaches the access server: like `fetch` with a path of this origin. The injected function adds the cookie's
 * `X-CSRF-Token` header; the library sets method, body and `Content-Type`.
 */
export type ApiFetch = (path: string, init: RequestInit) => Promise<Response>;

/** Where pins are kept: `localStorage`, or a map in tests. A throwing store blocks the session. */
export type PinStorage = Pick<Storage, "getItem" | "setItem">;

export interface SessionDeps {
  readonly fetch: ApiFetch;
  /** What the user calls the domain that he is signed in to: its id is pinned under it. */
  readonly domain: string;
  /** Milliseconds to relays and back by id, as far as they are known when it is asked; default: none. */
  readonly roundTrips?: () => Readonly<Record<string, number>>;
  /** Default: `localStorage` of this origin. */
  readonly storage?: PinStorage;
  /** Default: the browser's `WebSocket`. */
  readonly webSocket?: (url: string) => WebSocket;
  /** Milliseconds since 1970; default `Date.now`. */
  readonly now?: () => number;
}

export interface OpenOptions {
  /** What the user gave as the reason, ≤ 500 characters. */
  readonly reason?: string;
  /** Ends the attempt, or the session if it runs. */
  readonly signal?: AbortSignal;
  /** Called for every state from the first step on, also after `openSession` resolved. */
  readonly onState?: (state: SessionState) => void;
}

export interface Session {
  readonly sid: string;
  /** The operations that the agent granted. */
  readonly granted: readonly string[];
  readonly state: SessionState;
  /** Calls `listener` for every change of state until the returned function is called. */
  onState(listener: (state: SessionState) => void): () => void;
  /** A person compared the words of the device's key with those at the device: that is pinned. @throws SessionError `trust-store`, `identity-changed` */
  compared(): void;
  /** Starts a terminal. Its refusal arrives as `onExit`. */
  openTerminal(size: TerminalSize): TerminalStream;
  /** Begins to watch another session, if that is what this one is for. */
  openWatch(sid: string): WatchStream;

  /** Opens a stream of the service `file` for one request (`docs/protocol/files.md`). @throws SessionError if the session is over, or 32 streams are open */
  openFile(request: JsonObject, listener: FileListener): FileStream;
  /** Opens a stream of the service `desktop` (`docs/protocol/desktop.md`). @throws SessionError as `openFile` */
  openDesktop(request: JsonObject, listener: FileListener): FileStream;
  /** The same of the service `system` (`docs/protocol/system.md`). */
  openSystem(request: JsonObject, listener: FileListener): FileStream;
  /** The same of the service `chat` (`docs/protocol/chat.md`). */
  openChat(request: JsonObject, listener: FileListener): FileStream;
  /** Ends the session on purpose: streams are reset, the relay connection is closed, the access server is told. Idempotent. */
  end(): Promise<void>;
}

/** What the device says on a stream of `file` or `system`. */
export interface FileListener {
  data(bytes: Uint8Array<ArrayBuffer>, consumed: () => void): void;
  event(event: JsonObject): void;
  /** What was written has left this end but for a little. */
  drained?(): void;
  /** Once, at the end; undefined if it ended in order. */
  ended(error: SessionError | undefined): void;
}

export interface FileStream {
  write(bytes: Uint8Array<ArrayBuffer>): void;
  /** Bytes that were written and wait for credit. */
  readonly waiting: number;
  /** Lets the device send so many bytes more before they are consumed. */
  grant(bytes: number): void;
  sendEvent(event: JsonObject): void;
  /** No more is written. */
  close(): void;
  /** Ends it at once. */
  cancel(): void;
}

export interface TerminalSize {
  /** 1 to 1,000 */
  readonly cols: number;
  /** 1 to 1,000 */
  readonly rows: number;
}

/** Something of a watched session that can be shown. */
export interface WatchedTool {
  /** Unique within the session. */
  readonly tool: number;
  /** How its bytes are to be shown, such as `terminal`. */
  readonly service: string;
}

export interface WatchStream {
  /** One listener; called at once and for each change. */
  onTools(listener: (tools: readonly WatchedTool[]) => void): void;
  /** One listener; called once. Undefined: the session that is watched is over. */
  onEnd(listener: (error: SessionError | undefined) => void): void;
  /** What one terminal shows, from now on. `onSize` is called before anything of that size comes. */
  openTerminal(tool: number, onSize: (size: TerminalSize) => void): TerminalStream;
  /** What one desktop shows: RFB, as of the service `desktop` in mode `view`. @throws SessionError if 32 streams are open */
  openDesktop(tool: number, listener: FileListener): FileStream;
  close(): void;
}

/** How a terminal ended. */
export type TerminalExit =
  | { readonly kind: "code"; readonly code: number }
  | { readonly kind: "signal"; readonly signal: number }
  /** The agent closed the stream without saying how the program ended. */
  | { readonly kind: "closed" }
  /** Closed on this side. */
  | { readonly kind: "left" }
  /** Refused or broken off: reset by the agent, or the session ended under it. */
  | { readonly kind: "error"; readonly error: SessionError };

export interface TerminalStream {
  /** Resolves with the account that the terminal runs as; never settles if the terminal is refused (see `onExit`). */
  readonly opened: Promise<{ readonly account: string }>;
  /** Sends at once, as far as the peer's credit goes; the rest waits. Ignored after the end. */
  write(bytes: Uint8Array<ArrayBuffer>): void;
  resize(size: TerminalSize): void;
  /**
   * One listener. Call `consumed` when the bytes are dealt with (drawn): that gives the agent credit to send more. Bytes that arrived before are
   * delivered at once.
   */
  onData(listener: (bytes: Uint8Array<ArrayBuffer>, consumed: () => void) => void): void;
  /** One listener; called once, after the last `onData`, also if the end came before the listener. */
  onExit(listener: (exit: TerminalExit) => void): void;
  /** Hangs up. */
  close(): void;
}
