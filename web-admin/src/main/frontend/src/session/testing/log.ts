import { ed25519 } from "@noble/curves/ed25519.js";
import { type Bytes, b64u, concat, u8 } from "../bytes";
import { sha256 } from "../crypto";
import { exportHead, signedHead, type TreeHead } from "../log";
import { leafHash } from "../merkle";

/** A tree whose leaves are known, as an access server has it: root and proofs by the definitions of RFC 9162 §2.1. */
export class TestLog {
  readonly tree: string;
  readonly leaves: Bytes[] = [];
  readonly #seed: Bytes;

  constructor(tree: string, seed: Bytes) {
    this.tree = tree;
    this.#seed = seed;
  }

  async add(...entries: readonly Bytes[]): Promise<void> {
    for (const entry of entries) this.leaves.push(await leafHash(entry));
  }

  async head(size = this.leaves.length, time = Date.now()): Promise<TreeHead> {
    const unsigned = { tree: this.tree, size, root: await rootOf(this.leaves.slice(0, size)), time };
    const kid = b64u(await sha256(new Uint8Array(ed25519.getPublicKey(this.#seed))));
    return { ...unsigned, kid, signature: new Uint8Array(ed25519.sign(signedHead(unsigned), this.#seed)) };
  }

  /** `proofs.log` for the leaf at `index`. */
  async proofs(index: number, first = 0): Promise<object> {
    const size = this.leaves.length;
    const inclusion = (await inclusionOf(index, this.leaves)).map(b64u);
    const head = exportHead(await this.head());
    const growth = first === 0 ? {} : { consistency: { first, path: (await this.consistency(first, size)).map(b64u) } };
    return { head, index, inclusion, ...growth };
  }

  consistency(first: number, second: number): Promise<Bytes[]> {
    return consistencyOf(first, this.leaves.slice(0, second), true);
  }
}

/** The largest power of two below `count`. */
function split(count: number): number {
  let k = 1;
  while (2 * k < count) k *= 2;
  return k;
}

async function rootOf(leaves: readonly Bytes[]): Promise<Bytes> {
  const [only] = leaves;
  if (only === undefined) return sha256(new Uint8Array(0));
  if (leaves.length === 1) return only;
  const k = split(leaves.length);
  return sha256(concat(u8(1), await rootOf(leaves.slice(0, k)), await rootOf(leaves.slice(k))));
}

async function inclusionOf(index: number, leaves: readonly Bytes[]): Promise<Bytes[]> {
  if (leaves.length === 1) return [];
  const k = split(leaves.length);
  return index < k
    ? [...(await inclusionOf(index, leaves.slice(0, k))), await rootOf(leaves.slice(k))]
    : [...(await inclusionOf(index - k, leaves.slice(k))), await rootOf(leaves.slice(0, k))];
}

async function consistencyOf(first: number, leaves: readonly Bytes[], known: boolean): Promise<Bytes[]> {
  if (first === leaves.length) return known ? [] : [await rootOf(leaves)];
  const k = split(leaves.length);
  return first <= k
    ? [...(await consistencyOf(first, leaves.slice(0, k), known)), await rootOf(leaves.slice(k))]
    : [...(await consistencyOf(first - k, leaves.slice(k), false)), await rootOf(leaves.slice(0, k))];
}
