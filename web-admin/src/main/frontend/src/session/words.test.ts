import { describe, expect, it } from "vitest";
import { hex, unhex } from "./bytes";
import { sha256 } from "./crypto";
import { ownVectors } from "./testing/vectors";
import { wordList } from "./wordList";
import { areWordsOf, fingerprintWords } from "./words";

describe("words.json", () => {
  const { vectors } = ownVectors("words") as { vectors: { name: string; hash: string; words: string[] }[] };

  it.each(vectors)("$name", async ({ hash, words }) => {
    expect(await fingerprintWords(unhex(hash))).toEqual(words);
  });

  it("knows the words of a hash however they are written, and no others", async () => {
    const { hash = "", words = [] } = vectors[0] ?? {};
    for (const right of [words.join(" "), words.join("-").toUpperCase(), `\n${words.join(", ")}. `])
      expect([right, await areWordsOf(right, unhex(hash))]).toEqual([right, true]);
    for (const wrong of ["", words.slice(1).join(" "), words.join(""), `${words.join(" ")} zoo`])
      expect([wrong, await areWordsOf(wrong, unhex(hash))]).toEqual([wrong, false]);
  });

  it("is of the published list", async () => {
    const text = new TextEncoder().encode(`${wordList.join("\n")}\n`);
    expect(hex(await sha256(text))).toBe("2f5eed53a4727b4bf8880d8f3f199efc90e58503646d9ff8eff3a2ed3b24dbda");
  });

  it("refuses what is no hash", async () => {
    await expect(fingerprintWords(unhex("00"))).rejects.toThrow(RangeError);
  });
});
