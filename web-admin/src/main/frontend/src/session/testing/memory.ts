import type { Bytes } from "../bytes";
import { SessionError } from "../errors";
import type { Transport } from "../transport";

/** What may happen to a message on its way: given one and all before it, says what arrives. */
export type Interference = (message: Bytes, index: number) => readonly (Bytes | undefined)[];

/** One end of a connection in memory. Messages arrive in a later turn of the event loop, like from a socket. */
export class MemoryTransport implements Transport {
  readonly relay = "memory";
  readonly sent: Bytes[] = [];
  closed = false;
  #peer: MemoryTransport | undefined;
  #interfere: Interference = (message) => [message];
  /** What came before somebody listened. */
  readonly #early: (Bytes | undefined)[] = [];
  #onMessage: ((message: Bytes | undefined) => void) | undefined;
  #onClosed: ((error: SessionError) => void) | undefined;

  static pair(): readonly [client: MemoryTransport, device: MemoryTransport] {
    const client = new MemoryTransport();
    const device = new MemoryTransport();
    client.#peer = device;
    device.#peer = client;
    return [client, device];
  }

  /** From now on messages that this end sends meet `interference`. */
  interfere(interference: Interference): void {
    this.#interfere = interference;
  }

  send(record: Bytes): void {
    if (this.closed) return;
    const copy = record.slice();
    const index = this.sent.push(copy) - 1;
    for (const message of this.#interfere(copy, index)) setTimeout(() => this.#peer?.deliver(message), 0);
  }

  deliver(message: Bytes | undefined): void {
    if (this.closed) return;
    if (this.#onMessage === undefined) this.#early.push(message);
    else this.#onMessage(message);
  }

  receive(onMessage: (message: Bytes | undefined) => void, onClosed: (error: SessionError) => void): void {
    this.#onMessage = onMessage;
    this.#onClosed = onClosed;
    for (const message of this.#early.splice(0)) onMessage(message);
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    setTimeout(() => this.#peer?.lost(), 0);
  }

  lost(): void {
    if (this.closed) return;
    this.closed = true;
    this.#onClosed?.(new SessionError("interrupted", "the other end closed"));
  }
}
