import { type Bytes, concat, lp, u8, u32, utf8 } from "./bytes";
import { signP256 } from "./crypto";
import { relayEndpoint } from "./endpoint";
import { SessionError, type SessionErrorCode } from "./errors";
import type { RelayProofKey } from "./keys";
import type { Transport } from "./transport";

const LABEL = "bascule/1 relay";
const RESUME_LABEL = "bascule/1 relay-resume";
const ROLE_CLIENT = 1;
/** The relay itself waits 30 s for the other end. */
const JOIN_WITHIN = 35_000;
const CONNECT_WITHIN = 5_000;

/** In milliseconds. */
export interface JoinTimes {
  readonly connect: number;
  /** Until the other end is there, too. */
  readonly pair: number;
}

/**
 * What the first relay of a session is given: the one that was named is in the reserve as well, only another one is a reason to leave it soon.
 */
export function firstTimes(named: string, reserve: readonly { readonly id: string }[]): JoinTimes {
  return reserve.some(({ id }) => id !== named)
    ? { connect: CONNECT_WITHIN, pair: 10_000 }
    : { connect: JOIN_WITHIN, pair: JOIN_WITHIN };
}

/** Up to 20 s to connect. */
export const MOST_DOUBLED = 2;

/** Once a relay could not be reached, slow ways are given more time. */
export function resumeTimes(failures: number): JoinTimes {
  return { connect: CONNECT_WITHIN * 2 ** Math.min(failures, MOST_DOUBLED), pair: JOIN_WITHIN };
}

const LIMIT = 4003;

/** Codes that a relay closes with (`relay.md`). */
const CLOSE_CODES: ReadonlyMap<number, SessionErrorCode> = new Map<number, SessionErrorCode>([
  [4001, "relay-refused"],
  [4002, "interrupted"],
  [LIMIT, "relay-limit"],
  [4004, "relay-draining"],
  [4005, "relay-stalled"],
  [4006, "relay-timeout"],
]);

/** What an end needs to be admitted to a relay. */
export interface RelayJoin {
  readonly id: string;
  /** Without a trailing slash. */
  readonly url: string;
  /** 16 bytes. */
  readonly sid: Bytes;
  readonly sidText: string;
  readonly token: string;
  readonly proof: RelayProofKey;
  /** With a token in reserve: the number of this connection, from 1. */
  readonly attempt?: number;
}

/** `label ‖ 00 ‖ lp(relay id) ‖ nonce[32] ‖ sid[16] ‖ role u8` */
export function relayProofBytes(relay: string, nonce: Bytes, sid: Bytes, role = ROLE_CLIENT): Bytes {
  return concat(utf8(LABEL), u8(0), lp(relay), nonce, sid, u8(role));
}

/** For a token in reserve: `resume label ‖ 00 ‖ lp(relay id) ‖ nonce[32] ‖ sid[16] ‖ role u8 ‖ attempt u32` */
export function relayResumeProofBytes(relay: string, nonce: Bytes, sid: Bytes, attempt: number): Bytes {
  return concat(utf8(RESUME_LABEL), u8(0), lp(relay), nonce, sid, u8(ROLE_CLIENT), u32(attempt));
}

/** A relay gives a socket 5 s to say who it is. */
const USABLE_FOR = 3_000;

/** A connection to the relay that a session will probably use, made while both ends still shake hands; nothing is said on it. */
export class EarlySocket {
  readonly #endpoint: string;
  readonly #socket: WebSocket;
  readonly #opened = performance.now();
  #taken = false;

  /** @throws SessionError `malformed-answer` */
  constructor(url: string, sidText: string, open: (url: string) => WebSocket) {
    this.#endpoint = relayEndpoint(url, sidText);
    this.#socket = open(this.#endpoint);
  }

