/**
 * One type for each role of a key, so that none can be used for another. The brands exist at compile time only.
 */
import type { Bytes } from "./bytes";

declare const role: unique symbol;
type Role<T, Name extends string> = T & { readonly [role]: Name };

/** Ed25519, 32 bytes: signs key sets; pinned at first use. */
export type RootPublicKey = Role<Bytes, "root">;
/** Ed25519, 32 bytes: signs tickets. */
export type TicketPublicKey = Role<Bytes, "ticket">;
/** Ed25519, 32 bytes: the access server's side of the control channel. A client has no use for it. */
export type ControlPublicKey = Role<Bytes, "control">;
/** Ed25519, 32 bytes: signs tree heads. */
export type LogPublicKey = Role<Bytes, "log">;
/** Ed25519, 32 bytes: signs admission to relays. */
export type RelayTokenPublicKey = Role<Bytes, "relay-token">;

/** ECDSA P-256: who a device is. */
export interface DeviceIdentityPublicKey {
  readonly [role]?: "device-identity";
  /** SubjectPublicKeyInfo, DER. */
  readonly spki: Bytes;
  readonly key: CryptoKey;
}

/** X25519, 32 bytes: the responder's static key of the handshake. Only an endorsement by the identity key makes one. */
export type DeviceStaticPublicKey = Role<Bytes, "device-static">;

/** ECDSA P-256, not extractable, of one session: proves to the relay whose token it is. */
export interface RelayProofKey {
  readonly [role]?: "relay-proof";
  readonly privateKey: CryptoKey;
  /** 65 bytes, uncompressed point. */
  readonly publicKey: Bytes;
}

/** Says that `key` was checked to have this role; the only place that makes a key of a role. */
export function asRole<K extends Role<Bytes, string>>(key: Bytes, length = 32): K {
  if (key.length !== length) throw new RangeError(`key of ${key.length} bytes instead of ${length}`);
  return key as K;
}
