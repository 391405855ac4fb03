import { describe, expect, it } from "vitest";
import { hex, unhex, utf8 } from "./bytes";
import { AesGcmKey, nobleX25519 } from "./crypto";
import { asRole, type DeviceStaticPublicKey } from "./keys";
import { NoiseInitiator, nonce, PROTOCOL_NAME } from "./noise";
import { NoiseResponder } from "./testing/noise-responder";
import { publishedVectors } from "./testing/vectors";

/** Cacophony's vector for the pattern, as kept by snow (Apache-2.0 / MIT). */
const VECTOR = {
  prologue: "4a6f686e2047616c74",
  psk: "54686973206973206d7920417573747269616e20706572737065637469766521",
  initEphemeral: "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
  initRemoteStatic: "31e0303fd6418d2f8c0e78b91f22e8caed0fbe48656dcf4767e4834f701b8f62",
  respStatic: "4a3acbfdb163dec651dfa3194dece676d437029c62a408b4c5ea9114246e4893",
  respEphemeral: "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
  messages: [
    {
      payload: "4c756477696720766f6e204d69736573",
      ciphertext:
        "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c79441372996b9fb0c5c3271739e786f16cfb28d341b8f05d48cce66ec3187f514b21",
    },
    {
      payload: "4d757272617920526f746862617264",
      ciphertext:
        "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f14480884389b3114961b78a8a502181844ef7518ad75ba0193415b9158915f8ed7ed53f",
    },
    { payload: "462e20412e20486179656b", ciphertext: "8dd7ee54c9473a2bceb5f8f9e83a4c636cb7449a4f7ce881cf10ef" },
    { payload: "4361726c204d656e676572", ciphertext: "9e6902993fb2ea472f21b64ed0fa6c83acb4e4711b682f1fe0125d" },
    {
      payload: "4a65616e2d426170746973746520536179",
      ciphertext: "572fa68d8f6bb74441e94df5d6de6d6b53923820d3d0dd0b2c3f300788476e8297",
    },
    {
      payload: "457567656e2042f6686d20766f6e2042617765726b",
      ciphertext: "942186d3c959ef1deaccd42ce40136ac2041241076358e31152677148d65a58831d7944b41",
    },
  ],
} as const;

const ephemeral = nobleX25519(unhex(VECTOR.initEphemeral));

async function start(): Promise<NoiseInitiator> {
  const remoteStatic = asRole<DeviceStaticPublicKey>(unhex(VECTOR.initRemoteStatic));
  return NoiseInitiator.start(unhex(VECTOR.prologue), remoteStatic, await ephemeral);
}

describe("Noise_NKpsk2_25519_AESGCM_SHA256", () => {
  it("has a name of 32 bytes", () => {
    expect(utf8(PROTOCOL_NAME).length).toBe(32);
  });

  it("gives every message of the published vector, both sides", async () => {
    const [first, second, ...transport] = VECTOR.messages;
    const initiator = await start();
    const m1 = await initiator.writeFirst(unhex(first.payload));
    expect(hex(m1)).toBe(first.ciphertext);

    const responder = new NoiseResponder(
      await nobleX25519(unhex(VECTOR.respStatic)),
      await nobleX25519(unhex(VECTOR.respEphemeral)),
    );
    expect(hex(await responder.readFirst(unhex(VECTOR.prologue), m1))).toBe(first.payload);
    const m2 = await responder.writeSecond(unhex(second.payload), unhex(VECTOR.psk));
    expect(hex(m2)).toBe(second.ciphertext);
    expect(hex(await initiator.readSecond(m2, unhex(VECTOR.psk)))).toBe(second.payload);

    const keys = await initiator.split();
    expect((await responder.split()).map(hex)).toEqual(keys.map(hex));
    for (const [i, { payload, ciphertext }] of transport.entries()) {
      const cipher = await AesGcmKey.of(keys[i % 2] ?? new Uint8Array());
      const sealed = await cipher.seal(nonce(Math.floor(i / 2)), new Uint8Array(0), unhex(payload));
      expect(hex(sealed), `transport message ${i}`).toBe(ciphertext);
    }
  });

  it("is the vector of the published set", ({ skip }) => {
    const set = publishedVectors("noise/cacophony-aesgcm-sha256.json");
    if (set === undefined) return skip("no ../shared/vectors beside the project");
    const found = (set as { vectors: { protocol_name: string; messages: unknown }[] }).vectors.find(
      (vector) => vector.protocol_name === PROTOCOL_NAME,
    );
    expect(found?.messages).toEqual(VECTOR.messages);
  });

  it("refuses every flipped bit of the second message", async () => {
    const second = unhex(VECTOR.messages[1].ciphertext);
    for (let bit = 0; bit < second.length * 8; bit++) {
      const initiator = await start();
      await initiator.writeFirst(unhex(VECTOR.messages[0].payload));
      const flipped = second.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(initiator.readSecond(flipped, unhex(VECTOR.psk)), `bit ${bit}`).rejects.toThrow();
    }
  });

  it.each([
    [
      "another psk",
      async (i: NoiseInitiator) => i.readSecond(unhex(VECTOR.messages[1].ciphertext), new Uint8Array(32)),
    ],
    [
      "a cut message",
      async (i: NoiseInitiator) => i.readSecond(unhex(VECTOR.messages[1].ciphertext).slice(0, 62), unhex(VECTOR.psk)),
    ],
    [
      "an extra byte",
      async (i: NoiseInitiator) => i.readSecond(unhex(`${VECTOR.messages[1].ciphertext}00`), unhex(VECTOR.psk)),
    ],
  ])("refuses %s", async (_, read) => {
    const initiator = await start();
    await initiator.writeFirst(unhex(VECTOR.messages[0].payload));
    await expect(read(initiator)).rejects.toThrow();
  });
});
