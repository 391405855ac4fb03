import { describe, expect, it } from "vitest";
import { hex, unb64u, unhex } from "./bytes";
import { continuityBytes, importContinuity, leads } from "./continuity";
import { sha256 } from "./crypto";
import { ownVectors } from "./testing/vectors";

describe("continuity.json", () => {
  const vectors = ownVectors("continuity") as {
    uid: string;
    domain: string;
    signed: string;
    cases: { name: string; remembered: string; shown: string; links: object[]; leads: boolean }[];
  };
  const device = { uid: vectors.uid, domain: vectors.domain };

  it("is signed over the bytes of the specification", async () => {
    const [link] = importContinuity({ continuity: vectors.cases[1]?.links });
    expect(link).toBeDefined();
    if (link !== undefined) expect(hex(await continuityBytes(device, link))).toBe(vectors.signed);
  });

  it.each(vectors.cases)("$name", async (vector) => {
    const links = importContinuity({ continuity: vector.links });
    const shown = await sha256(unhex(vector.shown));
    expect(await leads(links, device, unhex(vector.remembered), shown)).toBe(vector.leads);
  });

  it("is absent in answers of servers that know no renewal", () => {
    expect(importContinuity(undefined)).toEqual([]);
    expect(importContinuity({})).toEqual([]);
    expect(unb64u("")).toHaveLength(0);
  });
});
