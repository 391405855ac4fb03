import type { TerminalExit, TerminalSize, TerminalStream } from "./api";
import type { Bytes } from "./bytes";
import { SessionError } from "./errors";
import type { JsonObject } from "./frames";
import type { ClientStream, ClientStreams, StreamListener } from "./streams";

/** The service `terminal`: bytes both ways; events `opened` and `exit` from the agent, `resize` to it. */
export class ClientTerminal implements TerminalStream, StreamListener {
  readonly opened: Promise<{ readonly account: string }>;
  readonly #stream: ClientStream;
  #resolveOpened: (value: { readonly account: string }) => void = () => undefined;
  #size: TerminalSize;
  #left = false;

  #exit: TerminalExit | undefined;
  #ended = false;
  #undelivered: { readonly bytes: Bytes; readonly consumed: () => void }[] = [];
  #onData: ((bytes: Bytes, consumed: () => void) => void) | undefined;
  #onExit: ((exit: TerminalExit) => void) | undefined;

  constructor(streams: ClientStreams, size: TerminalSize) {
    this.opened = new Promise((resolve) => {
      this.#resolveOpened = resolve;
    });
    this.#size = checked(size);
    this.#stream = streams.open("terminal", { cols: size.cols, rows: size.rows }, true, this);
  }

  write(bytes: Bytes): void {
    this.#stream.write(bytes);
  }

  resize(size: TerminalSize): void {
    if (size.cols === this.#size.cols && size.rows === this.#size.rows) return;
    this.#size = checked(size);
    this.#stream.sendEvent({ resize: { cols: size.cols, rows: size.rows } });
  }

  onData(listener: (bytes: Bytes, consumed: () => void) => void): void {
    this.#onData = listener;
    const waiting = this.#undelivered;
    this.#undelivered = [];
    for (const { bytes, consumed } of waiting) listener(bytes, consumed);
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

  event(event: JsonObject): void {
    const { opened, exit } = event;
    if (isObject(opened) && typeof opened.account === "string") this.#resolveOpened({ account: opened.account });
    if (isObject(exit)) this.#exit = importExit(exit);
  }

  ended(error: SessionError | undefined): void {
    this.#ended = true;
    if (this.#left) this.#exit = { kind: "left" };
    else if (error !== undefined) this.#exit = { kind: "error", error };
    this.#exit ??= { kind: "closed" };
    this.#tellExit();
  }

  #tellExit(): void {
    const listener = this.#onExit;
    if (!this.#ended || this.#exit === undefined || listener === undefined || this.#undelivered.length > 0) return;
    this.#onExit = undefined;
    listener(this.#exit);
  }
}

/** An exit that is neither a code nor a signal counts as closed. */
function importExit(exit: JsonObject): TerminalExit {
  if (typeof exit.code === "number" && Number.isInteger(exit.code)) return { kind: "code", code: exit.code };
  if (typeof exit.signal === "number" && Number.isInteger(exit.signal)) return { kind: "signal", signal: exit.signal };
  return { kind: "closed" };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function checked(size: TerminalSize): TerminalSize {
  for (const n of [size.cols, size.rows])
    if (!Number.isInteger(n) || n < 1 || n > 1000)
      throw new SessionError("bad-arguments", `a terminal of ${size.cols}×${size.rows}`);
  return { cols: size.cols, rows: size.rows };
}
