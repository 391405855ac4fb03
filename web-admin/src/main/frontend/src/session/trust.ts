/**
 * What a client checks before m1 (`session.md`, Trust), in this order: root, key set, domain, certificates, endorsement, log, identity. Nothing of the answer is
 * believed or remembered before all of it passed; nothing is remembered of a device before the handshake proved that it holds its key.
 */
import type { PinStorage } from "./api";
import { type Bytes, b64u, equalBytes, hex } from "./bytes";
import { verifyChain } from "./certificates";
import { type Continuity, leads } from "./continuity";
import { sha256 } from "./crypto";
import { type Endorsement, verifyEndorsement } from "./endorsement";
import { type ChangedKey, SessionError } from "./errors";
import { asBytes, asCount, asObject, asString, parseJson } from "./importers";
import { asRole, type DeviceStaticPublicKey, type RootPublicKey } from "./keys";
import { verifyKeySet } from "./keyset";
import {
  checkHead,
  exportHead,
  type Growth,
  importHead,
  type LogProofs,
  newestOf,
  type ProofSource,
  type TreeHead,
} from "./log";
import { areWordsOf } from "./words";

/** The parts of the answer to `POST /api/sessions` that are checked. */
export interface Claimed {
  readonly issuer: string;
  readonly domain: string;
  readonly device: string;
  readonly chain: readonly Bytes[];
  readonly endorsement: Endorsement;
  /** From keys that the device had to the one it has. */
  readonly continuity: readonly Continuity[];
  readonly log: LogProofs | undefined;
  readonly keySet: string;
  readonly root: Bytes;
}

export interface TrustedDevice {
  readonly staticKey: DeviceStaticPublicKey;
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly identityHash: Bytes;
  /** 16 hexadecimal digits in groups of four. */
  readonly fingerprint: string;
  readonly firstContact: boolean;
  /** Whether a person compared the words of this key, or of one that leads to it, with those at the device. */
  readonly compared: boolean;
  /** Of the domain's tree, in which the certificate is. */
  readonly head: TreeHead;
  /** Pins identity and counter; call it when the handshake succeeded. */
  remember(): void;
  /** Pins that a person compared the words of this key, after {@link remember}. */
  confirm(): void;
}

/** Sizes of the heads that a request named, by tree. */
export type Heads = { readonly [tree: string]: number };

/**
 * @param signIn what the user calls the domain that he is signed in to
 * @param asked what the request named
 * @param proofs asked where the answer does not prove that the tree goes on from the head that is pinned by now
 * @throws SessionError with the check that failed
 */
export async function checkTrust(
  claimed: Claimed,
  signIn: string,
  pins: Pins,
  now: number,
  asked: Heads = {},
  proofs: ProofSource = async () => undefined,
): Promise<TrustedDevice> {
  const root = asRole<RootPublicKey>(claimed.root);
  const seenHere = { root, signIn, domain: claimed.domain };
  pins.requireSameRoot(root);
  const keySet = await verifyKeySet(claimed.keySet, root);
  const { issuer, seq } = keySet;
  if (issuer !== claimed.issuer) throw new SessionError("key-set-invalid", "of another issuer");
  pins.compare({ ...seenHere, issuer, seq });
  const device = { domain: claimed.domain, uid: claimed.device };
  const identity = await verifyChain(claimed.chain, keySet.authorities, device, now);
  const staticKey = await verifyEndorsement(claimed.endorsement, identity, device, now);
  const head = await checkHead(claimed.log, keySet, device, claimed.chain[0] ?? new Uint8Array(0));
  const growths = claimed.log?.growth === undefined ? [] : [claimed.log.growth];
  const least = asked[claimed.domain] ?? 0;
  await newestOf(pins.head(head.tree), head, least, growths, proofs);
  const identityHash = await sha256(identity.spki);
  const seen = pins.device(claimed.device);
  const { counter } = claimed.endorsement;
  if (seen !== undefined && !(await leads(claimed.continuity, device, seen.identity, identityHash))) {
    const changed = { device: claimed.device, known: seen.identity, shown: identityHash, counter };
    throw new SessionError("identity-changed", "", { changed });
  }
  if (seen !== undefined && counter < seen.counter) throw new SessionError("endorsement-old");
  await sawHead(head, pins, least, growths, proofs);
  pins.saw({ ...seenHere, issuer, seq });
  return {
    staticKey,
    identityHash,
    fingerprint: fingerprintOf(identityHash),
    firstContact: seen === undefined,
    compared: seen?.compared === true,
    head,
    remember: () => pins.met(claimed.device, identityHash, counter, seen?.identity),
    confirm: () => pins.compared(claimed.device, identityHash, counter),
  };
}

