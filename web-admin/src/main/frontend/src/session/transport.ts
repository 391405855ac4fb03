import type { Bytes } from "./bytes";
import type { SessionError } from "./errors";

/**
 * What carries records: an open, paired connection that keeps messages whole and in order, or ends. It sees ciphertext only.
 */
export interface Transport {
  /** Id of the relay. */
  readonly relay: string;
  /** Sends one binary message; ignored after the end. The bytes may be overwritten once this returns. */
  send(record: Bytes): void;
  /**
   * Starts delivery. `onMessage` gets whole messages, undefined for a text message; `onClosed` is called once when the connection ended without `close()`.
   */
  receive(onMessage: (message: Bytes | undefined) => void, onClosed: (error: SessionError) => void): void;
  /** What was sent before still goes out. Idempotent. */
  close(): void;
}
