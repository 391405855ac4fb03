/**
 * The primitives of the session. WebCrypto where the browser has it; X25519 and Ed25519 fall back to noble-curves (loaded only then), ML-KEM-768 is
 * noble-post-quantum. There is no other fallback: without WebCrypto (a page that is no secure context) nothing starts.
 */
import { ml_kem768 } from "@noble/post-quantum/ml-kem.js";
import { type Bytes, concat, equalBytes } from "./bytes";
import { SessionError } from "./errors";
import type { RelayProofKey } from "./keys";

const EMPTY: Bytes = new Uint8Array(0);

function subtle(): SubtleCrypto {
  const found = globalThis.crypto?.subtle;
  if (found === undefined)
    throw new SessionError("unsupported-browser", "WebCrypto needs https, or http on a loopback address");
  return found;
}

export function randomBytes(length: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(length));
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle().digest("SHA-256", data));
}

/** HKDF-SHA256 (RFC 5869), extract and expand. */
export async function hkdf(salt: Bytes, ikm: Bytes, info: Bytes, length: number): Promise<Bytes> {
  const key = await subtle().importKey("raw", ikm, "HKDF", false, ["deriveBits"]);
  return new Uint8Array(await subtle().deriveBits({ name: "HKDF", hash: "SHA-256", salt, info }, key, 8 * length));
}

/** HKDF-Expand alone, for at most 32 bytes: the first block, HMAC(prk, info ‖ 01). */
export async function hkdfExpand(prk: Bytes, info: Bytes, length: number): Promise<Bytes> {
  if (length > 32) throw new RangeError(`one block of HKDF-Expand has 32 bytes, not ${length}`);
  const key = await subtle().importKey("raw", prk, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const block = await subtle().sign("HMAC", key, concat(info, Uint8Array.of(1)));
  return new Uint8Array(block).slice(0, length);
}

/** AES-256-GCM with 12-byte nonces and the tag last. The caller of this module never reuses a nonce: only `noise.ts` and `records.ts` call it. */
export class AesGcmKey {
  readonly #key: CryptoKey;

  private constructor(key: CryptoKey) {
    this.#key = key;
  }

  static async of(key: Bytes): Promise<AesGcmKey> {
    return new AesGcmKey(await subtle().importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]));
  }

  async seal(nonce: Bytes, aad: Bytes, plaintext: Bytes): Promise<Bytes> {
    return new Uint8Array(
      await subtle().encrypt({ name: "AES-GCM", iv: nonce, additionalData: aad, tagLength: 128 }, this.#key, plaintext),
    );
  }

  /** Rejects if the tag does not fit. */
  async open(nonce: Bytes, aad: Bytes, ciphertext: Bytes): Promise<Bytes> {
    return new Uint8Array(
      await subtle().decrypt(
        { name: "AES-GCM", iv: nonce, additionalData: aad, tagLength: 128 },
        this.#key,
        ciphertext,
      ),
    );
  }
}

/** An ephemeral X25519 key. */
export interface X25519KeyPair {
  readonly publicKey: Bytes;
  /** The shared secret with `peer`; rejects if it is all zero (low-order point). */
  agree(peer: Bytes): Promise<Bytes>;
}

let webX25519: Promise<boolean> | undefined;

/** Whether WebCrypto knows X25519 (asked once). */
function hasX25519(): Promise<boolean> {
  webX25519 ??= subtle()
    .generateKey({ name: "X25519" }, false, ["deriveBits"])
    .then(
      () => true,
      () => false,
    );
  return webX25519;
}

export async function generateX25519(): Promise<X25519KeyPair> {
  return (await hasX25519()) ? generateWebX25519() : nobleX25519(randomBytes(32));
}

async function generateWebX25519(): Promise<X25519KeyPair> {
  const pair = (await subtle().generateKey({ name: "X25519" }, false, ["deriveBits"])) as CryptoKeyPair;
  return {
    publicKey: new Uint8Array(await subtle().exportKey("raw", pair.publicKey)),
    async agree(peer) {
      const key = await subtle().importKey("raw", peer, { name: "X25519" }, false, []);
      const shared = await subtle().deriveBits({ name: "X25519", public: key }, pair.privateKey, 256);
      return notZero(new Uint8Array(shared));
    },
  };
}

/** X25519 by noble-curves with a given private key. */
export async function nobleX25519(privateKey: Bytes): Promise<X25519KeyPair> {
  const { x25519 } = await import("@noble/curves/ed25519.js");
  return {
    publicKey: new Uint8Array(x25519.getPublicKey(privateKey)),
    async agree(peer) {
      return notZero(new Uint8Array(x25519.getSharedSecret(privateKey, peer)));
    },
  };
}

function notZero(shared: Bytes): Bytes {
  if (equalBytes(shared, new Uint8Array(32))) throw new SessionError("handshake-failed", "low-order point");
  return shared;
}

/** A decapsulation key of ML-KEM-768 (FIPS 203), for one handshake. */
export interface MlKemKeyPair {
  /** `ek`, 1,184 bytes. */
  readonly publicKey: Bytes;
  /** The shared secret. A wrong `ciphertext` of 1,088 bytes gives another secret, never an error (implicit rejection). */
  decapsulate(ciphertext: Bytes): Bytes;
}

export async function generateMlKem768(seed: Bytes = randomBytes(64)): Promise<MlKemKeyPair> {
  const { publicKey, secretKey } = ml_kem768.keygen(seed);
  return {
    publicKey: new Uint8Array(publicKey),
    decapsulate: (ciphertext) => new Uint8Array(ml_kem768.decapsulate(ciphertext, secretKey)),
  };
}

/** Ed25519 (RFC 8032). */
export async function verifyEd25519(key: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false;
  let imported: CryptoKey;
  try {
    imported = await subtle().importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    // not known to this browser, or not a point; noble tells them apart
    const { ed25519 } = await import("@noble/curves/ed25519.js");
    try {
      return ed25519.verify(signature, message, key, { zip215: false });
    } catch {
      return false;
    }
  }
  return subtle().verify({ name: "Ed25519" }, imported, signature, message);
}

/** Imports a P-256 SubjectPublicKeyInfo for verification; rejects anything else. */
export function importP256(spki: Bytes): Promise<CryptoKey> {
  return subtle().importKey("spki", spki, { name: "ECDSA", namedCurve: "P-256" }, false, ["verify"]);
}

/** ECDSA P-256 with SHA-256, signature `r ‖ s`. */
export async function verifyP256(key: CryptoKey, signature: Bytes, message: Bytes): Promise<boolean> {
  return signature.length === 64 && subtle().verify({ name: "ECDSA", hash: "SHA-256" }, key, signature, message);
}

export async function generateRelayProofKey(): Promise<RelayProofKey> {
  const pair = await subtle().generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  return { privateKey: pair.privateKey, publicKey: new Uint8Array(await subtle().exportKey("raw", pair.publicKey)) };
}

export async function signP256(key: RelayProofKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await subtle().sign({ name: "ECDSA", hash: "SHA-256" }, key.privateKey, message));
}

export { EMPTY };
