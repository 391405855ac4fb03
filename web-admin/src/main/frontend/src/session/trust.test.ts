import { beforeEach, describe, expect, it } from "vitest";
import type { PinStorage } from "./api";
import { b64u } from "./bytes";
import { SessionError } from "./errors";
import { asObject } from "./importers";
import { importOpened, type Opened } from "./server";
import { ownVectors } from "./testing/vectors";
import { checkTrust, Pins } from "./trust";

const vectors = ownVectors("session-opened") as { now: number; answer: unknown };
const older = (ownVectors("keyset") as { older: string }).older;
const now = vectors.now * 1000;

/** An answer that passes every check, with `change` on top. */
function answer(change: Partial<Opened> = {}): Opened {
  return { ...importOpened(asObject(vectors.answer, "answer")), ...change };
}

let storage: Map<string, string>;
let pins: Pins;

beforeEach(() => {
  storage = new Map();
  pins = new Pins(pinStorage());
});

function pinStorage(): PinStorage {
  return { getItem: (name) => storage.get(name) ?? null, setItem: (name, value) => void storage.set(name, value) };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: unknown) => (error instanceof SessionError ? error.code : String(error)),
  );
}

const rootName = "bascule.trust.installation";
const deviceName = () => `bascule.trust.device.${answer().device}`;
const SIGN_IN = "example";
const zeros = "A".repeat(43);

describe("first contact", () => {
  it("pins root and sequence at once, identity and counter only when the handshake succeeded", async () => {
    const trusted = await checkTrust(answer(), SIGN_IN, pins, now);
    expect(trusted.firstContact).toBe(true);
    expect(JSON.parse(storage.get(rootName) ?? "")).toMatchObject({ seq: 3 });
    expect(storage.has(deviceName())).toBe(false);
    trusted.remember();
    expect(JSON.parse(storage.get(deviceName()) ?? "")).toMatchObject({ counter: 7 });
  });
});

describe("what is not as it was is blocked, by name", () => {
  it.each([
    ["another root", rootName, { root: zeros, seq: 1 }, "root-changed"],
    ["a key set of another issuer", rootName, { issuer: "https://other.example" }, "key-set-invalid"],
    ["another domain", rootName, { domains: { [SIGN_IN]: "01900000-0000-7000-8000-0000000000ff" } }, "domain-changed"],
    ["a key set older than the newest seen", rootName, { root: "root", seq: 4 }, "key-set-old"],
    ["another identity key", deviceName(), { identity: zeros, counter: 1 }, "identity-changed"],
    ["a counter below the highest seen", deviceName(), { identity: "identity", counter: 8 }, "endorsement-old"],
  ])("%s", async (_, name, pinned, code) => {
    (await checkTrust(answer(), SIGN_IN, pins, now)).remember();
    const seen = JSON.parse(storage.get(name) ?? "") as Record<string, unknown>;
    const value = { ...seen, ...Object.fromEntries(Object.entries(pinned).filter(([key, v]) => v !== key)) };
    storage.set(name, JSON.stringify(value));
    expect(await refusal(checkTrust(answer(), SIGN_IN, pins, now))).toBe(code);
    expect(JSON.parse(storage.get(name) ?? "")).toEqual(value);
  });

  it("another sign-in may have another domain", async () => {
    await checkTrust(answer(), SIGN_IN, pins, now);
    const pinned = asObject(JSON.parse(storage.get(rootName) ?? ""), rootName);
    const other = { other: "01900000-0000-7000-8000-0000000000ff" };
    storage.set(rootName, JSON.stringify({ ...pinned, domains: other }));
    await checkTrust(answer(), SIGN_IN, pins, now);
    expect(JSON.parse(storage.get(rootName) ?? "")).toMatchObject({
      domains: { ...other, [SIGN_IN]: answer().domain },
    });
  });

  it("what an older page pinned gets issuer and domain", async () => {
    storage.set(rootName, JSON.stringify({ root: b64u(answer().root), seq: 3 }));
    await checkTrust(answer(), SIGN_IN, pins, now);
    const { issuer, domain } = answer();
    expect(JSON.parse(storage.get(rootName) ?? "")).toMatchObject({ issuer, domains: { [SIGN_IN]: domain } });
  });

  it("the older key set of the same root", async () => {
    await checkTrust(answer(), SIGN_IN, pins, now);
    expect(await refusal(checkTrust(answer({ keySet: older }), SIGN_IN, pins, now))).toBe("key-set-old");
  });
});

describe("an answer that does not fit together", () => {
  it.each([
    ["a key set of another issuer", { issuer: "https://other.example" }, "key-set-invalid"],
    ["another root than the key set's", { root: new Uint8Array(32) }, "key-set-invalid"],
    ["another domain", { domain: "01900000-0000-7000-8000-0000000000ff" }, "certificate-invalid"],
    ["another device", { device: "01900000-0000-7000-8000-0000000000ff" }, "certificate-invalid"],
    ["no certificates", { chain: [] }, "certificate-invalid"],
    ["a changed endorsement", { endorsement: { ...answer().endorsement, counter: 99 } }, "endorsement-invalid"],
  ])("%s", async (_, change, code) => {
    expect(await refusal(checkTrust(answer(change), SIGN_IN, pins, now))).toBe(code);
    expect(storage.size, "nothing is pinned").toBe(0);
  });

  it.each([
    ["before everything", 0, "certificate-expired"],
    ["two days later", now + 2 * 86_400_000, "endorsement-expired"],
    ["a year later", now + 365 * 86_400_000, "certificate-expired"],
  ])("%s", async (_, at, code) => {
    expect(await refusal(checkTrust(answer(), SIGN_IN, pins, at))).toBe(code);
  });
});

describe("the store", () => {
  it.each(["", "null", "[]", "{}", '{"root":"AA","seq":1}', '{"root":1,"seq":1}'])(
    "%j in it blocks instead of being replaced",
    async (text) => {
      storage.set(rootName, text);
      expect(await refusal(checkTrust(answer(), SIGN_IN, pins, now))).toBe("trust-store");
      expect(storage.get(rootName)).toBe(text);
    },
  );

  it("that cannot be written blocks", async () => {
    const full = {
      getItem: () => null,
      setItem: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    expect(await refusal(checkTrust(answer(), SIGN_IN, new Pins(full), now))).toBe("trust-store");
  });

  it("keeps what another tab pinned meanwhile", async () => {
    const trusted = await checkTrust(answer(), SIGN_IN, pins, now);
    storage.set(deviceName(), JSON.stringify({ identity: zeros, counter: 1 }));
    expect(() => trusted.remember()).toThrow("identity-changed");
  });
});

describe("importing the answer", () => {
  const valid = asObject(vectors.answer, "answer");

  it.each([
    ["sid", "00"],
    ["sid", "000102030405060708090A0B0C0D0E0F"],
    ["issuer", ""],
    ["domain", 7],
    ["device", "uid"],
    ["chain", "AAAA"],
    ["chain", ["!"]],
    ["chain", Array(5).fill("AAAA")],
    ["endorsement", null],
    ["endorsement", { key: "AA" }],
    ["keySet", "x".repeat(40_000)],
    ["root", "AAAA"],
    ["state", "later"],
  ])("%s = %j is refused", (name, value) => {
    expect(() => importOpened({ ...valid, [name]: value })).toThrow(SessionError);
  });

  it("says whether somebody is asked for consent, and takes no other state", () => {
    expect(importOpened(valid).asking).toBe(false);
    expect(importOpened({ ...valid, state: "asking" }).asking).toBe(true);
    expect(() => importOpened({ ...valid, state: "waiting" })).toThrow("state");
  });
});
