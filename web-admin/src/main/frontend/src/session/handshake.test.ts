import { describe, expect, it } from "vitest";
import { type Bytes, equalBytes, hex, unhex } from "./bytes";
import { generateMlKem768, nobleX25519, sha256 } from "./crypto";
import { SessionError } from "./errors";
import { ClientHandshake, derivePsk, type EphemeralKeys, encodeOperations, prologueOf } from "./handshake";
import { asRole, type DeviceStaticPublicKey } from "./keys";
import { importHead } from "./log";
import { ownVectors } from "./testing/vectors";

const vectors = ownVectors("handshake") as {
  session: { sid: string; issuer: string; domain: string; user: string; uid: string; spki: string; prologue: string };
  client: { ephemeralPrivate: string; ephemeralPublic: string; kemSeed: string; ek: string; operations: string[] };
  device: { staticPublic: string; granted: string[] };
  m1: string;
  ct: string;
  ss: string;
  psk: string;
  ticket: string;
  m2: string;
  kClient: string;
  kAgent: string;
  confirm: string;
  refusedByClient: { name: string; m2: string; ticket?: string; reason: string }[];
};

async function context() {
  const { sid, issuer, domain, user, uid, spki } = vectors.session;
  return { sid: unhex(sid), issuer, domain, user, device: uid, identityHash: await sha256(unhex(spki)) };
}

const keys: Promise<EphemeralKeys> = Promise.all([
  nobleX25519(unhex(vectors.client.ephemeralPrivate)),
  generateMlKem768(unhex(vectors.client.kemSeed)),
]).then(([x25519, mlKem]) => ({ x25519, mlKem }));

async function start(change: Partial<Awaited<ReturnType<typeof context>>> = {}): Promise<ClientHandshake> {
  const staticKey = asRole<DeviceStaticPublicKey>(unhex(vectors.device.staticPublic));
  return ClientHandshake.start(
    { ...(await context()), ...change },
    staticKey,
    vectors.client.operations,
    head,
    await keys,
  );
}

const head = importHead(
  (ownVectors("session-opened") as { answer: { proofs: { log: { head: unknown } } } }).answer.proofs.log.head,
);

function flip(bytes: Bytes, bit: number): Bytes {
  const flipped = bytes.slice();
  flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return flipped;
}

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: unknown) => (error instanceof SessionError ? error.code : String(error)),
  );
}

describe("handshake vectors", () => {
  it("prologue and keys", async () => {
    expect(hex(prologueOf(await context()))).toBe(vectors.session.prologue);
    const { x25519, mlKem } = await keys;
    expect(hex(x25519.publicKey)).toBe(vectors.client.ephemeralPublic);
    expect(hex(mlKem.publicKey)).toBe(vectors.client.ek);
    expect(hex(mlKem.decapsulate(unhex(vectors.ct)))).toBe(vectors.ss);
  });

  it("m1 to the byte, m2 accepted, keys and confirmation", async () => {
    const handshake = await start();
    expect(hex(handshake.m1)).toBe(vectors.m1);
    const secrets = await handshake.finish(unhex(vectors.m2), vectors.ticket);
    expect(hex(secrets.clientKey)).toBe(vectors.kClient);
    expect(hex(secrets.agentKey)).toBe(vectors.kAgent);
    expect(hex(secrets.transcriptHash)).toBe(vectors.confirm);
    expect(secrets.granted).toEqual(vectors.device.granted);
    expect(secrets.seen).toEqual({ size: head.size, root: head.root });
  });

  it("psk", async () => {
    const [ss, prologue, m1, ek, ct] = [
      vectors.ss,
      vectors.session.prologue,
      vectors.m1,
      vectors.client.ek,
      vectors.ct,
    ].map(unhex) as [Bytes, Bytes, Bytes, Bytes, Bytes];
    expect(hex(await derivePsk(ss, prologue, m1, ek, ct))).toBe(vectors.psk);
  });

  it.each(vectors.refusedByClient)("refuses $name", async ({ m2, ticket }) => {
    const handshake = await start();
    expect(await refusal(handshake.finish(unhex(m2), ticket ?? vectors.ticket))).toBe("handshake-failed");
  });
});

describe("handshake", () => {
  it("refuses every flipped bit of the Noise part of m2, and one in every 64 of the KEM ciphertext", async () => {
    const m2 = unhex(vectors.m2);
    const bits = [...Array(136).keys()].map((i) => i * 64 + (i % 64));
    for (let bit = 1088 * 8; bit < m2.length * 8; bit++) bits.push(bit);
    const accepted: number[] = [];
    for (const bit of bits) {
      const handshake = await start();
      if ((await refusal(handshake.finish(flip(m2, bit), vectors.ticket))) !== "handshake-failed") accepted.push(bit);
    }
    // X25519 ignores the top bit of a public key (RFC 7748 §5), but the handshake hash covers it
    expect(accepted).toEqual([]);
  }, 180_000);

  it("takes one m2 only", async () => {
    const handshake = await start();
    await handshake.finish(unhex(vectors.m2), vectors.ticket);
    await expect(handshake.finish(unhex(vectors.m2), vectors.ticket)).rejects.toThrow("one m2 for one m1");
  });

  it.each([
    ["another user", { user: "01900000-0000-7000-8000-0000000000ff" }],
    ["another domain", { domain: "01900000-0000-7000-8000-0000000000ff" }],
    ["another issuer", { issuer: "https://other.example" }],
    ["another session", { sid: new Uint8Array(16) }],
    ["another identity", { identityHash: new Uint8Array(32) }],
  ])("refuses the answer to %s", async (_, change) => {
    const handshake = await start(change);
    expect(await refusal(handshake.finish(unhex(vectors.m2), vectors.ticket))).toBe("handshake-failed");
  });

  it("refuses a static key of low order", async () => {
    const lowOrder = asRole<DeviceStaticPublicKey>(new Uint8Array(32));
    expect(await refusal(ClientHandshake.start(await context(), lowOrder, ["terminal"], head, await keys))).toBe(
      "handshake-failed",
    );
  });

  it("sorts operations and refuses what is none", () => {
    expect(equalBytes(encodeOperations(["terminal", "exec", "terminal"]), encodeOperations(["exec", "terminal"]))).toBe(
      true,
    );
    for (const operations of [[], [""], ["Terminal"], ["a b"], ["x".repeat(129)], ["a\nb"]])
      expect(() => encodeOperations(operations)).toThrow(SessionError);
  });
});
