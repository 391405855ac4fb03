import type { FileStream } from "../session/api";
import { type Bytes, concat } from "../session/bytes";

type Json = Readonly<Record<string, unknown>>;

/** The device's end of a stream, for tests. */
export class FakeStream implements FileStream {
  readonly said: Json[] = [];
  received: Bytes = new Uint8Array();
  granted = 0;
  cancelled = false;
  readonly waiting = 0;
  /** Called for what the client has written. */
  onWrite: () => void = () => undefined;
  write(bytes: Bytes): void {
    this.received = concat(this.received, bytes);
    this.onWrite();
  }
  grant(bytes: number): void {
    this.granted += bytes;
  }
  sendEvent(event: Json): void {
    this.said.push(event);
  }
  close(): void {
    throw new Error("a desktop is not closed by halves");
  }
  cancel(): void {
    this.cancelled = true;
  }
  /** Takes what has come. */
  take(): Bytes {
    const all = this.received;
    this.received = new Uint8Array();
    return all;
  }
}
