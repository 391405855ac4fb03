import { type Bytes, Reader } from "../bytes";
import { importP256, randomBytes, verifyP256 } from "../crypto";
import { relayProofBytes, relayResumeProofBytes } from "../relay";
import { MemoryTransport } from "./memory";

export interface RelayScript {
  readonly id: string;
  readonly sid: Bytes;
  /** The key that the client sent with m1; undefined until then. */
  readonly relayKey: () => Bytes;
  /** Answers instead of `paired`; a number closes with that code. */
  readonly instead?: string | number | Bytes;
  /** Closes with this code instead of asking for a proof. */
  readonly refusal?: number;
  /** Bytes of the nonce, 32 unless told. */
  readonly nonceLength?: number;
}

/** A `WebSocket` whose other side is a relay in memory, which checks the proof as a real one does. Behind it sits `device`. */
export class RelaySocket {
  binaryType = "blob";
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: ((event: { readonly code: number }) => void) | null = null;
  readonly url: string;
  readonly device: MemoryTransport;
  readonly #inner: MemoryTransport;
  readonly #script: RelayScript;
  readonly #nonce: Bytes;
  #phase: "token" | "proof" | "paired" | "closed" = "token";
  token = "";
  closeCode: number | undefined;

  constructor(url: string, script: RelayScript) {
    this.url = url;
    this.#script = script;
    this.#nonce = randomBytes(script.nonceLength ?? 32);
    [this.#inner, this.device] = MemoryTransport.pair();
    this.#inner.receive(
      (message) => this.onmessage?.({ data: message === undefined ? "text" : message.slice().buffer }),
      () => this.lose(4002),
    );
    setTimeout(() => {
      if (this.#phase === "closed") return;
      this.readyState = 1;
      this.onopen?.();
    }, 0);
  }

  send(data: unknown): void {
    if (this.#phase === "token" && typeof data === "string") {
      this.token = data;
      const { refusal } = this.#script;
      if (refusal !== undefined) return this.lose(refusal);
      this.#phase = "proof";
      setTimeout(() => this.onmessage?.({ data: this.#nonce.slice().buffer }), 0);
    } else if (this.#phase === "proof" && data instanceof Uint8Array) void this.#prove(data as Bytes);
    else if (this.#phase === "paired" && data instanceof Uint8Array) this.#inner.send((data as Bytes).slice());
    else if (this.#phase !== "closed") throw new Error(`the client sent ${typeof data} in phase ${this.#phase}`);
  }

  close(code: number): void {
    this.closeCode = code;
    this.readyState = 3;
    this.#phase = "closed";
    this.#inner.close();
  }

  lose(code: number): void {
    if (this.#phase === "closed") return;
    this.#phase = "closed";
    this.readyState = 3;
    setTimeout(() => this.onclose?.({ code }), 0);
  }

  /** With a token in reserve: the attempt that was proved. */
  attempt: number | undefined;

  async #prove(message: Bytes): Promise<void> {
    const point = this.#script.relayKey();
    const prefix = Uint8Array.from([
      48, 89, 48, 19, 6, 7, 42, 134, 72, 206, 61, 2, 1, 6, 8, 42, 134, 72, 206, 61, 3, 1, 7, 3, 66, 0,
    ]);
    const spki = new Uint8Array([...prefix, ...point]);
    const { id, sid } = this.#script;
    const reserve = message.length > 64;
    const reader = new Reader(message);
    if (reserve) this.attempt = reader.u32();
    const signature = reader.rest();
    const signed =
      this.attempt === undefined
        ? relayProofBytes(id, this.#nonce, sid)
        : relayResumeProofBytes(id, this.#nonce, sid, this.attempt);
    if (!(await verifyP256(await importP256(spki), signature, signed))) return this.lose(4001);
    const { instead } = this.#script;
    if (typeof instead === "number") return this.lose(instead);
    this.onmessage?.({ data: "waiting" });
    if (instead === undefined) this.#phase = "paired";
    this.onmessage?.({ data: typeof instead === "object" ? instead.slice().buffer : (instead ?? "paired") });
  }
}
