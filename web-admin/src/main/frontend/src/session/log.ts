/**
 * The checks of the transparency log (`session.md`, Trust; formats in `audit.md`): a head that a log key signed, the device's certificate in its tree, and that the
 * tree goes on from the one that was seen, here or by the device.
 */
import { type Bytes, b64u, concat, equalBytes, lp, u8, u64, utf8 } from "./bytes";
import type { ExpectedDevice } from "./certificates";
import { verifyEd25519 } from "./crypto";
import { SessionError } from "./errors";
import { asArray, asBytes, asCount, asObject, asString } from "./importers";
import { findKey, type KeySet } from "./keyset";
import { isBeginning, isIncluded, leafHash, MAX_PATH, type TreeState } from "./merkle";

const LABEL = "bascule/1 tree head";
const CERTIFICATE = 2;

/** Not verified yet, unless it comes from {@link checkHead} or the pins. */
export interface TreeHead extends TreeState {
  /** A domain's id. */
  readonly tree: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly kid: string;
  readonly signature: Bytes;
}

/** That the tree of `first` leaves became that of `second`. */
export interface Growth {
  readonly first: number;
  readonly second: number;
  readonly path: readonly Bytes[];
}

/** `proofs.log` of the answer of `POST /api/sessions`. */
export interface LogProofs {
  readonly head: TreeHead;
  readonly index: number;
  readonly inclusion: readonly Bytes[];
  readonly growth: Growth | undefined;
}

/** Asks the access server for a proof that its answer did not hold; undefined if it gives none. */
export type ProofSource = (first: number, second: number) => Promise<readonly Bytes[] | undefined>;

/** Undefined where the answer has none. */
export function importLogProofs(proofs: unknown): LogProofs | undefined {
  const { log } = proofs === undefined ? {} : asObject(proofs, "proofs");
  if (log === undefined) return undefined;
  const { head: headValue, index, inclusion, consistency } = asObject(log, "proofs.log");
  const head = importHead(headValue);
  return {
    head,
    index: asCount(index, "log.index", 0),
    inclusion: importPath(inclusion),
    growth: consistency === undefined ? undefined : importGrowth(consistency, head.size),
  };
}

function importGrowth(value: unknown, second: number): Growth {
  const { first, path } = asObject(value, "log.consistency");
  return { first: asCount(first, "log.consistency.first", 0), second, path: importPath(path) };
}

export function importPath(value: unknown): readonly Bytes[] {
  return asArray(value, "a proof", MAX_PATH).map((hash) => asBytes(hash, "a hash of a proof", 32));
}

export function importHead(value: unknown): TreeHead {
  const { tree, size, root, time, kid, signature } = asObject(value, "a tree head");
  const text = asString(time, "head.time", 24);
  const milliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/.test(text) ? Date.parse(text) : Number.NaN;
  return {
    tree: asString(tree, "head.tree", 36),
    size: asCount(size, "head.size", 0),
    root: asBytes(root, "head.root", 32),
    time: asCount(milliseconds, "head.time", 0),
    kid: asString(kid, "head.kid", 64),
    signature: asBytes(signature, "head.signature", 64),
  };
}

/** As {@link importHead} takes it. */
export function exportHead({ tree, size, root, time, kid, signature }: TreeHead): object {
  return { tree, size, root: b64u(root), time: new Date(time).toISOString(), kid, signature: b64u(signature) };
}

/** What a log key signs. */
export function signedHead({ tree, size, root, time }: Omit<TreeHead, "kid" | "signature">): Bytes {
  return concat(utf8(LABEL), u8(0), lp(tree), u64(size), root, u64(time));
}

/** As it stands in m1, where the tree is that of the session's domain. */
export function headBytes({ size, root, time, kid, signature }: TreeHead): Bytes {
  return concat(u64(size), root, u64(time), lp(kid), signature);
}

/** The entry of a device's certificate. */
export function certificateLeaf(device: ExpectedDevice, certificate: Bytes): Bytes {
  return concat(u8(CERTIFICATE), lp(device.domain), lp(device.uid), lp(certificate));
}

/**
 * A head of the device's domain that a log key signed when it was valid, and the certificate in its tree.
 *
 * @throws SessionError `log-missing`, `log-signature`, `log-inclusion`
 */
export async function checkHead(
  log: LogProofs | undefined,
  keySet: KeySet,
  device: ExpectedDevice,
  certificate: Bytes,
): Promise<TreeHead> {
  if (log === undefined) throw new SessionError("log-missing");
  const { head, index, inclusion } = log;
  if (head.tree !== device.domain) throw new SessionError("log-signature", "of another tree");
  const key = findKey(keySet, "log", head.kid, Math.floor(head.time / 1000));
  if (key === undefined || !(await verifyEd25519(key, head.signature, signedHead(head))))
    throw new SessionError("log-signature");
  const leaf = await leafHash(certificateLeaf(device, certificate));
  if (!(await isIncluded(leaf, index, head.size, inclusion, head.root))) throw new SessionError("log-inclusion");
  return head;
}

/**
 * The larger of two heads, if the other is its beginning.
 *
 * @param asked size of the head that the request named: an answer must not be smaller
 * @param growths proofs that are known; those that are fetched are added
 * @throws SessionError `log-rolled-back`, `log-forked`, and what `proofs` throws
 */
export async function newestOf(
  seen: TreeHead | undefined,
  head: TreeHead,
  asked: number,
  growths: Growth[],
  proofs: ProofSource,
): Promise<TreeHead> {
  if (seen === undefined) return head;
  if (head.size < asked) throw new SessionError("log-rolled-back", `${head.size} entries after ${seen.size}`);
  const [older, newer] = head.size < seen.size ? [head, seen] : [seen, head];
  await requireGrowth(older, newer, growths, proofs);
  return newer;
}

/**
 * Compares what the device says in m2 with the head that was checked. A device that has seen no head says nothing.
 *
 * @throws SessionError `log-forked`, and what `proofs` throws
 */
export async function compareSeen(head: TreeHead, seen: TreeState, proofs: ProofSource): Promise<void> {
  if (seen.size === 0) return;
  const [older, newer] = seen.size < head.size ? [seen, head] : [head, seen];
  await requireGrowth(older, newer, [], proofs);
}

async function requireGrowth(
  older: TreeState,
  newer: TreeState,
  growths: Growth[],
  proofs: ProofSource,
): Promise<void> {
  const detail = `${older.size} entries did not become ${newer.size}`;
  if (older.size === newer.size) {
    if (!equalBytes(older.root, newer.root)) throw new SessionError("log-forked", detail);
    return;
  }
  const fits = ({ first, second }: Growth) => first === older.size && second === newer.size;
  let growth = growths.find(fits);
  if (growth === undefined) {
    const path = await proofs(older.size, newer.size);
    if (path === undefined)
      throw new SessionError("log-forked", `no proof from ${older.size} entries to ${newer.size}`);
    growth = { first: older.size, second: newer.size, path };
    growths.push(growth);
  }
  if (!(await isBeginning(older, newer, growth.path))) throw new SessionError("log-forked", detail);
}
