import { type Bytes, concat, lp, u8, u64, utf8 } from "./bytes";
import type { ExpectedDevice } from "./certificates";
import { verifyP256 } from "./crypto";
import { SessionError } from "./errors";
import { asBytes, asCount, asObject } from "./importers";
import { asRole, type DeviceIdentityPublicKey, type DeviceStaticPublicKey } from "./keys";

const LABEL = "bascule/1 endorsement";
const MAX_VALIDITY = 24 * 3600;

/** A device says with its identity key: this is my static handshake key, until then. Not verified yet. */
export interface Endorsement {
  readonly key: Bytes;
  /** Seconds since 1970. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly counter: number;
  readonly signature: Bytes;
}

export function importEndorsement(value: unknown): Endorsement {
  const { key, notBefore, notAfter, counter, signature } = asObject(value, "endorsement");
  return {
    key: asBytes(key, "endorsement.key", 32),
    notBefore: asCount(notBefore, "endorsement.notBefore", 0),
    notAfter: asCount(notAfter, "endorsement.notAfter", 0),
    counter: asCount(counter, "endorsement.counter", 1),
    signature: asBytes(signature, "endorsement.signature", 64),
  };
}

/** What the identity key signs. */
export function endorsedBytes(device: ExpectedDevice, endorsement: Omit<Endorsement, "signature">): Bytes {
  const { key, notBefore, notAfter, counter } = endorsement;
  return concat(
    utf8(LABEL),
    u8(0),
    lp(device.uid),
    lp(device.domain),
    key,
    u64(notBefore),
    u64(notAfter),
    u64(counter),
  );
}

/**
 * The static key of the device, if its identity key says so for `now` (milliseconds since 1970).
 *
 * @throws SessionError `endorsement-invalid`, `endorsement-expired`
 */
export async function verifyEndorsement(
  endorsement: Endorsement,
  identity: DeviceIdentityPublicKey,
  device: ExpectedDevice,
  now: number,
): Promise<DeviceStaticPublicKey> {
  const { notBefore, notAfter } = endorsement;
  if (notBefore >= notAfter || notAfter - notBefore > MAX_VALIDITY)
    throw new SessionError("endorsement-invalid", "validity above 24 h");
  if (!(await verifyP256(identity.key, endorsement.signature, endorsedBytes(device, endorsement))))
    throw new SessionError("endorsement-invalid", "the signature does not fit");
  if (now < notBefore * 1000 || now > notAfter * 1000) throw new SessionError("endorsement-expired");
  return asRole<DeviceStaticPublicKey>(endorsement.key);
}
