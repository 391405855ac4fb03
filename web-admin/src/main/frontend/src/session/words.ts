/**
 * Fingerprints as words that two people read to each other (`session.md`, Words): the first 88 bits of a SHA-256 as eight words. The list is fetched when it
 * is needed for the first time.
 */
import type { Bytes } from "./bytes";

/** Words of a fingerprint. */
export const WORDS = 8;

const BITS = 11;
const HASH_BYTES = 32;

/** The words of a hash: SHA-256 of a device's SubjectPublicKeyInfo, or of the installation root's 32 bytes. */
export async function fingerprintWords(hash: Bytes): Promise<readonly string[]> {
  if (hash.length !== HASH_BYTES) throw new RangeError(`a hash has ${HASH_BYTES} bytes, not ${hash.length}`);
  const { wordList } = await import("./wordList");
  return Array.from({ length: WORDS }, (_, word) => wordList[bits(hash, word * BITS)] ?? "");
}

/** Whether a person wrote the words of this hash, with whatever stands between them. */
export async function areWordsOf(text: string, hash: Bytes): Promise<boolean> {
  return (text.toLowerCase().match(/[a-z]+/g) ?? []).join(" ") === (await fingerprintWords(hash)).join(" ");
}

/** 11 bits from a position, most significant first. */
function bits(hash: Bytes, start: number): number {
  let value = 0;
  for (let bit = start; bit < start + BITS; bit++)
    value = (value << 1) | (((hash[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1);
  return value;
}