/**
 * Pins another key in place of the known one, if these are its words, which a person has read at the device: nothing that the access server says leads to that.
 *
 * @returns false, and nothing is pinned, for other words
 * @throws SessionError `identity-changed` if yet another key was pinned meanwhile
 */
export async function acceptKey(
  { device, known, shown, counter }: ChangedKey,
  words: string,
  storage?: PinStorage,
): Promise<boolean> {
  if (!(await areWordsOf(words, shown))) return false;
  new Pins(storageOf(storage)).compared(device, shown, counter, known);
  return true;
}

/** @throws SessionError `trust-store` */
export function storageOf(given: PinStorage | undefined): PinStorage {
  try {
    return given ?? localStorage;
  } catch (cause) {
    throw new SessionError("trust-store", "the browser gives no storage to this page", { cause });
  }
}

/** Pins the head, or what another tab pinned meanwhile if that is larger. */
async function sawHead(
  head: TreeHead,
  pins: Pins,
  asked: number,
  growths: Growth[],
  proofs: ProofSource,
): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const seen = pins.head(head.tree);
    const newest = await newestOf(seen, head, asked, growths, proofs);
    if (pins.replaceHead(seen, newest)) return;
  }
  throw new SessionError("trust-store", "other tabs pin heads all the time");
}

export function fingerprintOf(identityHash: Bytes): string {
  return hex(identityHash.slice(0, 8)).replace(/(.{4})(?=.)/g, "$1 ");
}

const INSTALLATION = "bascule.trust.installation";
const DEVICE = "bascule.trust.device.";
const LOGS = "bascule.trust.logs";
const MAX_LOGS = 1000;
/** Trees that a request names. */
const MAX_ASKED = 16;

interface PinnedInstallation {
  readonly root: Bytes;
  readonly issuer: string | undefined;
  /** Highest seen. */
  readonly seq: number;
  /** Id of each domain at first use, by what the user calls it. */
  readonly domains: ReadonlyMap<string, string>;
}

interface PinnedDevice {
  /** SHA-256 of the SubjectPublicKeyInfo. */
  readonly identity: Bytes;
  /** Highest seen. */
  readonly counter: number;
  /** Whether a person compared its words. */
  readonly compared: boolean;
}

interface SeenInstallation {
  readonly root: RootPublicKey;
  readonly issuer: string;
  readonly seq: number;
  readonly signIn: string;
  readonly domain: string;
}

/**
 * What this browser has seen, in the storage of this origin. An entry that cannot be read blocks: pinning anew in silence would make the pins worthless.
 */
export class Pins {
  readonly #storage: PinStorage;

  constructor(storage: PinStorage) {
    this.#storage = storage;
  }

