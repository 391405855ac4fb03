/**
 * Verification of proofs of a Merkle tree over SHA-256 (RFC 9162 §2.1). Sizes go up to 2^53 − 1, so that halves are computed and not shifted. A proof counts only if
 * every node of it was used and none was missing.
 */
import { type Bytes, concat, equalBytes, u8 } from "./bytes";
import { sha256 } from "./crypto";

/** Nodes of a proof at most. */
export const MAX_PATH = 64;

const LEAF = u8(0);
const NODE = u8(1);

export function leafHash(leaf: Bytes): Promise<Bytes> {
  return sha256(concat(LEAF, leaf));
}

function nodeHash(left: Bytes, right: Bytes): Promise<Bytes> {
  return sha256(concat(NODE, left, right));
}

const isOdd = (place: number): boolean => place % 2 === 1;
const half = (place: number): number => Math.floor(place / 2);

function areHashes(path: readonly Bytes[]): boolean {
  return path.length <= MAX_PATH && path.every((hash) => hash.length === 32);
}

/** Whether the leaf is at `index` of the tree (§2.1.3.2). */
export async function isIncluded(
  leaf: Bytes,
  index: number,
  size: number,
  path: readonly Bytes[],
  root: Bytes,
): Promise<boolean> {
  if (!areHashes(path) || index < 0 || index >= size) return false;
  let place = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of path) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      hash = await nodeHash(sibling, hash);
      while (!isOdd(place) && place !== 0) {
        place = half(place);
        last = half(last);
      }
    } else hash = await nodeHash(hash, sibling);
    place = half(place);
    last = half(last);
  }
  return last === 0 && equalBytes(hash, root);
}

/** A tree: how many leaves, and their root. */
export interface TreeState {
  readonly size: number;
  readonly root: Bytes;
}

/** Whether one tree is the beginning of another (§2.1.4.2). A tree is the beginning of itself, the empty one of every tree, each with an empty proof. */
export async function isBeginning(older: TreeState, newer: TreeState, path: readonly Bytes[]): Promise<boolean> {
  if (!areHashes(path) || older.size < 0 || older.size > newer.size) return false;
  if (older.size === 0) return path.length === 0 && equalBytes(older.root, await sha256(new Uint8Array(0)));
  if (older.size === newer.size) return path.length === 0 && equalBytes(older.root, newer.root);
  let from = older.size - 1;
  let to = newer.size - 1;
  while (isOdd(from)) {
    from = half(from);
    to = half(to);
  }
  // an older tree that is complete is a node of the newer one: its root is not in the proof
  const [first, ...rest] = from === 0 ? [older.root, ...path] : path;
  if (first === undefined || path.length === 0) return false;
  let before = first;
  let after = first;
  for (const node of rest) {
    if (to === 0) return false;
    if (isOdd(from) || from === to) {
      before = await nodeHash(node, before);
      after = await nodeHash(node, after);
      while (!isOdd(from) && from !== 0) {
        from = half(from);
        to = half(to);
      }
    } else after = await nodeHash(after, node);
    from = half(from);
    to = half(to);
  }
  return to === 0 && equalBytes(before, older.root) && equalBytes(after, newer.root);
}
