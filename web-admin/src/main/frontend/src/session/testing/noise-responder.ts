import { type Bytes, concat } from "../bytes";
import type { X25519KeyPair } from "../crypto";
import { SymmetricState } from "../noise";

/** The responder of `Noise_NKpsk2_25519_AESGCM_SHA256`, for tests alone: the product's responder is the agent. */
export class NoiseResponder {
  readonly #state = new SymmetricState();
  readonly #static: X25519KeyPair;
  readonly #ephemeral: X25519KeyPair;
  #remote: Bytes = new Uint8Array(32);

  constructor(staticKey: X25519KeyPair, ephemeral: X25519KeyPair) {
    this.#static = staticKey;
    this.#ephemeral = ephemeral;
  }

  async readFirst(prologue: Bytes, message: Bytes): Promise<Bytes> {
    await this.#state.mixHash(prologue);
    await this.#state.mixHash(this.#static.publicKey);
    this.#remote = message.slice(0, 32);
    await this.#state.mixHash(this.#remote);
    await this.#state.mixKey(this.#remote);
    await this.#state.mixKey(await this.#static.agree(this.#remote));
    return this.#state.decryptAndHash(message.slice(32));
  }

  async writeSecond(payload: Bytes, psk: Bytes): Promise<Bytes> {
    const e = this.#ephemeral.publicKey;
    await this.#state.mixHash(e);
    await this.#state.mixKey(e);
    await this.#state.mixKey(await this.#ephemeral.agree(this.#remote));
    await this.#state.mixKeyAndHash(psk);
    return concat(e, await this.#state.encryptAndHash(payload));
  }

  split(): Promise<readonly [initiator: Bytes, responder: Bytes]> {
    return this.#state.split();
  }
}
