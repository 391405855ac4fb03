import { type Bytes, concat, equalBytes, lp, u8, utf8 } from "./bytes";
import type { ExpectedDevice } from "./certificates";
import { importP256, sha256, verifyP256 } from "./crypto";
import { asArray, asBytes, asBytesUpTo, asObject } from "./importers";

const LABEL = "bascule/1 continuity";
const MAX_LINKS = 32;
const MAX_SPKI = 128;

/** A device says with its old identity key which one comes next. Not verified yet; the keys are SubjectPublicKeyInfo. */
export interface Continuity {
  readonly old: Bytes;
  readonly next: Bytes;
  readonly signature: Bytes;
}

/** The links of an answer, oldest first; none where the device still has its first key. */
export function importContinuity(proofs: unknown): readonly Continuity[] {
  const { continuity } = proofs === undefined ? {} : asObject(proofs, "proofs");
  if (continuity === undefined) return [];
  return asArray(continuity, "proofs.continuity", MAX_LINKS).map((value) => {
    const { old, next, signature } = asObject(value, "continuity");
    return {
      old: asBytesUpTo(old, "continuity.old", MAX_SPKI),
      next: asBytesUpTo(next, "continuity.next", MAX_SPKI),
      signature: asBytes(signature, "continuity.signature", 64),
    };
  });
}

/** What the old key signs. */
export async function continuityBytes(device: ExpectedDevice, link: Omit<Continuity, "signature">): Promise<Bytes> {
  return concat(utf8(LABEL), u8(0), lp(device.uid), lp(device.domain), await sha256(link.old), await sha256(link.next));
}

/**
 * Whether verified links lead from a key that is remembered to the one that is shown. Links from before the remembered key are not needed.
 *
 * @param remembered SHA-256 of a SubjectPublicKeyInfo, like `shown`
 */
export async function leads(
  links: readonly Continuity[],
  device: ExpectedDevice,
  remembered: Bytes,
  shown: Bytes,
): Promise<boolean> {
  let reached = remembered;
  for (const link of links) {
    if (!equalBytes(await sha256(link.old), reached)) continue;
    if (!(await isSigned(link, device))) return false;
    reached = await sha256(link.next);
  }
  return equalBytes(reached, shown);
}

async function isSigned(link: Continuity, device: ExpectedDevice): Promise<boolean> {
  try {
    return await verifyP256(await importP256(link.old), link.signature, await continuityBytes(device, link));
  } catch {
    return false;
  }
}
