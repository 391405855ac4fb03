import type {
  FileListener,
  FileStream,
  TerminalExit,
  TerminalSize,
  TerminalStream,
  WatchedTool,
  WatchStream,
} from "./api";
import type { Bytes } from "./bytes";
import type { SessionError } from "./errors";
import type { JsonObject } from "./frames";
import { type ClientStream, type ClientStreams, type StreamListener, serviceStream } from "./streams";

/** RIS: the terminal begins anew. In order with the bytes, so it is sent among them. */
const ANEW = new TextEncoder().encode("\x1bc");
const MAX_TOOLS = 64;

/** The service `watch`, of a whole session: which tools it has now. */
export class ClientWatch implements WatchStream, StreamListener {
  readonly #streams: ClientStreams;
  readonly #sid: string;
  readonly #stream: ClientStream;
  #tools: readonly WatchedTool[] = [];
  #end: { readonly error: SessionError | undefined } | undefined;
  #onTools: ((tools: readonly WatchedTool[]) => void) | undefined;
  #onEnd: ((error: SessionError | undefined) => void) | undefined;

  constructor(streams: ClientStreams, sid: string) {
    this.#streams = streams;
    this.#sid = sid;
    this.#stream = streams.open("watch", { sid }, true, this);
  }

  onTools(listener: (tools: readonly WatchedTool[]) => void): void {
    this.#onTools = listener;
    listener(this.#tools);
  }

  onEnd(listener: (error: SessionError | undefined) => void): void {
    this.#onEnd = listener;
    if (this.#end !== undefined) listener(this.#end.error);
  }

  openTerminal(tool: number, onSize: (size: TerminalSize) => void): TerminalStream {
    return new WatchedTerminal(this.#streams, this.#sid, tool, onSize);
  }

  openDesktop(tool: number, listener: FileListener): FileStream {
    return serviceStream(this.#streams.open("watch", { sid: this.#sid, tool }, true, listener));
  }

  close(): void {
    this.#stream.reset("done");
  }

  // ---- from the stream

  data(_bytes: Bytes, consumed: () => void): void {
    consumed();
  }

  event({ tools }: JsonObject): void {
    if (!Array.isArray(tools)) return;
    this.#tools = tools.slice(0, MAX_TOOLS).flatMap(importTool);
    this.#onTools?.(this.#tools);
  }

  ended(error: SessionError | undefined): void {
    this.#end = { error };
    this.#onEnd?.(error);
  }
}

function importTool(value: unknown): readonly WatchedTool[] {
  if (typeof value !== "object" || value === null) return [];
  const { tool, service } = value as JsonObject;
  return typeof tool === "number" && Number.isInteger(tool) && typeof service === "string"
    ? [{ tool, service: service.slice(0, 64) }]
    : [];
}

/** What a terminal of somebody else puts out. Nothing goes to it. */
class WatchedTerminal implements TerminalStream, StreamListener {
  readonly opened = new Promise<{ readonly account: string }>(() => undefined);
  readonly #stream: ClientStream;
  readonly #onSize: (size: TerminalSize) => void;
  #left = false;
  #exit: TerminalExit | undefined;
  #undelivered: { readonly bytes: Bytes; readonly consumed: () => void }[] = [];
  #onData: ((bytes: Bytes, consumed: () => void) => void) | undefined;
  #onExit: ((exit: TerminalExit) => void) | undefined;

  constructor(streams: ClientStreams, sid: string, tool: number, onSize: (size: TerminalSize) => void) {
    this.#onSize = onSize;
    this.#stream = streams.open("watch", { sid, tool }, true, this);
  }

  write(): void {
    // a watcher does not type; neither do the answers that a terminal gives by itself go anywhere
  }

  resize(): void {
    // its size is that of the terminal that is watched
  }

  onData(listener: (bytes: Bytes, consumed: () => void) => void): void {
    this.#onData = listener;
    for (const { bytes, consumed } of this.#undelivered.splice(0)) listener(bytes, consumed);
    this.#tellExit();
  }

  onExit(listener: (exit: TerminalExit) => void): void {
    this.#onExit = listener;
    this.#tellExit();
  }

  close(): void {
    this.#left = true;
    this.#stream.reset("done");
  }

  // ---- from the stream

  data(bytes: Bytes, consumed: () => void): void {
    if (this.#onData === undefined) this.#undelivered.push({ bytes, consumed });
    else this.#onData(bytes, consumed);
  }

  event({ picture, resize }: JsonObject): void {
    const anew = importSize(picture);
    const size = anew ?? importSize(resize);
    if (anew !== undefined) this.data(ANEW, () => undefined);
    if (size !== undefined) this.#onSize(size);
  }

  ended(error: SessionError | undefined): void {
    this.#exit = this.#left ? { kind: "left" } : error === undefined ? { kind: "closed" } : { kind: "error", error };
    this.#tellExit();
  }

  #tellExit(): void {
    const listener = this.#onExit;
    if (this.#exit === undefined || listener === undefined || this.#undelivered.length > 0) return;
    this.#onExit = undefined;
    listener(this.#exit);
  }
}

function importSize(value: unknown): TerminalSize | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { cols, rows } = value as JsonObject;
  const within = (n: unknown): n is number => typeof n === "number" && Number.isInteger(n) && n >= 1 && n <= 1000;
  return within(cols) && within(rows) ? { cols, rows } : undefined;
}