  /** The socket, if it leads where it should and still can be used. */
  take(endpoint: string): WebSocket | undefined {
    const young = performance.now() - this.#opened < USABLE_FOR;
    const alive = this.#socket.readyState === 0 || this.#socket.readyState === 1;
    if (this.#taken || endpoint !== this.#endpoint || !young || !alive) return undefined;
    this.#taken = true;
    return this.#socket;
  }

  /** Closes what nobody took. */
  close(): void {
    if (!this.#taken) this.#socket.close(1000);
  }
}

/**
 * Joins a relay and waits there for the other end.
 *
 * @param early used if it leads to this relay, else closed
 * @param waiting called when this end is there, and the other one is not
 * @throws SessionError `relay-*`, `aborted`
 */
export function joinRelay(
  join: RelayJoin,
  open: (url: string) => WebSocket,
  within: JoinTimes,
  signal?: AbortSignal,
  early?: EarlySocket,
  waiting: () => void = () => undefined,
): Promise<Transport> {
  const endpoint = relayEndpoint(join.url, join.sidText);
  return new Promise((resolve, reject) => {
    if (signal?.aborted === true) return reject(new SessionError("aborted"));
    const socket = early?.take(endpoint) ?? open(endpoint);
    early?.close();
    const connection = new RelayConnection(
      join,
      socket,
      (result) => {
        clearTimeout(timer);
        clearTimeout(connecting);
        signal?.removeEventListener("abort", abort);
        if (result instanceof SessionError) reject(result);
        else resolve(result);
      },
      waiting,
    );
    const abort = (): void => connection.fail(new SessionError("aborted"));
    const timer = setTimeout(
      () => connection.fail(new SessionError("relay-timeout", "not paired in time")),
      within.pair,
    );
    const connecting = setTimeout(() => connection.failUnlessOpen(), within.connect);
    signal?.addEventListener("abort", abort);
  });
}

/** A transport that did not come to be: a session that begins with it has lost it at once, and goes to the next one. */
export class LostTransport implements Transport {
  readonly relay: string;
  readonly #error: SessionError;

  constructor(relay: string, error: SessionError) {
    this.relay = relay;
    this.#error = error;
  }

  send(): void {}

  receive(_onMessage: unknown, onClosed: (error: SessionError) => void): void {
    onClosed(this.#error);
  }

  close(): void {}
}

/** token → nonce → proof → `waiting`, `paired` → records. */
class RelayConnection implements Transport {
  readonly relay: string;
  readonly #join: RelayJoin;
  readonly #socket: WebSocket;
  readonly #settle: (result: Transport | SessionError) => void;
  readonly #waiting: () => void;
  #phase: "connecting" | "token" | "proof" | "paired" | "over" = "connecting";

  /** What came before `receive`: the device sends nothing first, so the receiver refuses the transport for it. */
  #early: { readonly message: Bytes | undefined } | undefined;
  /** Why it ended before `receive`. */
  #end: SessionError | undefined;
  #onMessage: ((message: Bytes | undefined) => void) | undefined;
  #onClosed: ((error: SessionError) => void) | undefined;

  constructor(
    join: RelayJoin,
    socket: WebSocket,
    settle: (result: Transport | SessionError) => void,
    waiting: () => void,
  ) {
    this.relay = join.id;
    this.#join = join;
    this.#socket = socket;
    this.#settle = settle;
    this.#waiting = waiting;
    socket.binaryType = "arraybuffer";
    const opened = (): void => {
      if (this.#phase !== "connecting") return;
      this.#phase = "token";
      socket.send(join.token);
    };
    socket.onopen = opened;
    socket.onmessage = (event: MessageEvent<unknown>) => this.#message(event.data);
    socket.onclose = (event) => this.#closed(event.code);
    if (socket.readyState === 1) opened();
  }

  send(record: Bytes): void {
    if (this.#phase === "paired") this.#socket.send(record);
  }

  receive(onMessage: (message: Bytes | undefined) => void, onClosed: (error: SessionError) => void): void {
    this.#onMessage = onMessage;
    this.#onClosed = onClosed;
    const early = this.#early;
    this.#early = undefined;
    if (early !== undefined) onMessage(early.message);
    else if (this.#end !== undefined) onClosed(this.#end);
  }

  close(): void {
    if (this.#phase === "over") return;
    this.#phase = "over";
    this.#socket.close(1000);
  }

  /** Gives up if the relay has not answered at all. */
  failUnlessOpen(): void {
    if (this.#phase === "connecting") this.fail(new SessionError("relay-unreachable", "no connection in time"));
  }

  /** Gives up before `paired`; tells the receiver after. */
  fail(error: SessionError): void {
    if (this.#phase === "over") return;
    const paired = this.#phase === "paired";
    this.#phase = "over";
    this.#socket.close(1000);
    if (!paired) this.#settle(error);
    else if (this.#onClosed === undefined) this.#end = error;
    else this.#onClosed(error);
  }

  #message(data: unknown): void {
    const bytes = data instanceof ArrayBuffer ? new Uint8Array(data) : undefined;
    switch (this.#phase) {
      case "token":
        if (bytes?.length !== 32) return this.fail(unexpected());
        this.#phase = "proof";
        void this.#prove(bytes);
        return;
      case "proof":
        if (data === "waiting") return this.#waiting();
        if (data !== "paired") return this.fail(unexpected());
        this.#phase = "paired";
        return this.#settle(this);
      case "paired":
        if (this.#onMessage !== undefined) return this.#onMessage(bytes);
        // nothing more is taken: the transport may wait for its turn for long
        this.#early = { message: bytes };
        return this.close();
      default:
        return;
    }
  }

  async #prove(nonce: Bytes): Promise<void> {
    try {
      const { id, sid, proof, attempt } = this.#join;
      const message =
        attempt === undefined
          ? await signP256(proof, relayProofBytes(id, nonce, sid))
          : concat(u32(attempt), await signP256(proof, relayResumeProofBytes(id, nonce, sid, attempt)));
      if (this.#phase === "proof") this.#socket.send(message);
    } catch (cause) {
      this.fail(new SessionError("failed", "the proof to the relay", { cause }));
    }
  }

  #closed(code: number): void {
    const unproved = this.#phase === "connecting" || this.#phase === "token";
    const known = code === LIMIT && unproved ? "relay-crowded" : CLOSE_CODES.get(code);
    const otherwise = this.#phase === "connecting" ? "relay-unreachable" : "interrupted";
    this.fail(new SessionError(known ?? otherwise, `the relay connection closed with ${code}`));
  }
}

function unexpected(): SessionError {
  return new SessionError("relay-refused", "an unexpected answer of the relay");
}
