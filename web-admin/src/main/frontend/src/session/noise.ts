/**
 * Noise (revision 34), `Noise_NKpsk2_25519_AESGCM_SHA256`, the initiator's side.
 *
 * ```
 * NKpsk2:
 *   <- s
 *   ...
 *   -> e, es
 *   <- e, ee, psk
 * ```
 */
import { type Bytes, concat, u64, utf8 } from "./bytes";
import { AesGcmKey, EMPTY, hkdf, sha256, type X25519KeyPair } from "./crypto";
import type { DeviceStaticPublicKey } from "./keys";

/** 32 bytes long, hence `h` itself at the start (§5.2). */
export const PROTOCOL_NAME = "Noise_NKpsk2_25519_AESGCM_SHA256";

/** §5.2, with the cipher state of §5.1 inside. */
export class SymmetricState {
  #ck: Bytes = utf8(PROTOCOL_NAME);
  #h: Bytes = utf8(PROTOCOL_NAME);
  #cipher: AesGcmKey | undefined;
  #n = 0;

  async mixHash(data: Bytes): Promise<void> {
    this.#h = await sha256(concat(this.#h, data));
  }

  async mixKey(input: Bytes): Promise<void> {
    const out = await hkdf(this.#ck, input, EMPTY, 64);
    this.#ck = out.slice(0, 32);
    await this.#initializeKey(out.slice(32, 64));
  }

  async mixKeyAndHash(input: Bytes): Promise<void> {
    const out = await hkdf(this.#ck, input, EMPTY, 96);
    this.#ck = out.slice(0, 32);
    await this.mixHash(out.slice(32, 64));
    await this.#initializeKey(out.slice(64, 96));
  }

  async encryptAndHash(plaintext: Bytes): Promise<Bytes> {
    const ciphertext = await this.#keyed().seal(nonce(this.#n++), this.#h, plaintext);
    await this.mixHash(ciphertext);
    return ciphertext;
  }

  async decryptAndHash(ciphertext: Bytes): Promise<Bytes> {
    const plaintext = await this.#keyed().open(nonce(this.#n++), this.#h, ciphertext);
    await this.mixHash(ciphertext);
    return plaintext;
  }

  /** The keys of the initiator and of the responder. */
  async split(): Promise<readonly [initiator: Bytes, responder: Bytes]> {
    const out = await hkdf(this.#ck, EMPTY, EMPTY, 64);
    return [out.slice(0, 32), out.slice(32, 64)];
  }

  async #initializeKey(key: Bytes): Promise<void> {
    this.#cipher = await AesGcmKey.of(key);
    this.#n = 0;
  }

  #keyed(): AesGcmKey {
    if (this.#cipher === undefined) throw new Error("no key yet: the pattern has a MixKey before every payload");
    return this.#cipher;
  }
}

/** §12.4: 32 bits of zeros and the big-endian counter. */
export function nonce(n: number): Bytes {
  return concat(new Uint8Array(4), u64(n));
}

export class NoiseInitiator {
  readonly #state: SymmetricState;
  readonly #ephemeral: X25519KeyPair;
  readonly #remoteStatic: Bytes;

  private constructor(state: SymmetricState, ephemeral: X25519KeyPair, remoteStatic: Bytes) {
    this.#state = state;
    this.#ephemeral = ephemeral;
    this.#remoteStatic = remoteStatic;
  }

  static async start(
    prologue: Bytes,
    remoteStatic: DeviceStaticPublicKey,
    ephemeral: X25519KeyPair,
  ): Promise<NoiseInitiator> {
    const state = new SymmetricState();
    await state.mixHash(prologue);
    await state.mixHash(remoteStatic);
    return new NoiseInitiator(state, ephemeral, remoteStatic);
  }

  /** `e ‖ AEAD(payload)`; `e` goes into hash and key, as in every psk pattern (§9.2). */
  async writeFirst(payload: Bytes): Promise<Bytes> {
    const e = this.#ephemeral.publicKey;
    await this.#state.mixHash(e);
    await this.#state.mixKey(e);
    await this.#state.mixKey(await this.#ephemeral.agree(this.#remoteStatic));
    return concat(e, await this.#state.encryptAndHash(payload));
  }

  /** The payload of `message`; rejects if anything of it or before it was changed. */
  async readSecond(message: Bytes, psk: Bytes): Promise<Bytes> {
    const e = message.slice(0, 32);
    await this.#state.mixHash(e);
    await this.#state.mixKey(e);
    await this.#state.mixKey(await this.#ephemeral.agree(e));
    await this.#state.mixKeyAndHash(psk);
    return this.#state.decryptAndHash(message.slice(32));
  }

  split(): Promise<readonly [initiator: Bytes, responder: Bytes]> {
    return this.#state.split();
  }
}
