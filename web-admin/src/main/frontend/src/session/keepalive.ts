import type { Bytes } from "./bytes";

const PING_EVERY = 15_000;
/** The first PING waits until a tool has started. */
const FIRST_PING = 300;
/** After a record that is answered with an ACK alone, so that its sender is known to be there. */
const PING_AFTER = 3_000;
/** Nothing came for so long although an acknowledgement is owed: the transport is lost. */
const SILENCE = 5_000;
const MAX_SILENCE = 30_000;
/** A transport that has lived so long brings the shortest silence back. */
const STEADY = 60_000;
const LOOK_EVERY = 1_000;

export interface KeepAliveListener {
  ping(value: Bytes): void;
  /** Milliseconds to the other end and back. */
  roundTrip(milliseconds: number): void;
  /** The transport counts as lost. */
  silent(): void;
}

/** `PING`, and when a transport that says nothing counts as lost (`session.md`, Records). */
export class KeepAlive {
  readonly #listener: KeepAliveListener;
  #silence = SILENCE;
  #up = 0;
  #heard = 0;
  #owedSince: number | undefined;
  #look: ReturnType<typeof setInterval> | undefined;
  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  /** Whether what came last is answered by this end with an `ACK` alone. */
  #quiet = false;
  #pingValue = 0;
  #pingSent = 0;
  #pingOutstanding = false;

  constructor(listener: KeepAliveListener) {
    this.#listener = listener;
  }

  /** There is a transport. @param owed whether what is not acknowledged is sent over it first */
  up(owed: boolean): void {
    this.down();
    this.#up = performance.now();
    this.#heard = this.#up;
    this.#owedSince = owed ? this.#up : undefined;
    this.#look = setInterval(() => this.#listen(), LOOK_EVERY);
    this.#pingTimer = setTimeout(() => this.#pingAndGoOn(), FIRST_PING);
  }

  /** There is none any more. */
  down(): void {
    clearInterval(this.#look);
    clearTimeout(this.#pingTimer);
    this.#quiet = false;
    this.#pingOutstanding = false;
    // the reply to the last one tells nothing about the next transport
    this.#pingValue++;
  }

  /** A message came, of whatever kind. */
  heard(): void {
    this.#heard = performance.now();
    this.#quiet = false;
  }

  /** A record came that is neither `PING` nor `ACK`. */
  answerable(): void {
    this.#quiet = true;
  }

  /** Whether a record is not acknowledged that is no `ACK`. */
  owed(owed: boolean): void {
    if (!owed) this.#owedSince = undefined;
    else this.#owedSince ??= performance.now();
  }

  /** The other end's answer. */
  replied(value: Bytes): void {
    if (!this.#pingOutstanding || !isPing(value, this.#pingValue)) return;
    this.#pingOutstanding = false;
    this.#listener.roundTrip(performance.now() - this.#pingSent);
  }

  #listen(): void {
    const now = performance.now();
    if (this.#quiet && now - this.#heard >= PING_AFTER) {
      this.#quiet = false;
      this.#ping();
    }
    if (this.#owedSince === undefined) return;
    if (now - this.#up >= STEADY) this.#silence = SILENCE;
    if (now - Math.max(this.#heard, this.#owedSince) < this.#silence) return;
    this.#silence = Math.min(2 * this.#silence, MAX_SILENCE);
    this.#listener.silent();
  }

  #pingAndGoOn(): void {
    this.#pingTimer = setTimeout(() => this.#pingAndGoOn(), PING_EVERY);
    this.#ping();
  }

  #ping(): void {
    if (this.#pingOutstanding) return;
    this.#pingOutstanding = true;
    this.#pingValue++;
    this.#pingSent = performance.now();
    this.#listener.ping(pingBytes(this.#pingValue));
  }
}

function pingBytes(value: number): Bytes {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setUint32(4, value);
  return bytes;
}

function isPing(bytes: Bytes, value: number): boolean {
  return pingBytes(value).every((byte, i) => byte === bytes[i]);
}