  #installation(): PinnedInstallation | undefined {
    return this.#read(INSTALLATION, ({ root, issuer, seq, domains }) => ({
      root: asBytes(root, "root", 32),
      // absent where an older page pinned
      issuer: issuer === undefined ? undefined : asString(issuer, "issuer", 300),
      seq: asCount(seq, "seq", 1),
      domains: new Map(
        Object.entries(domains === undefined ? {} : asObject(domains, "domains")).map(([name, id]) => [
          name,
          asString(id, "a domain", 36),
        ]),
      ),
    }));
  }

  /** @throws SessionError `root-changed` */
  requireSameRoot(root: RootPublicKey): PinnedInstallation | undefined {
    const pinned = this.#installation();
    if (pinned !== undefined && !equalBytes(pinned.root, root)) throw new SessionError("root-changed");
    return pinned;
  }

  /**
   * What a verified key set and the answer say of the installation and of the domain of this sign-in.
   *
   * @throws SessionError `root-changed`, `key-set-invalid`, `key-set-old`, `domain-changed`
   */
  compare({ root, issuer, seq, signIn, domain }: SeenInstallation): PinnedInstallation | undefined {
    const pinned = this.requireSameRoot(root);
    if (pinned === undefined) return undefined;
    if (pinned.issuer !== undefined && pinned.issuer !== issuer)
      throw new SessionError("key-set-invalid", "of another issuer than at first use");
    if (seq < pinned.seq) throw new SessionError("key-set-old", `${seq} after ${pinned.seq}`);
    const known = pinned.domains.get(signIn);
    if (known !== undefined && known !== domain) throw new SessionError("domain-changed", `${domain} after ${known}`);
    return pinned;
  }

  device(uid: string): PinnedDevice | undefined {
    return this.#read(DEVICE + uid, ({ identity, counter, compared }) => ({
      identity: asBytes(identity, "identity", 32),
      counter: asCount(counter, "counter", 1),
      // absent where nobody did, or an older page pinned
      compared: compared === true,
    }));
  }

  /** Every check passed. Compared again here, because another tab may have been quicker; throws as {@link compare}. */
  saw(seen: SeenInstallation): void {
    const pinned = this.compare(seen);
    const { root, issuer, seq, signIn, domain } = seen;
    if (seq === pinned?.seq && pinned.issuer !== undefined && pinned.domains.has(signIn)) return;
    const domains = { ...Object.fromEntries(pinned?.domains ?? []), [signIn]: domain };
    this.#write(INSTALLATION, { root: b64u(root), issuer, seq, domains });
  }

  /**
   * A handshake with this identity key succeeded.
   *
   * @param from the remembered key from which links led to this one
   * @throws SessionError `identity-changed`
   */
  met(uid: string, identity: Bytes, counter: number, from?: Bytes): void {
    this.#pin(uid, identity, counter, from, false);
  }

  /**
   * A person compared the words of this identity key with those at the device.
   *
   * @param known the remembered key in whose place it is, if that is another one
   * @throws SessionError `identity-changed`
   */
  compared(uid: string, identity: Bytes, counter: number, known?: Bytes): void {
    this.#pin(uid, identity, counter, known, true);
  }

  /** Read again here, because another tab may have been quicker. */
  #pin(uid: string, identity: Bytes, counter: number, from: Bytes | undefined, compared: boolean): void {
    const seen = this.device(uid);
    const same = seen !== undefined && equalBytes(seen.identity, identity);
    const led = seen !== undefined && from !== undefined && equalBytes(seen.identity, from);
    if (seen !== undefined && !same && !led) throw new SessionError("identity-changed");
    if (same && counter <= seen.counter && (seen.compared || !compared)) return;
    this.#write(DEVICE + uid, {
      identity: b64u(identity),
      counter: same ? Math.max(counter, seen.counter) : counter,
      ...((compared || seen?.compared === true) && { compared: true }),
    });
  }

  /** What a request names: the heads that are pinned, those used last if there are many. */
  heads(): Heads {
    const last = [...this.#heads().values()].slice(-MAX_ASKED);
    return Object.fromEntries(last.map(({ tree, size }) => [tree, size]));
  }

  head(tree: string): TreeHead | undefined {
    return this.#heads().get(tree);
  }

  /** Pins `next` if the pinned head is still `seen`; false if another tab was quicker. */
  replaceHead(seen: TreeHead | undefined, next: TreeHead): boolean {
    const heads = this.#heads();
    const pinned = heads.get(next.tree);
    if (pinned?.size !== seen?.size || (pinned !== undefined && !equalBytes(pinned.root, seen?.root ?? pinned.root)))
      return false;
    if (pinned?.size === next.size) return true;
    // last in the order of use
    heads.delete(next.tree);
    heads.set(next.tree, next);
    if (heads.size > MAX_LOGS) throw new SessionError("trust-store", `more than ${MAX_LOGS} domains`);
    this.#write(LOGS, Object.fromEntries([...heads].map(([tree, head]) => [tree, exportHead(head)])));
    return true;
  }

  #heads(): Map<string, TreeHead> {
    const heads = this.#read(LOGS, (members) =>
      Object.entries(members).map(([tree, head]) => [tree, importHead(head)] as const),
    );
    return new Map(heads);
  }

  #read<T>(name: string, importer: (members: { readonly [name: string]: unknown }) => T): T | undefined {
    try {
      const text = this.#storage.getItem(name);
      return text === null ? undefined : importer(asObject(parseJson(text), name));
    } catch (cause) {
      throw new SessionError("trust-store", `${name} cannot be read`, { cause });
    }
  }

  #write(name: string, value: object): void {
    try {
      this.#storage.setItem(name, JSON.stringify(value));
    } catch (cause) {
      throw new SessionError("trust-store", `${name} cannot be written`, { cause });
    }
  }
}
