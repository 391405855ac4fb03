import type { Bytes } from "./bytes";
import { SessionError } from "./errors";
import { decodeFrame, decodeResume, encodeFrame, type Frame } from "./frames";
import { type Reason, reasonNumber, reasonOf } from "./reasons";
import { type RecordNumber, type RecordOpener, type RecordSealer, recordNumber } from "./records";
import type { Transport } from "./transport";

/** What is not acknowledged is kept, and no more than this is kept: the window. */
const WINDOW = 4 * 1024 * 1024;
/** `DATA` leaves the rest of the window to the short records that keep a session going. */
const DATA_WINDOW = WINDOW - 64 * 1024;
/** `ACK` records outside the window, so that two full windows cannot wait for each other. */
const ACK_RESERVE = 64;
/** Short frames that wait for room. */
const MAX_WAITING = 1_024;
const ACK_AFTER_RECORDS = 64;
const ACK_AFTER_BYTES = 256 * 1024;
const ACK_WITHIN = 25;
const PING_EVERY = 15_000;
const PING_TIMEOUT = 30_000;
/** The first PING waits until a tool has started. */
const FIRST_PING = 300;
/** The other end closes when it has read `END`; this end does after so many milliseconds. */
const CLOSE_WITHIN = 1_000;

export interface ChannelListener {
  /** A frame in order; a {@link Violation} thrown here ends the session. */
  frame(frame: Exclude<Frame, { type: "ack" | "ping" | "end" }>): void;
  /** Whoever was refused by {@link RecordChannel.sendData} may try again. */
  writable(): void;
  /** Milliseconds to the other end and back. */
  roundTrip(milliseconds: number): void;
  /** Called once. Undefined: ended with `done`, by whomever. */
  ended(error: SessionError | undefined): void;
}

/** The other end broke the protocol under a good tag. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/**
 * Records in order over one transport: sequences, acknowledgements, window, PING and the end of the session.
 *
 * Encryption and decryption are started at once and finish in order: two promise chains, one for each direction, keep the sequence of the calls
 * whatever the order in which WebCrypto answers. Nothing of a received record has an effect before its tag was verified.
 */
export class RecordChannel {
  readonly #transport: Transport;
  readonly #sealer: RecordSealer;
  readonly #opener: RecordOpener;
  readonly #listener: ChannelListener;

  #over = false;
  #bytesIn = 0;
  #bytesOut = 0;

  // sending
  #outbound: Promise<void> = Promise.resolve();
  /** Short frames that wait for room in the window; `DATA` waits in its stream, so that nothing stands behind it. */
  readonly #waiting: Frame[] = [];
  #refusedData = false;
  /** Sizes of what is not acknowledged, oldest first; an `ACK` counts 0. The ciphertext itself is of use only to resuming, which comes later. */
  readonly #kept: number[] = [];
  #keptBytes = 0;
  #reserveUsed = 0;
  #acknowledged = 0;
  #handedOver = 0;

  // receiving
  #inbound: Promise<void> = Promise.resolve();
  /** The sequence that the next message must have; runs ahead of `#received` while WebCrypto works. */
  #expected = 0;
  #received = 0;
  #owedRecords = 0;
  #owedBytes = 0;
  #ackOverdue = false;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;

  #pingTimer: ReturnType<typeof setTimeout> | undefined;
  #silenceTimer: ReturnType<typeof setTimeout> | undefined;
  #pingValue = 0;
  #pingSent = 0;
  #pingOutstanding = false;

  constructor(transport: Transport, sealer: RecordSealer, opener: RecordOpener, listener: ChannelListener) {
    this.#transport = transport;
    this.#sealer = sealer;
    this.#opener = opener;
    this.#listener = listener;
  }

  /** Bytes of all records received and sent. */
  get bytes(): { readonly in: number; readonly out: number } {
    return { in: this.#bytesIn, out: this.#bytesOut };
  }

  /** Starts to receive; call it after the first `send` so that nothing precedes that. */
  start(): void {
    this.#transport.receive(
      (message) => this.#message(message),
      (error) => this.#finish(error),
    );
    this.#pingTimer = setTimeout(() => this.#ping(), FIRST_PING);
  }

