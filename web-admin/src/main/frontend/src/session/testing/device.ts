import { type Bytes, concat, hex, Reader, u8, u16, u64, utf8 } from "../bytes";
import { generateX25519, nobleX25519, randomBytes, sha256, type X25519KeyPair } from "../crypto";
import { decodeFrame, decodeResume, encodeFrame, encodeResume, type Frame, type Resume } from "../frames";
import { derivePsk, type HandshakeContext, prologueOf } from "../handshake";
import type { TreeState } from "../merkle";
import { RecordOpener, RecordSealer, recordNumber } from "../records";
import type { Transport } from "../transport";
import { NoiseResponder } from "./noise-responder";

/**
 * The device's half of a handshake.
 *
 * @param seen what it says about the log; by default the client's head
 */
export async function answerHandshake(
  context: HandshakeContext,
  staticKey: X25519KeyPair,
  m1: Bytes,
  ticket: string,
  granted: readonly string[],
  seen?: TreeState,
): Promise<{ readonly m2: Bytes; readonly clientKey: Bytes; readonly agentKey: Bytes }> {
  const { ml_kem768 } = await import("@noble/post-quantum/ml-kem.js");
  const responder = new NoiseResponder(staticKey, await generateX25519());
  const prologue = prologueOf(context);
  const p1 = new Reader(await responder.readFirst(prologue, m1));
  if (p1.u8() !== 1) throw new Error("version of P1");
  const ek = p1.take(1184);
  p1.lp();
  const head = new Reader(p1.lp());
  const { size, root } = seen ?? { size: head.u64(), root: head.take(32) };
  const { cipherText, sharedSecret } = ml_kem768.encapsulate(ek);
  const ct = new Uint8Array(cipherText);
  const psk = await derivePsk(new Uint8Array(sharedSecret), prologue, m1, ek, ct);
  const list = utf8(granted.join("\n"));
  const p2 = concat(u8(1), await sha256(utf8(ticket)), u64(size), root, u16(list.length), list);
  const m2 = concat(ct, await responder.writeSecond(p2, psk));
  const [clientKey, agentKey] = await responder.split();
  return { m2, clientKey, agentKey };
}

export async function newStaticKey(): Promise<X25519KeyPair> {
  return nobleX25519(randomBytes(32));
}

/** The device's end of the records, without any policy: it shows what comes and sends what it is told. */
export class TestDevice {
  readonly frames: Frame[] = [];
  #transport: Transport;
  readonly #sealer: RecordSealer;
  readonly #opener: RecordOpener;
  #received = 0;
  #sent = 0;
  /** All that was sent: this end forgets nothing. */
  readonly #kept: Bytes[] = [];
  #chain: Promise<void> = Promise.resolve();
  #outbound: Promise<void> = Promise.resolve();
  #waiting: { readonly test: () => boolean; readonly done: () => void }[] = [];
  /** Acknowledges each frame that is no ACK. */
  acknowledging = true;
  highestAck = 0;
  lost: string | undefined;
  /** Called for each frame after it was noted. */
  onFrame: ((frame: Frame) => void) | undefined;

  constructor(transport: Transport, clientKey: Bytes, agentKey: Bytes) {
    this.#transport = transport;
    this.#sealer = new RecordSealer(agentKey);
    this.#opener = new RecordOpener(clientKey);
    this.#listen(transport);
  }

  #listen(transport: Transport): void {
    transport.receive(
      (message) => {
        if (message === undefined) throw new Error("a text message");
        this.#chain = this.#chain.then(() => (transport === this.#transport ? this.#message(message) : undefined));
      },
      (error) => {
        this.lost = error.code;
        this.#wake();
      },
    );
  }

  /**
   * Goes on over another transport as a device does: answers the client's `RESUME` and sends again what the client has not.
   *
   * @param change of the answer
   * @returns the client's
   */
  resume(transport: Transport, change: (answer: Resume) => Resume = (answer) => answer): Promise<Resume> {
    return new Promise((resolve) => {
      transport.receive(
        (message) => {
          if (message === undefined) throw new Error("a text message");
          this.#chain = this.#chain.then(async () => {
            const number = recordNumber(message);
            if (number?.kind !== "control") throw new Error("no RESUME");
            const asked = decodeResume(await this.#opener.open(message, number));
            await this.#outbound;
            const answer = change({ ...asked, next: this.#received });
            transport.send(await this.#sealer.sealControl(encodeResume(answer)));
            for (const record of this.#kept.slice(asked.next)) transport.send(record);
            this.#transport = transport;
            resolve(asked);
          });
          // what follows belongs to the session
          this.#listen(transport);
        },
        () => undefined,
      );
    });
  }

  get sent(): number {
    return this.#sent;
  }

  send(frame: Frame, ack = this.#received): Promise<void> {
    return this.sendPlaintext(encodeFrame(frame, ack));
  }

  sendPlaintext(plaintext: Bytes): Promise<void> {
    this.#sent++;
    const sealed = this.#sealer.sealData(plaintext);
    this.#outbound = this.#outbound.then(async () => {
      const record = await sealed;
      this.#kept.push(record);
      this.#transport.send(record);
    });
    return this.#outbound;
  }

  async sendControl(plaintext: Bytes): Promise<void> {
    this.#transport.send(await this.#sealer.sealControl(plaintext));
  }

  sendRaw(message: Bytes): void {
    this.#transport.send(message);
  }

  /** Resolves when `test` holds; the test's own deadline bounds it. */
  until(test: () => boolean): Promise<void> {
    if (test()) return Promise.resolve();
    return new Promise((done) => this.#waiting.push({ test, done }));
  }

  async frame<T extends Frame["type"]>(type: T, index = 0): Promise<Extract<Frame, { type: T }>> {
    const found = () => this.frames.filter((frame): frame is Extract<Frame, { type: T }> => frame.type === type)[index];
    await this.until(() => found() !== undefined);
    return found() as Extract<Frame, { type: T }>;
  }

  async #message(message: Bytes): Promise<void> {
    const number = recordNumber(message);
    if (number?.kind !== "data" || number.sequence !== this.#received)
      throw new Error(`record ${hex(message.slice(0, 8))}`);
    const { ack, frame } = decodeFrame(await this.#opener.open(message, number));
    this.#received++;
    this.highestAck = Math.max(this.highestAck, ack);
    this.frames.push(frame);
    this.onFrame?.(frame);
    if (this.acknowledging && frame.type !== "ack" && frame.type !== "end") void this.send({ type: "ack" });
    this.#wake();
  }

  #wake(): void {
    const ready = this.#waiting.filter(({ test }) => test());
    this.#waiting = this.#waiting.filter((waiting) => !ready.includes(waiting));
    for (const { done } of ready) done();
  }
}
