import type { Bytes } from "./bytes";
import { SessionError } from "./errors";
import {
  BULK_PLAINTEXT,
  type DataFrame,
  dataLength,
  decodeFrame,
  decodeResume,
  encodeData,
  encodeFrame,
  encodeResume,
  type Frame,
} from "./frames";
import { KeepAlive } from "./keepalive";
import { type Reason, reasonNumber, reasonOf } from "./reasons";
import { MAX_PLAINTEXT, type RecordOpener, type RecordSealer, recordNumber } from "./records";
import type { Transport } from "./transport";

/** What is not acknowledged is kept, and no more than this is kept: the window. */
const WINDOW = 6 * 1024 * 1024;
/** `DATA` leaves the rest of the window to the short records that keep a session going. */
const DATA_WINDOW = WINDOW - 64 * 1024;
/** `ACK` records outside the window, so that two full windows cannot wait for each other. */
const ACK_RESERVE = 64;
/** A full record. */
const FULL = BULK_PLAINTEXT + 24;
/** Acknowledged full records whose memory is kept for the next ones. */
const MOST_FREE = 32;
/** Short frames that wait for room. */
const MAX_WAITING = 1_024;
const ACK_AFTER_RECORDS = 64;
/** Half of what a device may have on its way in any case. */
const ACK_AFTER_BYTES = 128 * 1024;
const ACK_WITHIN = 25;
/** The other end closes when it has read `END`; this end does after so many milliseconds. */
const CLOSE_WITHIN = 1_000;
/** For the answer to a `RESUME`. */
const RESUME_WITHIN = 5_000;
/** A relay is struck for so long by what it must not bring; so many strikes end the session. */
const STRUCK_FOR = 600_000;
const MAX_STRIKES = 3;

/** A transport that is gone. */
export interface TransportLoss {
  readonly relay: string;
  readonly attempt: number;
  readonly error: SessionError;
  /** Milliseconds since the session went over it. */
  readonly lived: number;
}

export interface ChannelListener {
  /** A frame in order; a {@link Violation} thrown here ends the session. */
  frame(frame: Exclude<Frame, { type: "ack" | "ping" | "end" }>): void;
  /** Whoever was refused by {@link RecordChannel.sendData} may try again. */
  writable(): void;
  /** Milliseconds to the other end and back. */
  roundTrip(milliseconds: number): void;
  /** The transport is gone. True if somebody brings another one to {@link RecordChannel.resume}; otherwise the session ends. */
  lost?(loss: TransportLoss): boolean;
  /** The session goes on through another relay. */
  resumed?(relay: string): void;
  /** Called once. Undefined: ended with `done`, by whomever. */
  ended(error: SessionError | undefined): void;
}

/** The other end broke the protocol under a good tag. */
export class Violation extends Error {
  override readonly name = "Violation";
}

/** A transport of the session. */
interface Link {
  readonly transport: Transport;
  readonly attempt: number;
  readonly since: number;
  /** The first message of a transport for going on is the other end's `RESUME`. */
  awaitsResume: boolean;
  state: "awaited" | "current" | "over";
  readonly settle: (resumed: boolean) => void;
}

/** What is not acknowledged. */
interface Kept {
  /** What it takes of the window; 0 for an `ACK`. */
  readonly counted: number;
  /** The ciphertext, as soon as there is one. */
  record: Bytes | undefined;
}

/**
 * Records in order over one transport after another: sequences, acknowledgements, window, PING and the end of the session.
 *
 * Encryption and decryption are started at once and finish in order: two promise chains, one for each direction, keep the sequence of the calls
 * whatever the order in which WebCrypto answers. Nothing of a received record has an effect before its tag was verified.
 */
export class RecordChannel {
  readonly #sealer: RecordSealer;
  readonly #opener: RecordOpener;
  readonly #listener: ChannelListener;

  /** What the session goes over; undefined while it has lost one and has no other. */
  #link: Link | undefined;
  readonly #keepAlive: KeepAlive;
  #strikes: readonly { readonly relay: string; readonly at: number }[] = [];

  #over = false;
  #bytesIn = 0;
  #bytesOut = 0;

  // sending
  #outbound: Promise<void> = Promise.resolve();
  /** Short frames that wait for room in the window; `DATA` waits in its stream, so that nothing stands behind it. */
  readonly #waiting: Frame[] = [];
  #refusedData = false;
  /** What is sealed next. */
  readonly #plaintext: Bytes = new Uint8Array(MAX_PLAINTEXT);
  /** Memory of acknowledged full records: what is new costs more than encryption. */
  readonly #free: Bytes[] = [];
  /** Oldest first; the first has the sequence `#acknowledged`. */
  readonly #kept: Kept[] = [];
  #keptBytes = 0;
  #reserveUsed = 0;
  #acknowledged = 0;
  #handedOver = 0;