  /** Seals and sends a short frame at once, or as soon as the window has room, in the order of the calls. */
  send(frame: Exclude<Frame, { type: "data" }>): void {
    if (this.#over) return;
    if (this.#waiting.length >= MAX_WAITING)
      return this.#finish(new SessionError("interrupted", "nothing is acknowledged"));
    this.#waiting.push(frame);
    this.#pump();
  }

  /** Seals and sends at once; false if the window has no room: then `writable` tells when it has. */
  sendData(frame: Extract<Frame, { type: "data" }>): boolean {
    if (this.#over) return true;
    const plaintext = encodeFrame(frame, this.#received);
    if (this.#waiting.length > 0 || this.#keptBytes + plaintext.length + 24 > DATA_WINDOW) {
      this.#refusedData = true;
      return false;
    }
    this.#seal(plaintext, plaintext.length + 24);
    return true;
  }

  /** Ends the session in order: the other end learns the reason. */
  end(reason: Reason, text = ""): void {
    this.#endWith(reason, text, reason === "done" ? undefined : new SessionError(reason, text));
  }

  // ---- sending

  #pump(): void {
    for (let frame = this.#waiting[0]; frame !== undefined; frame = this.#waiting[0]) {
      const plaintext = encodeFrame(frame, this.#received);
      if (this.#keptBytes + plaintext.length + 24 > WINDOW) return;
      this.#waiting.shift();
      this.#seal(plaintext, plaintext.length + 24);
    }
  }

  /** @param counted what it takes of the window */
  #seal(plaintext: Bytes, counted: number): void {
    this.#kept.push(counted);
    this.#keptBytes += counted;
    this.#bytesOut += plaintext.length + 24;
    this.#nothingOwed();
    const sealed = this.#sealer.sealData(plaintext);
    this.#outbound = this.#outbound
      .then(() => sealed)
      .then(
        (record) => {
          this.#handedOver++;
          this.#transport.send(record);
        },
        (cause) => this.#finish(new SessionError("failed", "a record could not be sealed", { cause })),
      );
  }

  #acknowledge(count: number): void {
    if (count > this.#handedOver) throw new Violation(`${count} records acknowledged, ${this.#handedOver} sent`);
    if (count <= this.#acknowledged) return;
    const gone = this.#kept.splice(0, count - this.#acknowledged);
    this.#acknowledged = count;
    for (const size of gone) {
      if (size === 0) this.#reserveUsed--;
      else this.#keptBytes -= size;
    }
    this.#pump();
    if (this.#refusedData) {
      this.#refusedData = false;
      this.#listener.writable();
    }
    if (this.#ackOverdue) this.#sendAck();
  }

  #owe(length: number): void {
    this.#owedRecords++;
    this.#owedBytes += length;
    if (this.#owedRecords >= ACK_AFTER_RECORDS || this.#owedBytes >= ACK_AFTER_BYTES) this.#sendAck();
    else this.#ackTimer ??= setTimeout(() => this.#sendAck(), ACK_WITHIN);
  }

  #sendAck(): void {
    if (this.#over || this.#owedRecords === 0) return;
    if (this.#reserveUsed >= ACK_RESERVE) {
      this.#ackOverdue = true;
      return;
    }
    this.#reserveUsed++;
    this.#seal(encodeFrame({ type: "ack" }, this.#received), 0);
  }

  /** Every record carries the acknowledgement. */
  #nothingOwed(): void {
    this.#owedRecords = 0;
    this.#owedBytes = 0;
    this.#ackOverdue = false;
    clearTimeout(this.#ackTimer);
    this.#ackTimer = undefined;
  }

  // ---- receiving

  #message(message: Bytes | undefined): void {
    if (this.#over) return;
    const number = message === undefined ? undefined : recordNumber(message);
    if (message === undefined || number === undefined) return this.#rejectInOrder("not a record");
    if (number.kind === "data") {
      if (number.sequence !== this.#expected)
        return this.#rejectInOrder(`sequence ${number.sequence} instead of ${this.#expected}`);
      this.#expected++;
    }
    const opened = this.#opener.open(message, number);
    this.#inbound = this.#inbound
      .then(() => opened)
      .then(
        (plaintext) => this.#accept(plaintext, number, message.length),
        () => this.#reject("the tag does not fit"),
      );
  }

  /** A bad number is reported after the good records before it. */
  #rejectInOrder(detail: string): void {
    this.#inbound = this.#inbound.then(() => this.#reject(detail));
  }

  #reject(detail: string): void {
    this.#finish(new SessionError("record-rejected", detail));
  }

  #accept(plaintext: Bytes, number: RecordNumber, length: number): void {
    if (this.#over) return;
    this.#bytesIn += length;
    try {
      if (number.kind === "control") {
        decodeResume(plaintext);
        throw new Violation("RESUME on the first transport");
      }
      this.#received = number.sequence + 1;
      const { ack, frame } = decodeFrame(plaintext);
      this.#acknowledge(ack);
      if (frame.type !== "ack") this.#owe(length);
      this.#dispatch(frame, number.sequence);
    } catch (error) {
      if (error instanceof Violation || error instanceof RangeError)
        return this.#endWith(
          "protocol-violation",
          error.message,
          new SessionError("protocol-violation", error.message),
        );
      this.#endWith("failed", "", new SessionError("failed", "an application's code", { cause: error }));
    }
  }

  #dispatch(frame: Frame, sequence: number): void {
    switch (frame.type) {
      case "ack":
        return;
      case "ping":
        return this.#pinged(frame.reply, frame.value);
      case "end": {
        if (frame.before !== sequence) throw new Violation(`END after ${frame.before} records, ${sequence} came`);
        const reason = reasonOf(frame.reason);
        return this.#finish(reason === "done" ? undefined : new SessionError(reason, frame.text));
      }
      default:
        return this.#listener.frame(frame);
    }
  }

  // ---- PING

  #ping(): void {
    this.#pingTimer = setTimeout(() => this.#ping(), PING_EVERY);
    if (this.#pingOutstanding) return;
    this.#pingOutstanding = true;
    this.#pingValue++;
    this.#pingSent = performance.now();
    this.#silenceTimer = setTimeout(
      () => this.#finish(new SessionError("interrupted", "the device is silent")),
      PING_TIMEOUT,
    );
    this.send({ type: "ping", reply: false, value: pingBytes(this.#pingValue) });
  }

  #pinged(reply: boolean, value: Bytes): void {
    if (!reply) return this.send({ type: "ping", reply: true, value });
    if (!this.#pingOutstanding || !isPing(value, this.#pingValue)) return;
    this.#pingOutstanding = false;
    clearTimeout(this.#silenceTimer);
    this.#listener.roundTrip(performance.now() - this.#pingSent);
  }

  // ---- the end

  #endWith(reason: Reason, text: string, error: SessionError | undefined): void {
    if (this.#over) return;
    const before = this.#sealer.next;
    this.#waiting.length = 0;
    this.#seal(
      encodeFrame({ type: "end", before, reason: reasonNumber(reason), text: text.slice(0, 200) }, this.#received),
      0,
    );
    setTimeout(() => this.#transport.close(), CLOSE_WITHIN);
    this.#stop();
    this.#listener.ended(error);
  }

  #finish(error: SessionError | undefined): void {
    if (this.#over) return;
    this.#stop();
    this.#transport.close();
    this.#listener.ended(error);
  }

  #stop(): void {
    this.#over = true;
    this.#waiting.length = 0;
    for (const timer of [this.#ackTimer, this.#pingTimer, this.#silenceTimer]) clearTimeout(timer);
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
