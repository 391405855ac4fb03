/** Our own vectors of `docs/protocol/vectors`, which the Java side reads as well. The handshake has a file of its own. */
import { describe, expect, it } from "vitest";
import { type Bytes, b64u, hex, unb64u, unhex } from "./bytes";
import { verifyChain } from "./certificates";
import { importP256, sha256, verifyP256 } from "./crypto";
import { endorsedBytes, importEndorsement, verifyEndorsement } from "./endorsement";
import { SessionError } from "./errors";
import { decodeFrame, decodeResume, encodeFrame, encodeResume, paddedLength } from "./frames";
import { asObject } from "./importers";
import { parseJws } from "./jws";
import { asRole, type RootPublicKey } from "./keys";
import { findKey, verifyKeySet } from "./keyset";
import { RecordOpener, RecordSealer, recordNumber } from "./records";
import { relayProofBytes } from "./relay";
import { importOpened } from "./server";
import { ownVectors } from "./testing/vectors";
import { checkTrust, fingerprintOf, Pins } from "./trust";

async function refusal(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: unknown) => (error instanceof SessionError ? error.code : "error"),
  );
}

const keySetVectors = ownVectors("keyset") as {
  root: string;
  issuer: string;
  claims: { seq: number };
  text: string;
  older: string;
  refused: { name: string; text: string }[];
};
const root = asRole<RootPublicKey>(unb64u(keySetVectors.root));

describe("records.json", () => {
  const vectors = ownVectors("records") as {
    kClient: string;
    kAgent: string;
    session: {
      from: "client" | "agent";
      type: string;
      sequence: number;
      ack: number;
      plaintext: string;
      record: string;
      note: string;
    }[];
    control: { relay: string; attempt: number; next: number; plaintext: string; record: string }[];
    rekey: {
      from: "client" | "agent";
      start: number;
      records: { sequence: number; plaintext: string; record: string }[];
    }[];
    padding: { length: number; padded: number }[];
    refused: { name: string; at: "client" | "agent"; records: string[]; reason: string }[];
  };
  const keys = { client: unhex(vectors.kClient), agent: unhex(vectors.kAgent) };

  it("a whole session: frames, plaintexts and records to the byte", async () => {
    const sealers = { client: new RecordSealer(keys.client), agent: new RecordSealer(keys.agent) };
    const openers = { client: new RecordOpener(keys.client), agent: new RecordOpener(keys.agent) };
    for (const { from, type, sequence, ack, plaintext, record, note } of vectors.session) {
      const name = `${from} ${sequence}: ${note}`;
      const number = recordNumber(unhex(record));
      expect(number, name).toEqual({ kind: "data", sequence });
      if (number === undefined) continue;
      expect(hex(await openers[from].open(unhex(record), number)), name).toBe(plaintext);
      const decoded = decodeFrame(unhex(plaintext));
      expect({ ack: decoded.ack, type: decoded.frame.type.toUpperCase() }, name).toEqual({ ack, type });
      expect(hex(encodeFrame(decoded.frame, ack)), name).toBe(plaintext);
      expect(hex(await sealers[from].sealData(unhex(plaintext))), name).toBe(record);
    }
  });

  it("control records", async () => {
    const sealer = new RecordSealer(keys.client);
    for (const { relay, attempt, next, plaintext, record } of vectors.control) {
      const resume = decodeResume(unhex(plaintext));
      expect(resume).toMatchObject({ relay, attempt, next });
      expect(hex(encodeResume(resume))).toBe(plaintext);
      expect(hex(await sealer.sealControl(unhex(plaintext)))).toBe(record);
      const number = recordNumber(unhex(record));
      expect(number?.kind).toBe("control");
      if (number !== undefined)
        expect(hex(await new RecordOpener(keys.client).open(unhex(record), number))).toBe(plaintext);
    }
  });

  it("rekeying", async () => {
    for (const { from, start, records } of vectors.rekey) {
      const sealer = new RecordSealer(keys[from], start);
      const opener = new RecordOpener(keys[from]);
      for (const { sequence, plaintext, record } of records) {
        expect(hex(await sealer.sealData(unhex(plaintext))), `sequence ${sequence}`).toBe(record);
        const number = recordNumber(unhex(record));
        if (number !== undefined) expect(hex(await opener.open(unhex(record), number))).toBe(plaintext);
      }
    }
  });

  it("padding", () => {
    for (const { length, padded } of vectors.padding) expect(paddedLength(length), `${length}`).toBe(padded);
  });

  // the client's product code receives the agent's direction; the same rules are checked here for both
  it.each(vectors.refused)("refuses $name", async ({ at, records }) => {
    const opener = new RecordOpener(at === "agent" ? keys.client : keys.agent);
    let next = 0;
    let counter = -1;
    let refused = false;
    for (const text of records) {
      const record = unhex(text);
      const number = recordNumber(record);
      if (number === undefined) refused = true;
      else if (number.kind === "data" ? number.sequence !== next : number.counter <= counter) refused = true;
      else {
        const opened = await opener.open(record, number).then(
          (plaintext) => plaintext.length >= 9,
          () => false,
        );
        if (!opened) refused = true;
        else if (number.kind === "data") next++;
        else counter = number.counter;
      }
    }
    expect(refused).toBe(true);
  });
});

