import { type Bytes, b64u, unb64u } from "./bytes";
import { sha256 } from "./crypto";
import { SessionError } from "./errors";
import { asArray, asBytes, asCount, asObject, asString } from "./importers";
import { parseJws } from "./jws";
import type { ControlPublicKey, LogPublicKey, RelayTokenPublicKey, RootPublicKey, TicketPublicKey } from "./keys";
import { asRole } from "./keys";

const TYP = "bascule-keyset+jwt";
const MAX_LENGTH = 32 * 1024;

/** One key of the set, of the type of its role. */
export type KeySetKey = { readonly kid: string; readonly notBefore: number; readonly notAfter: number } & (
  | { readonly role: "ticket"; readonly key: TicketPublicKey }
  | { readonly role: "control"; readonly key: ControlPublicKey }
  | { readonly role: "log"; readonly key: LogPublicKey }
  | { readonly role: "relay-token"; readonly key: RelayTokenPublicKey }
);

/** The keys of an installation; a value of this type was verified with its root. */
export interface KeySet {
  readonly issuer: string;
  readonly seq: number;
  readonly keys: readonly KeySetKey[];
  /** Installation CA certificates, DER. */
  readonly authorities: readonly Bytes[];
}

/** @throws SessionError `key-set-invalid` */
export async function verifyKeySet(text: string, root: RootPublicKey): Promise<KeySet> {
  try {
    const jws = parseJws(text, TYP, MAX_LENGTH);
    if (jws.kid !== b64u(await sha256(root))) throw new Error("signed by another root");
    const claims = await jws.verify(root);
    const authorities = asArray(claims.cas, "cas", 8).map((ca) => unb64u(asString(ca, "cas", 8192)));
    if (authorities.length === 0) throw new Error("no installation CA");
    return {
      issuer: asString(claims.iss, "iss", 300),
      seq: asCount(claims.seq, "seq", 1),
      keys: await Promise.all(asArray(claims.keys, "keys", 64).map(importKey)),
      authorities,
    };
  } catch (cause) {
    throw new SessionError("key-set-invalid", cause instanceof Error ? cause.message : "", { cause });
  }
}

async function importKey(value: unknown): Promise<KeySetKey> {
  const { role, kid, x, nbf, exp } = asObject(value, "a key of the set");
  const key = asBytes(x, "x", 32);
  const common = {
    kid: asString(kid, "kid", 64),
    notBefore: asCount(nbf, "nbf", 0),
    notAfter: asCount(exp, "exp", 0),
  };
  if (common.notBefore >= common.notAfter) throw new Error("a key is valid for some time");
  if (common.kid !== b64u(await sha256(key))) throw new Error("a kid is not the hash of its key");
  switch (role) {
    case "ticket":
      return { ...common, role, key: asRole<TicketPublicKey>(key) };
    case "control":
      return { ...common, role, key: asRole<ControlPublicKey>(key) };
    case "log":
      return { ...common, role, key: asRole<LogPublicKey>(key) };
    case "relay-token":
      return { ...common, role, key: asRole<RelayTokenPublicKey>(key) };
    default:
      throw new Error("unknown key role");
  }
}

/** The key with that id and role that is valid at `seconds` since 1970. */
export function findKey<R extends KeySetKey["role"]>(set: KeySet, role: R, kid: string, seconds: number) {
  const isIt = (key: KeySetKey): key is Extract<KeySetKey, { role: R }> =>
    key.role === role && key.kid === kid && key.notBefore <= seconds && seconds < key.notAfter;
  return set.keys.find(isIt)?.key;
}
