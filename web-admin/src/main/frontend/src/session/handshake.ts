/**
 * The two messages of `session.md`, Handshake.
 *
 * ```
 * prologue = "bascule/1" ‖ 00 ‖ suite u16 ‖ sid[16] ‖ lp(issuer) ‖ lp(domain) ‖ lp(user) ‖ lp(uid) ‖ SHA-256(SPKI)[32]
 * m1       = e[32] ‖ AEAD(P1)                 P1 = version u8 ‖ ek[1184] ‖ lp(operations) ‖ lp(tree head)
 * m2       = ct[1088] ‖ e[32] ‖ AEAD(P2)      P2 = version u8 ‖ SHA-256(ticket)[32] ‖ log size u64 ‖ log root[32] ‖ lp(granted)
 * ```
 */
import { type Bytes, concat, equalBytes, lp, Reader, u8, u16, utf8 } from "./bytes";
import { generateMlKem768, generateX25519, hkdf, type MlKemKeyPair, sha256, type X25519KeyPair } from "./crypto";
import { SessionError } from "./errors";
import type { DeviceStaticPublicKey } from "./keys";
import { headBytes, type TreeHead } from "./log";
import type { TreeState } from "./merkle";
import { NoiseInitiator } from "./noise";

/** Noise_NKpsk2_25519_AESGCM_SHA256 with the psk from ML-KEM-768; there is no other, and no falling back. */
export const SUITE = 0x0001;
const VERSION = 1;
const MAX_MESSAGE = 4096;
const CT = 1088;
const ZERO32: Bytes = new Uint8Array(32);

export interface HandshakeContext {
  /** 16 bytes. */
  readonly sid: Bytes;
  readonly issuer: string;
  readonly domain: string;
  readonly user: string;
  readonly device: string;
  /** SHA-256 of the device's SubjectPublicKeyInfo. */
  readonly identityHash: Bytes;
}

/** The keys of one handshake, in memory only; generate them early, it takes a millisecond or two. */
export interface EphemeralKeys {
  readonly x25519: X25519KeyPair;
  readonly mlKem: MlKemKeyPair;
}

export async function generateEphemeralKeys(): Promise<EphemeralKeys> {
  const [x25519, mlKem] = await Promise.all([generateX25519(), generateMlKem768()]);
  return { x25519, mlKem };
}

/** What a completed handshake gives. */
export interface SessionSecrets {
  /** Split keys. */
  readonly clientKey: Bytes;
  readonly agentKey: Bytes;
  /** SHA-256(m1 ‖ m2), the content of `CONFIRM`. */
  readonly transcriptHash: Bytes;
  readonly granted: readonly string[];
  /** What the device says about the log; size 0 if it has seen no head. Comparing it is the caller's. */
  readonly seen: TreeState;
}

export function prologueOf(context: HandshakeContext): Bytes {
  if (context.sid.length !== 16) throw new RangeError("a session id has 16 bytes");
  const { issuer, domain, user, device } = context;
  const names = [issuer, domain, user, device].flatMap((name) => {
    const bytes = utf8(name);
    return [u16(bytes.length), bytes];
  });
  return concat(utf8("bascule/1"), u8(0), u16(SUITE), context.sid, ...names, context.identityHash);
}

/** Sorted by byte value without repeats, joined by LF, as `session.md` says. @throws SessionError `bad-arguments` */
export function encodeOperations(operations: readonly string[]): Bytes {
  const sorted = [...new Set(operations)].sort();
  const bytes = utf8(sorted.join("\n"));
  if (!isOperations(sorted) || bytes.length > 1024) throw new SessionError("bad-arguments", "not a list of operations");
  return bytes;
}

function isOperations(list: readonly string[]): boolean {
  return (
    list.length >= 1 &&
    list.length <= 16 &&
    list.every((operation) => /^[a-z0-9\-.:[\]]{1,128}$/.test(operation)) &&
    list.every((operation, i) => i === 0 || (list[i - 1] ?? "") < operation)
  );
}