describe("keyset.json", () => {
  it("verifies with the root, and so does the older one", async () => {
    const set = await verifyKeySet(keySetVectors.text, root);
    expect(set).toMatchObject({ issuer: keySetVectors.issuer, seq: keySetVectors.claims.seq });
    expect(set.keys.map((key) => key.role)).toEqual(["ticket", "control", "log", "relay-token"]);
    expect((await verifyKeySet(keySetVectors.older, root)).seq).toBeLessThan(set.seq);
  });

  it.each(keySetVectors.refused)("refuses $name", async ({ text }) => {
    expect(await refusal(verifyKeySet(text, root))).toBe("key-set-invalid");
  });

  it("refuses another root and every changed character", async () => {
    expect(await refusal(verifyKeySet(keySetVectors.text, asRole<RootPublicKey>(new Uint8Array(32))))).toBe(
      "key-set-invalid",
    );
    const { text } = keySetVectors;
    for (let i = 0; i < text.length; i += 7) {
      const changed = text.slice(0, i) + (text[i] === "A" ? "B" : "A") + text.slice(i + 1);
      expect(await refusal(verifyKeySet(changed, root)), `character ${i}`).toBe("key-set-invalid");
    }
  });
});

describe("certificates.json", () => {
  const vectors = ownVectors("certificates") as {
    now: number;
    domain: string;
    uid: string;
    chain: string[];
    installation: string;
    spki: string;
    refused: { name: string; chain: string[]; at?: number; reason?: string }[];
  };
  const device = { domain: vectors.domain, uid: vectors.uid };
  const verify = (chain: readonly Bytes[], now = vectors.now) =>
    verifyChain(chain, [unb64u(vectors.installation)], device, now * 1000);

  it("gives the identity key", async () => {
    expect(hex((await verify(vectors.chain.map(unb64u))).spki)).toBe(vectors.spki);
  });

  it.each(vectors.refused)("refuses $name", async ({ name, chain, at }) => {
    const code = await refusal(verify(chain.map(unb64u), at));
    expect(code).toBe(/^(?:not yet|no longer) valid$/.test(name) ? "certificate-expired" : "certificate-invalid");
  });

  it("refuses every changed byte of either certificate", async () => {
    const chain = vectors.chain.map(unb64u);
    const accepted: string[] = [];
    for (const which of [0, 1])
      for (let i = 0; i < (chain[which]?.length ?? 0); i++) {
        const changed = chain.map((certificate) => certificate.slice());
        const bytes = changed[which] ?? new Uint8Array();
        bytes[i] = (bytes[i] ?? 0) ^ 1;
        if (!/^certificate-/.test(await refusal(verify(changed)))) accepted.push(`certificate ${which}, byte ${i}`);
      }
    expect(accepted).toEqual([]);
  });
});