  // receiving
  #inbound: Promise<void> = Promise.resolve();
  /** The sequence that the next message must have; runs ahead of `#received` while WebCrypto works. */
  #expected = 0;
  #received = 0;
  /** Whether a data record or a good `RESUME` of the other end has come. */
  #heard = false;
  #owedRecords = 0;
  #owedBytes = 0;
  #ackOverdue = false;
  #ackTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(transport: Transport, sealer: RecordSealer, opener: RecordOpener, listener: ChannelListener) {
    this.#link = {
      transport,
      attempt: 0,
      since: performance.now(),
      awaitsResume: false,
      state: "current",
      settle: () => undefined,
    };
    this.#keepAlive = new KeepAlive({
      ping: (value) => this.send({ type: "ping", reply: false, value }),
      roundTrip: (milliseconds) => this.#listener.roundTrip(milliseconds),
      silent: () => this.#loseCurrent(new SessionError("interrupted", "the device is silent")),
    });
    this.#sealer = sealer;
    this.#opener = opener;
    this.#listener = listener;
  }

  /** Bytes of all records received and sent. */
  get bytes(): { readonly in: number; readonly out: number } {
    return { in: this.#bytesIn, out: this.#bytesOut };
  }

  /** Relays that are not to be used. */
  get struck(): readonly string[] {
    const now = performance.now();
    return [...new Set(this.#strikes.filter(({ at }) => now - at < STRUCK_FOR).map(({ relay }) => relay))];
  }

  /** Starts to receive; call it after the first `send` so that nothing precedes that. */
  start(): void {
    const link = this.#link;
    if (link === undefined) return;
    // what is lost already says so at once
    this.#keepAlive.up(false);
    link.transport.receive(
      (message) => this.#message(link, message),
      (error) => this.#lose(link, error),
    );
  }

  /**
   * Goes on over another transport (`session.md`, Resuming).
   *
   * @param attempt of this end's connection to the relay, above every one before
   * @returns whether the session goes on over it; it is closed if not
   */
  async resume(transport: Transport, sid: Bytes, attempt: number): Promise<boolean> {
    // what is still being opened counts
    await this.#inbound;
    const next = this.#received;
    const record = await this.#sealer.sealControl(encodeResume({ sid, relay: transport.relay, attempt, next }));
    if (this.#over || this.#link !== undefined) {
      transport.close();
      return false;
    }
    this.#expected = next;
    return new Promise((resolve) => {
      const link: Link = {
        transport,
        attempt,
        since: performance.now(),
        awaitsResume: true,
        state: "awaited",
        settle: (resumed) => {
          clearTimeout(timer);
          resolve(resumed);
        },
      };
      const timer = setTimeout(
        () => link.state === "awaited" && this.#lose(link, new SessionError("relay-timeout", "no answer to RESUME")),
        RESUME_WITHIN,
      );
      transport.receive(
        (message) => this.#message(link, message, sid),
        (error) => this.#lose(link, error),
      );
      transport.send(record);
    });
  }

  /** Nobody brings another transport. */
  giveUp(error: SessionError): void {
    this.#finish(error);
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
  sendData(frame: DataFrame): boolean {
    if (this.#over) return true;
    const length = dataLength(frame) + 24;
    if (this.#waiting.length > 0 || this.#keptBytes + length > DATA_WINDOW) {
      this.#refusedData = true;
      return false;
    }
    this.#seal(encodeData(frame, this.#received, this.#plaintext), length);
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
    const kept: Kept = { counted, record: undefined };
    this.#kept.push(kept);
    this.#keptBytes += counted;
    if (counted > 0) this.#keepAlive.owed(true);
    this.#bytesOut += plaintext.length + 24;
    this.#nothingOwed();
    const reused = plaintext.length === BULK_PLAINTEXT ? this.#free.pop() : undefined;
    const sealed = this.#sealer.sealData(plaintext, reused);
    this.#outbound = this.#outbound
      .then(() => sealed)
      .then(
        (record) => {
          kept.record = record;
          this.#handedOver++;
          this.#link?.transport.send(record);
        },
        (cause) => this.#finish(new SessionError("failed", "a record could not be sealed", { cause })),
      );
  }

  #acknowledge(count: number): void {
    if (count > this.#handedOver) throw new Violation(`${count} records acknowledged, ${this.#handedOver} sent`);
    if (count <= this.#acknowledged) return;
    const gone = this.#kept.splice(0, count - this.#acknowledged);
    this.#acknowledged = count;
    for (const { counted, record } of gone) {
      if (counted === 0) this.#reserveUsed--;
      else this.#keptBytes -= counted;
      if (record?.length === FULL && this.#free.length < MOST_FREE) this.#free.push(record);
    }
    this.#keepAlive.owed(this.#keptBytes > 0);
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

  /** @param sid where the first message must be a `RESUME` */
  #message(link: Link, message: Bytes | undefined, sid?: Bytes): void {
    if (this.#over || link.state === "over") return;
    this.#keepAlive.heard();
    const number = message === undefined ? undefined : recordNumber(message);
    if (message === undefined || number === undefined) return this.#rejectInOrder(link, "not a record");
    const resumes = number.kind === "control";
    // not opened: nothing may change the session at the wrong time
    if (resumes !== link.awaitsResume) return this.#outOfPlace(link);
    link.awaitsResume = false;
    if (number.kind === "data") {
      if (number.sequence !== this.#expected)
        return this.#rejectInOrder(link, `sequence ${number.sequence} instead of ${this.#expected}`);
      this.#expected++;
    }
    const opened = this.#opener.open(message, number);
    // it may fail before its turn comes, and is dealt with then
    opened.catch(() => undefined);
    this.#inbound = this.#inbound
      .then(() => opened)
      .then(
        (plaintext) => {
          if (this.#over || link.state === "over") return;
          this.#bytesIn += message.length;
          if (number.kind === "data") this.#accept(plaintext, number.sequence, message.length);
          else this.#resumed(link, plaintext, sid);
        },
        () => this.#reject(link, "the tag does not fit"),
      );
  }

  /**
   * Before the other end was heard, one end may have lost the first transport, and the other not noticed: then an honest relay pairs connections
   * that do not go together.
   */
  #outOfPlace(link: Link): void {
    this.#inbound = this.#inbound.then(() => {
      if (this.#heard) this.#reject(link, "a record out of place");
      else this.#lose(link, new SessionError("interrupted", "the other end is at another attempt"));
    });
  }

  /** A bad number is reported after the good records before it. */
  #rejectInOrder(link: Link, detail: string): void {
    this.#inbound = this.#inbound.then(() => this.#reject(link, detail));
  }

  /** The relay brought what it must not: it is struck, and the session goes on elsewhere. */
  #reject(link: Link, detail: string): void {
    if (this.#over || link.state === "over") return;
    const error = new SessionError("record-rejected", detail);
    const now = performance.now();
    this.#strikes = [
      ...this.#strikes.filter(({ at }) => now - at < STRUCK_FOR),
      { relay: link.transport.relay, at: now },
    ];
    if (this.#strikes.length >= MAX_STRIKES) this.#finish(error);
    this.#lose(link, error);
  }

  #accept(plaintext: Bytes, sequence: number, length: number): void {
    this.#guarded(() => {
      this.#received = sequence + 1;
      this.#heard = true;
      const { ack, frame } = decodeFrame(plaintext);
      this.#acknowledge(ack);
      if (frame.type !== "ack") this.#owe(length);
      if (frame.type !== "ack" && frame.type !== "ping") this.#keepAlive.answerable();
      this.#dispatch(frame, sequence);
    });
  }

  /** The other end goes on from `next`; what came after that is sent again, as it was. */
  #resumed(link: Link, plaintext: Bytes, sid: Bytes | undefined): void {
    this.#guarded(() => {
      const peer = decodeResume(plaintext);
      const fits =
        sid !== undefined &&
        peer.sid.every((byte, i) => byte === sid[i]) &&
        peer.relay === link.transport.relay &&
        peer.attempt === link.attempt;
      if (!fits) return this.#reject(link, "a RESUME of another transport");
      if (peer.next < this.#acknowledged) throw new Violation(`RESUME at ${peer.next} of ${this.#acknowledged}`);
      link.state = "current";
      this.#link = link;
      this.#heard = true;
      this.#acknowledge(peer.next);
      // a full window has sent on by now, but behind these
      for (const { record } of this.#kept) if (record !== undefined) link.transport.send(record);
      this.#nothingOwed();
      this.#keepAlive.up(this.#keptBytes > 0);
      link.settle(true);
      this.#listener.resumed?.(peer.relay);
    });
  }

  #guarded(work: () => void): void {
    try {
      work();
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

  #pinged(reply: boolean, value: Bytes): void {
    if (reply) this.#keepAlive.replied(value);
    else this.send({ type: "ping", reply: true, value });
  }

  // ---- a transport goes

  #loseCurrent(error: SessionError): void {
    if (this.#link !== undefined) this.#lose(this.#link, error);
  }

  #lose(link: Link, error: SessionError): void {
    if (link.state === "over") return;
    const { state } = link;
    link.state = "over";
    link.transport.close();
    if (state === "awaited") return link.settle(false);
    this.#link = undefined;
    this.#keepAlive.down();
    if (this.#over) return;
    const { attempt } = link;
    const lived = performance.now() - link.since;
    if (this.#listener.lost?.({ relay: link.transport.relay, attempt, error, lived }) !== true) this.#finish(error);
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
    const last = this.#link;
    if (last !== undefined) setTimeout(() => last.transport.close(), CLOSE_WITHIN);
    this.#stop();
    this.#listener.ended(error);
  }

  #finish(error: SessionError | undefined): void {
    if (this.#over) return;
    this.#stop();
    this.#link?.transport.close();
    this.#listener.ended(error);
  }

  #stop(): void {
    this.#over = true;
    this.#waiting.length = 0;
    this.#keepAlive.down();
    clearTimeout(this.#ackTimer);
  }
}
