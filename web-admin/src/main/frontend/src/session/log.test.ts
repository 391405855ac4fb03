import { describe, expect, it } from "vitest";
import { hex, unb64u } from "./bytes";
import { SessionError } from "./errors";
import { asObject } from "./importers";
import { asRole, type RootPublicKey } from "./keys";
import { certificateLeaf, exportHead, headBytes, importHead, importLogProofs, type TreeHead } from "./log";
import { leafHash } from "./merkle";
import { importOpened } from "./server";
import { TestLog } from "./testing/log";
import { ownVectors } from "./testing/vectors";
import { checkTrust, Pins } from "./trust";

const vectors = ownVectors("log-proofs") as {
  now: number;
  leaf: string;
  leafHash: string;
  headInM1: string;
  remembered: unknown;
  proofs: object;
  refused: { name: string; remembered?: unknown; proofs?: object; domain?: string; reason: string }[];
};
const opened = ownVectors("session-opened") as { answer: unknown };

function answer(log: object | undefined) {
  const proofs = { continuity: [], ...(log === undefined ? {} : { log }) };
  return importOpened({ ...asObject(opened.answer, "answer"), proofs });
}

/** A browser that has seen a head. */
function pinsWith(remembered: unknown) {
  const storage = new Map<string, string>();
  const pins = new Pins({
    getItem: (name) => storage.get(name) ?? null,
    setItem: (name, value) => void storage.set(name, value),
  });
  if (remembered !== undefined) pins.replaceHead(undefined, importHead(remembered));
  return { pins, storage };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: unknown) => (error instanceof SessionError ? error.code : String(error)),
  );
}

const SIGN_IN = "example";
const domain = answer(vectors.proofs).domain;
const now = vectors.now * 1000;

describe("log-proofs.json", () => {
  it("the leaf of the certificate and the head in m1, to the byte", async () => {
    const { chain, device, log } = answer(vectors.proofs);
    const leaf = certificateLeaf({ domain, uid: device }, chain[0] ?? new Uint8Array(0));
    expect(hex(leaf)).toBe(vectors.leaf);
    expect(hex(await leafHash(leaf))).toBe(vectors.leafHash);
    expect(log && hex(headBytes(log.head))).toBe(vectors.headInM1);
  });

  it("accepts the proofs, and pins the newer head", async () => {
    const { pins, storage } = pinsWith(vectors.remembered);
    expect(pins.heads()).toEqual({ [domain]: 6 });
    const { head } = await checkTrust(answer(vectors.proofs), SIGN_IN, pins, now, pins.heads());
    expect(pins.head(domain)).toEqual(head);
    expect(pins.heads()).toEqual({ [domain]: 11 });
    expect(await refusal(checkTrust(answer(vectors.proofs), SIGN_IN, pins, now, pins.heads()))).toBe("accepted");
    expect(JSON.parse(storage.get("bascule.trust.logs") ?? "")).toEqual({ [domain]: exportHead(head) });
  });

  it.each(vectors.refused)("refuses $name", async ({ remembered, proofs, domain: pinned, reason }) => {
    const { pins, storage } = pinsWith(remembered);
    const { root, issuer } = answer(proofs);
    if (pinned !== undefined)
      pins.saw({ root: asRole<RootPublicKey>(root), issuer, seq: 1, signIn: SIGN_IN, domain: pinned });
    const installation = storage.get("bascule.trust.installation");
    const before = storage.get("bascule.trust.logs");
    const code = reason.toLowerCase().replaceAll("_", "-");
    expect(await refusal(checkTrust(answer(proofs), SIGN_IN, pins, now, pins.heads()))).toBe(code);
    expect(storage.get("bascule.trust.logs"), "what was seen stays pinned").toBe(before);
    expect(storage.get("bascule.trust.installation"), "nothing is pinned").toBe(installation);
  });

  it("importing is strict", () => {
    const good = vectors.proofs as Record<string, unknown>;
    const head = good.head as Record<string, unknown>;
    const bad: object[] = [
      { ...good, index: -1 },
      { ...good, index: "1" },
      { ...good, inclusion: ["AA"] },
      { ...good, inclusion: Array(65).fill("A".repeat(43)) },
      { ...good, consistency: [] },
      ...["2026-01-02", "2026-01-02T11:59:11", "2026-01-02T11:59:11+01:00", "2026-13-02T11:59:11Z", 5].map((time) => ({
        ...good,
        head: { ...head, time },
      })),
      { ...good, head: { ...head, size: 2 ** 53 } },
      { ...good, head: { ...head, root: "AA" } },
      { ...good, head: { ...head, kid: "" } },
    ];
    for (const log of bad) expect(() => importLogProofs({ log }), JSON.stringify(log)).toThrow(SessionError);
  });
});

describe("other tabs", () => {
  const proofsOf = (proofs: object, growth: (first: number, second: number) => unknown[]) => {
    const asked: number[][] = [];
    const source = async (first: number, second: number) => {
      asked.push([first, second]);
      return growth(first, second).map((hash) => unb64u(String(hash)));
    };
    return { proofs, asked, source };
  };

  it("what another tab saw meanwhile is asked for, and stays pinned", async () => {
    const { consistency } = vectors.proofs as { consistency: { path: unknown[] } };
    const { asked, source } = proofsOf(vectors.proofs, () => consistency.path);
    const head = importHead((vectors.proofs as { head: unknown }).head);
    const smaller = vectors.refused.find(({ name }) => name === "an old head")?.proofs;
    const { pins } = pinsWith(exportHead(head));
    expect(await refusal(checkTrust(answer(smaller), SIGN_IN, pins, now, {}, source))).toBe("accepted");
    expect(asked).toEqual([[6, 11]]);
    expect(pins.head(domain)).toEqual(head);
  });

  it("a pinned head that cannot be read blocks", async () => {
    const { pins, storage } = pinsWith(undefined);
    for (const text of ["", "[]", '{"x":{}}', '{"x":1}']) {
      storage.set("bascule.trust.logs", text);
      expect(await refusal(checkTrust(answer(vectors.proofs), SIGN_IN, pins, now)), text).toBe("trust-store");
    }
  });

  it("names the sixteen domains that were used last", async () => {
    const { pins } = pinsWith(undefined);
    const heads: TreeHead[] = [];
    for (let i = 0; i < 20; i++) {
      const log = new TestLog(`domain-${i}`, new Uint8Array(32));
      await log.add(new Uint8Array([i]));
      heads.push(await log.head());
    }
    for (const head of heads) expect(pins.replaceHead(undefined, head)).toBe(true);
    expect(Object.keys(pins.heads())).toEqual(heads.slice(4).map(({ tree }) => tree));
    expect(pins.replaceHead(undefined, { ...heads[0], size: 2 } as TreeHead), "another was pinned").toBe(false);
  });
});