function decodeOperations(bytes: Bytes): readonly string[] {
  const list = String.fromCharCode(...bytes).split("\n");
  if (bytes.length > 1024 || !isOperations(list)) throw new RangeError("not a list of operations");
  return list;
}

/** The client's side of one handshake: `start`, then `finish` once. */
export class ClientHandshake {
  readonly #noise: NoiseInitiator;
  readonly #keys: EphemeralKeys;
  readonly #prologue: Bytes;
  readonly #operations: readonly string[];
  readonly m1: Bytes;
  #finished = false;

  private constructor(
    noise: NoiseInitiator,
    keys: EphemeralKeys,
    prologue: Bytes,
    operations: readonly string[],
    m1: Bytes,
  ) {
    this.#noise = noise;
    this.#keys = keys;
    this.#prologue = prologue;
    this.#operations = operations;
    this.m1 = m1;
  }

  /**
   * @param head as it was checked: the device compares it with what it has seen
   * @throws SessionError `handshake-failed` if the static key is a low-order point, `bad-arguments`
   */
  static async start(
    context: HandshakeContext,
    deviceStatic: DeviceStaticPublicKey,
    operations: readonly string[],
    head: TreeHead,
    keys: EphemeralKeys,
  ): Promise<ClientHandshake> {
    const prologue = prologueOf(context);
    const asked = encodeOperations(operations);
    try {
      const noise = await NoiseInitiator.start(prologue, deviceStatic, keys.x25519);
      const payload = concat(u8(VERSION), keys.mlKem.publicKey, lp(asked), lp(headBytes(head)));
      const m1 = await noise.writeFirst(payload);
      return new ClientHandshake(noise, keys, prologue, operations, m1);
    } catch (cause) {
      throw new SessionError("handshake-failed", "the static key of the device is refused", { cause });
    }
  }

  /**
   * Checks `m2` against all that was said before, and `ticket` against `m2`.
   *
   * @throws SessionError `handshake-failed`, whatever it was
   */
  async finish(m2: Bytes, ticket: string): Promise<SessionSecrets> {
    if (this.#finished) throw new Error("one m2 for one m1");
    this.#finished = true;
    try {
      return await this.#read(m2, ticket);
    } catch (cause) {
      throw new SessionError("handshake-failed", "the device's answer does not fit", { cause });
    }
  }

  async #read(m2: Bytes, ticket: string): Promise<SessionSecrets> {
    if (m2.length > MAX_MESSAGE || m2.length < CT + 32 + 16) throw new RangeError(`m2 of ${m2.length} bytes`);
    const ct = m2.slice(0, CT);
    const psk = await derivePsk(
      this.#keys.mlKem.decapsulate(ct),
      this.#prologue,
      this.m1,
      this.#keys.mlKem.publicKey,
      ct,
    );
    const payload = new Reader(await this.#noise.readSecond(m2.slice(CT), psk));
    if (payload.u8() !== VERSION) throw new RangeError("version of P2");
    const ticketHash = payload.take(32);
    const logSize = payload.u64();
    const logRoot = payload.take(32);
    const granted = decodeOperations(payload.lp());
    payload.end();
    if (!equalBytes(ticketHash, await sha256(utf8(ticket)))) throw new RangeError("another ticket");
    if ((logSize === 0) !== equalBytes(logRoot, ZERO32)) throw new RangeError("no tree head");
    if (!granted.every((operation) => this.#operations.includes(operation)))
      throw new RangeError("more than was asked for");
    const seen = { size: logSize, root: logRoot };
    const [clientKey, agentKey] = await this.#noise.split();
    return { clientKey, agentKey, transcriptHash: await sha256(concat(this.m1, m2)), granted, seen };
  }
}

/** The psk of `session.md`: bound to everything that was exchanged so far. */
export async function derivePsk(sharedSecret: Bytes, prologue: Bytes, m1: Bytes, ek: Bytes, ct: Bytes): Promise<Bytes> {
  const hashes = await Promise.all([prologue, m1, ek, ct].map(sha256));
  return hkdf(new Uint8Array(32), sharedSecret, concat(utf8("bascule/1 psk"), ...hashes), 32);
}
