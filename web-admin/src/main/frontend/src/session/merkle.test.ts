import { describe, expect, it } from "vitest";
import { type Bytes, hex, unhex } from "./bytes";
import { sha256 } from "./crypto";
import { isBeginning, isIncluded, leafHash } from "./merkle";
import { ownVectors } from "./testing/vectors";

const vectors = ownVectors("merkle") as {
  empty: string;
  leaves: string[];
  roots: string[];
  inclusion: { index: number; size: number; path: string[] }[];
  consistency: { first: number; second: number; path: string[] }[];
};
const roots = vectors.roots.map(unhex);
const leaves = await Promise.all(vectors.leaves.map((leaf) => leafHash(unhex(leaf))));
const at = (list: readonly Bytes[], index: number): Bytes => list[index] ?? new Uint8Array(0);
const tree = (size: number) => ({ size, root: at(roots, size - 1) });

function flipped(bytes: Bytes, bit: number): Bytes {
  const changed = bytes.slice();
  changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return changed;
}

/** Every path with one bit flipped, one node more, one node less. */
function spoiled(path: readonly Bytes[]): Bytes[][] {
  const all: Bytes[][] = [
    [...path, new Uint8Array(32)],
    [new Uint8Array(32), ...path],
  ];
  path.forEach((node, i) => {
    all.push(path.filter((_, other) => other !== i));
    for (let bit = 0; bit < 256; bit++) all.push(path.map((same, other) => (other === i ? flipped(node, bit) : same)));
  });
  return all;
}

describe("merkle.json", () => {
  it("the empty tree", async () => {
    expect(hex(await sha256(new Uint8Array(0)))).toBe(vectors.empty);
    const empty = { size: 0, root: unhex(vectors.empty) };
    expect(await isBeginning(empty, tree(3), [])).toBe(true);
    expect(await isBeginning(empty, empty, [])).toBe(true);
    expect(await isBeginning(empty, tree(3), [at(roots, 0)])).toBe(false);
    expect(await isBeginning({ size: 0, root: at(roots, 0) }, tree(3), [])).toBe(false);
  });

  it("every inclusion proof, and nothing near it", async () => {
    expect(vectors.inclusion).toHaveLength(36);
    for (const { index, size, path: text } of vectors.inclusion) {
      const path = text.map(unhex);
      const root = at(roots, size - 1);
      const leaf = at(leaves, index);
      expect(await isIncluded(leaf, index, size, path, root)).toBe(true);
      for (const bad of spoiled(path)) expect(await isIncluded(leaf, index, size, bad, root)).toBe(false);
      for (let bit = 0; bit < 256; bit++) {
        expect(await isIncluded(flipped(leaf, bit), index, size, path, root)).toBe(false);
        expect(await isIncluded(leaf, index, size, path, flipped(root, bit))).toBe(false);
      }
      for (let other = -1; other <= 9; other++) {
        if (other !== index) expect(await isIncluded(leaf, other, size, path, root), `${other}`).toBe(false);
        const root2 = at(roots, other - 1);
        if (other !== size) expect(await isIncluded(leaf, index, other, path, root2), `of ${other}`).toBe(false);
      }
    }
  }, 120_000);

  it("every consistency proof, and nothing near it", async () => {
    expect(vectors.consistency.length).toBeGreaterThan(20);
    for (const { first, second, path: text } of vectors.consistency) {
      const path = text.map(unhex);
      const [older, newer] = [tree(first), tree(second)];
      expect(await isBeginning(older, newer, path), `${first} ${second}`).toBe(true);
      for (const bad of spoiled(path)) expect(await isBeginning(older, newer, bad)).toBe(false);
      for (let bit = 0; bit < 256; bit++) {
        expect(await isBeginning({ ...older, root: flipped(older.root, bit) }, newer, path)).toBe(false);
        expect(await isBeginning(older, { ...newer, root: flipped(newer.root, bit) }, path)).toBe(false);
      }
      if (first !== second) expect(await isBeginning(newer, older, path)).toBe(false);
    }
  }, 120_000);

  it("a proof with nodes that are none, or too many", async () => {
    expect(await isIncluded(at(leaves, 0), 0, 2, [new Uint8Array(31)], at(roots, 1))).toBe(false);
    const many = Array.from({ length: 65 }, () => new Uint8Array(32));
    expect(await isIncluded(at(leaves, 0), 0, 2 ** 53 - 1, many, at(roots, 1))).toBe(false);
    expect(await isBeginning(tree(1), { size: 2 ** 53 - 1, root: at(roots, 1) }, many)).toBe(false);
  });
});
