import { describe, expect, it } from "vitest";
import { hex, unhex } from "./bytes";
import {
  AesGcmKey,
  generateMlKem768,
  generateX25519,
  hkdf,
  hkdfExpand,
  importP256,
  nobleX25519,
  verifyEd25519,
  verifyP256,
} from "./crypto";
import { sessionVectors, wycheproof } from "./testing/vectors";

// RFC 7748 §6.1
const ALICE = "77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a";

describe("RFC 7748 X25519", () => {
  it("§5.2: both test vectors", async () => {
    const first = await nobleX25519(unhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"));
    expect(hex(await first.agree(unhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c")))).toBe(
      "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552",
    );
    const second = await nobleX25519(unhex("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d"));
    expect(hex(await second.agree(unhex("e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493")))).toBe(
      "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957",
    );
  });

  it("§6.1: Diffie-Hellman, also against the browser's own X25519", async () => {
    const alice = await nobleX25519(unhex(ALICE));
    expect(hex(alice.publicKey)).toBe("8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
    expect(hex(await alice.agree(unhex("de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f")))).toBe(
      "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742",
    );
    const own = await generateX25519();
    expect(hex(await own.agree(alice.publicKey))).toBe(hex(await alice.agree(own.publicKey)));
  });

  it.each([
    ["zero", "00".repeat(32)],
    ["one", `01${"00".repeat(31)}`],
    ["order 8", "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"],
    ["p", `ed${"ff".repeat(30)}7f`],
  ])("refuses the low-order point: %s", async (_, point) => {
    await expect((await generateX25519()).agree(unhex(point))).rejects.toThrow();
    await expect((await nobleX25519(unhex(ALICE))).agree(unhex(point))).rejects.toThrow();
  });

  it("Wycheproof", async ({ skip }) => {
    const vectors = wycheproof<{ public: string; private: string; shared: string }>("x25519_test");
    if (vectors === undefined) return skip("no ../shared/vectors beside the project");
    let refused = 0;
    for (const { tcId, ...test } of vectors.testGroups.flatMap((group) => group.tests)) {
      const key = await nobleX25519(unhex(test.private));
      if (/^0*$/.test(test.shared)) {
        await expect(key.agree(unhex(test.public)), `test ${tcId}`).rejects.toThrow();
        refused++;
      } else expect(hex(await key.agree(unhex(test.public))), `test ${tcId}`).toBe(test.shared);
    }
    expect(refused).toBeGreaterThan(10);
  });
});

describe("RFC 5869 HKDF-SHA256", () => {
  it("A.1", async () => {
    const salt = unhex("000102030405060708090a0b0c");
    const info = unhex("f0f1f2f3f4f5f6f7f8f9");
    expect(hex(await hkdf(salt, new Uint8Array(22).fill(0x0b), info, 42))).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
    );
  });

  it("A.3: empty salt and info", async () => {
    const nothing = new Uint8Array(0);
    expect(hex(await hkdf(nothing, new Uint8Array(22).fill(0x0b), nothing, 42))).toBe(
      "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
    );
  });

  it("expand alone: the PRK of A.1", async () => {
    const prk = unhex("077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5");
    expect(hex(await hkdfExpand(prk, unhex("f0f1f2f3f4f5f6f7f8f9"), 32))).toBe(
      "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf",
    );
  });

  it("Wycheproof", async ({ skip }) => {
    const vectors = wycheproof<{ ikm: string; salt: string; info: string; size: number; okm: string }>(
      "hkdf_sha256_test",
    );
    if (vectors === undefined) return skip("no ../shared/vectors beside the project");
    for (const test of vectors.testGroups.flatMap((group) => group.tests)) {
      const derived = hkdf(unhex(test.salt), unhex(test.ikm), unhex(test.info), test.size);
      if (test.result === "valid") expect(hex(await derived), `test ${test.tcId}`).toBe(test.okm);
      else await expect(derived, `test ${test.tcId}`).rejects.toThrow();
    }
  });
});

describe("AES-256-GCM", () => {
  const key = unhex("92ace3e348cd821092cd921aa3546374299ab46209691bc28b8752d17f123c20");
  const nonce = unhex("00112233445566778899aabb");
  const aad = unhex("00000000ffffffff");
  const sealed = unhex("e27abdd2d2a53d2f136b9a4a2579529301bcfb71c78d4060f52c");

  it("a published vector both ways, the tag last", async () => {
    const gcm = await AesGcmKey.of(key);
    expect(hex(await gcm.seal(nonce, aad, unhex("00010203040506070809")))).toBe(hex(sealed));
    expect(hex(await gcm.open(nonce, aad, sealed))).toBe("00010203040506070809");
  });

  it("refuses every flipped bit", async () => {
    const gcm = await AesGcmKey.of(key);
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const flipped = sealed.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(gcm.open(nonce, aad, flipped), `bit ${bit}`).rejects.toThrow();
    }
  });

  it("Wycheproof", async ({ skip }) => {
    const vectors = wycheproof<{ key: string; iv: string; aad: string; msg: string; ct: string; tag: string }>(
      "aes_gcm_test",
    );
    if (vectors === undefined) return skip("no ../shared/vectors beside the project");
    let ran = 0;
    for (const group of vectors.testGroups.filter((g) => g.keySize === 256 && g.ivSize === 96 && g.tagSize === 128))
      for (const test of group.tests) {
        const opened = (await AesGcmKey.of(unhex(test.key))).open(
          unhex(test.iv),
          unhex(test.aad),
          unhex(test.ct + test.tag),
        );
        if (test.result === "valid") expect(hex(await opened), `test ${test.tcId}`).toBe(test.msg);
        else await expect(opened, `test ${test.tcId}`).rejects.toThrow();
        ran++;
      }
    expect(ran).toBeGreaterThan(50);
  });
});

describe("ML-KEM-768 (FIPS 203)", () => {
  it("makes keys of the sizes of the protocol and rejects implicitly", async () => {
    const pair = await generateMlKem768();
    expect(pair.publicKey.length).toBe(1184);
    const { ml_kem768 } = await import("@noble/post-quantum/ml-kem.js");
    const { cipherText, sharedSecret } = ml_kem768.encapsulate(pair.publicKey);
    expect(cipherText.length).toBe(1088);
    const ct = new Uint8Array(cipherText);
    expect(hex(pair.decapsulate(ct))).toBe(hex(sharedSecret));
    ct[0] = (ct[0] ?? 0) ^ 1;
    expect(hex(pair.decapsulate(ct))).not.toBe(hex(sharedSecret));
  });

  it("a few published vectors: keys from seeds, and decapsulation", async () => {
    const { keyGeneration, decapsulation } = sessionVectors("ml-kem-768") as {
      readonly keyGeneration: readonly { readonly seed: string; readonly ek: string }[];
      readonly decapsulation: readonly { readonly seed: string; readonly c: string; readonly K: string }[];
    };
    expect([keyGeneration.length, decapsulation.length]).toEqual([1, 2]);
    for (const { seed, ek } of keyGeneration) expect(hex((await generateMlKem768(unhex(seed))).publicKey)).toBe(ek);
    for (const { seed, c, K } of decapsulation)
      expect(hex((await generateMlKem768(unhex(seed))).decapsulate(unhex(c)))).toBe(K);
  });

  it("Wycheproof: keys from seeds", async ({ skip }) => {
    const vectors = wycheproof<{ seed: string; ek: string }>("mlkem_768_keygen_seed_test");
    if (vectors === undefined) return skip("no ../shared/vectors beside the project");
    for (const test of vectors.testGroups.flatMap((group) => group.tests))
      expect(hex((await generateMlKem768(unhex(test.seed))).publicKey), `test ${test.tcId}`).toBe(test.ek);
  });

  it("Wycheproof: decapsulation", async ({ skip }) => {
    const vectors = wycheproof<{ seed: string; ek?: string; c: string; K: string }>("mlkem_768_test");
    if (vectors === undefined) return skip("no ../shared/vectors beside the project");
    for (const test of vectors.testGroups.flatMap((group) => group.tests)) {
      const work = async () => hex((await generateMlKem768(unhex(test.seed))).decapsulate(unhex(test.c)));
      if (test.result === "valid") expect(await work(), `test ${test.tcId}`).toBe(test.K);
      else await expect(work(), `test ${test.tcId}`).rejects.toThrow();
    }
  });
});

describe("signatures", () => {
  // RFC 8032 §7.1, test 2
  const key = unhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  const signature = unhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  );

  it("Ed25519: RFC 8032, and nothing near it", async () => {
    expect(await verifyEd25519(key, signature, unhex("72"))).toBe(true);
    expect(await verifyEd25519(key, signature, unhex("73"))).toBe(false);
    expect(await verifyEd25519(key, signature.slice(0, 63), unhex("72"))).toBe(false);
    expect(await verifyEd25519(key.slice(0, 31), signature, unhex("72"))).toBe(false);
    expect(await verifyEd25519(unhex("ff".repeat(32)), signature, unhex("72"))).toBe(false);
    for (let bit = 0; bit < 512; bit++) {
      const flipped = signature.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(await verifyEd25519(key, flipped, unhex("72")), `bit ${bit}`).toBe(false);
    }
  });

  it("Ed25519: Wycheproof", async ({ skip }) => {
    const vectors = wycheproof<{ msg: string; sig: string }>("ed25519_test");
    if (vectors === undefined) return skip("no ../shared/vectors beside the project");
    for (const group of vectors.testGroups) {
      const { pk } = group.publicKey as { pk: string };
      for (const test of group.tests)
        expect(await verifyEd25519(unhex(pk), unhex(test.sig), unhex(test.msg)), `test ${test.tcId}`).toBe(
          test.result === "valid",
        );
    }
  });

  it("ECDSA P-256 in fixed length: Wycheproof", async ({ skip }) => {
    const vectors = wycheproof<{ msg: string; sig: string }>("ecdsa_secp256r1_sha256_p1363_test");
    if (vectors === undefined) return skip("no ../shared/vectors beside the project");
    for (const group of vectors.testGroups) {
      const publicKey = await importP256(unhex(group.publicKeyDer as string));
      for (const test of group.tests)
        expect(await verifyP256(publicKey, unhex(test.sig), unhex(test.msg)), `test ${test.tcId}`).toBe(
          test.result === "valid",
        );
    }
  });
});
