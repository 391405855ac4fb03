/// <reference path="./novnc.d.ts" />
import type { RawChannel } from "@novnc/novnc";
import type { FileStream } from "../session/api";
import type { Bytes } from "../session/bytes";

/** What the client may have read ahead of what it has drawn. Above it the device gets no more credit. */
const AHEAD = 1024 * 1024;

/** Beyond the 256 KiB of each stream: pictures on their way over a long distance. */
const MORE_CREDIT = 768 * 1024;

const AGAIN_MS = 10;

interface Delivered {
  readonly bytes: Bytes;
  readonly consumed: () => void;
}

/**
 * A stream of a session as the WebSocket that noVNC wants. Bytes that come before noVNC listens are kept, within the credit of the stream; the device gets
 * new credit when noVNC has dealt with what came, not when it arrived.
 */
export class DesktopChannel implements RawChannel {
  // noVNC looks for these by name
  binaryType = "arraybuffer";
  readonly protocol = "";
  readyState = "open";
  onopen: RawChannel["onopen"] = null;
  onerror: RawChannel["onerror"] = null;
  onclose: RawChannel["onclose"] = null;
  /** Bytes that noVNC has taken but not read yet. */
  unread: () => number = () => 0;
  readonly #stream: FileStream;
  #onmessage: RawChannel["onmessage"] = null;
  #waiting: Delivered[] = [];
  #unconsumed: (() => void)[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(stream: FileStream) {
    this.#stream = stream;
    stream.grant(MORE_CREDIT);
  }

  get onmessage(): RawChannel["onmessage"] {
    return this.#onmessage;
  }

  set onmessage(listener: RawChannel["onmessage"]) {
    this.#onmessage = listener;
    // its constructor is not ready for bytes yet
    if (this.#waiting.length > 0) queueMicrotask(() => this.#flush());
  }

  /** noVNC sends from a buffer that it uses again. */
  send(bytes: Uint8Array<ArrayBuffer>): void {
    if (this.readyState === "open") this.#stream.write(bytes.slice());
  }

  /** By noVNC. */
  close(): void {
    if (this.readyState === "closed") return;
    this.#stream.cancel();
    this.ended();
  }

  // ---- from the stream

  data(bytes: Bytes, consumed: () => void): void {
    this.#waiting.push({ bytes, consumed });
    this.#flush();
  }

  /** The stream is over. */
  ended(): void {
    if (this.readyState === "closed") return;
    this.readyState = "closed";
    clearTimeout(this.#timer);
    this.#waiting = [];
    this.#unconsumed = [];
    queueMicrotask(() => this.onclose?.({}));
  }

  #flush(): void {
    const listener = this.#onmessage;
    if (listener === null) return;
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      const { buffer, byteOffset, byteLength } = next.bytes;
      this.#unconsumed.push(next.consumed);
      listener({ data: byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength) });
    }
    this.#settle();
  }

  #settle(): void {
    clearTimeout(this.#timer);
    if (this.readyState === "closed") return;
    if (this.unread() > AHEAD) {
      this.#timer = setTimeout(() => this.#settle(), AGAIN_MS);
      return;
    }
    const consumed = this.#unconsumed;
    this.#unconsumed = [];
    for (const each of consumed) each();
  }
}