describe("endorsement.json", () => {
  const vectors = ownVectors("endorsement") as {
    now: number;
    uid: string;
    domain: string;
    spki: string;
    fingerprint: string;
    endorsement: unknown;
    signed: string;
    refused: { name: string; endorsement: unknown; at: number; reason: string }[];
  };
  const device = { uid: vectors.uid, domain: vectors.domain };
  const verify = async (endorsement: unknown, at: number) => {
    const spki = unhex(vectors.spki);
    return verifyEndorsement(importEndorsement(endorsement), { spki, key: await importP256(spki) }, device, at * 1000);
  };

  it("gives the static key; signed bytes and fingerprint", async () => {
    expect(hex(endorsedBytes(device, importEndorsement(vectors.endorsement)))).toBe(vectors.signed);
    expect(b64u(await verify(vectors.endorsement, vectors.now))).toBe((vectors.endorsement as { key: string }).key);
    expect(fingerprintOf(await sha256(unhex(vectors.spki)))).toBe(vectors.fingerprint);
  });

  it.each(vectors.refused)("refuses $name", async ({ endorsement, at, reason }) => {
    expect(await refusal(verify(endorsement, at))).toBe(
      reason === "EXPIRED" ? "endorsement-expired" : "endorsement-invalid",
    );
  });
});

describe("relay-proof.json", () => {
  const vectors = ownVectors("relay-proof") as {
    relay: string;
    sid: string;
    nonce: string;
    point: string;
    proofs: { role: "client" | "device"; signed: string; signature: string }[];
  };

  it.each(vectors.proofs)("$role", async ({ role, signed, signature }) => {
    const bytes = relayProofBytes(vectors.relay, unhex(vectors.nonce), unhex(vectors.sid), role === "client" ? 1 : 2);
    expect(hex(bytes)).toBe(signed);
    const key = await crypto.subtle.importKey(
      "raw",
      unhex(vectors.point),
      { name: "ECDSA", namedCurve: "P-256" },
      true,
      ["verify"],
    );
    expect(await verifyP256(key, unhex(signature), bytes)).toBe(true);
  });
});

describe("ticket.json", () => {
  const vectors = ownVectors("ticket") as {
    now: number;
    text: string;
    claims: object;
    refused: { name: string; text: string }[];
  };
  // A client compares the hash of a ticket; its signature is the agent's business. The JWS rules are the same for every token.
  const verify = async (text: string) => {
    const jws = parseJws(text, "bascule-ticket+jwt", 8192);
    const key = findKey(await verifyKeySet(keySetVectors.text, root), "ticket", jws.kid, vectors.now);
    if (key === undefined) throw new Error("not a ticket key of the set");
    return jws.verify(key);
  };

  it("verifies with the ticket key of the set", async () => {
    expect(await verify(vectors.text)).toEqual(vectors.claims);
  });

  // a token without claims is well signed: what it lacks is seen by whoever reads claims
  it.each(vectors.refused.filter(({ name }) => name !== "no claims"))("refuses $name", async ({ text }) => {
    expect(await refusal(verify(text))).not.toBe("accepted");
  });
});

describe("session-opened.json", () => {
  const vectors = ownVectors("session-opened") as { now: number; answer: unknown };

  it("passes every check before m1", async () => {
    const opened = importOpened(asObject(vectors.answer, "answer"));
    const storage = new Map<string, string>();
    const pins = new Pins({
      getItem: (name) => storage.get(name) ?? null,
      setItem: (name, value) => void storage.set(name, value),
    });
    const trusted = await checkTrust(opened, "example", pins, vectors.now * 1000);
    expect(trusted).toMatchObject({ firstContact: true, fingerprint: "be17 e6f0 0029 cc56" });
    trusted.remember();
    expect(await checkTrust(opened, "example", pins, vectors.now * 1000)).toMatchObject({ firstContact: false });
  });
});
