import { type Bytes, unb64u, utf8 } from "./bytes";
import { verifyEd25519 } from "./crypto";
import { asObject, asString, type JsonMembers, parseJson } from "./importers";

/** A compact JWS (RFC 7515 §7.1) that is not verified yet. */
export interface Jws {
  readonly kid: string;
  /** The claims, if `key` signed them. @throws Error otherwise */
  verify(key: Bytes): Promise<JsonMembers>;
}

/**
 * Takes a compact JWS apart. Its header is exactly `{"alg":"EdDSA","typ":typ,"kid":…}`: nothing in the text chooses how it is verified.
 *
 * @throws Error if it is anything else
 */
export function parseJws(text: string, typ: string, maxLength: number): Jws {
  if (text.length > maxLength) throw new Error(`a token of ${text.length} characters`);
  const [header, payload, signature, ...more] = text.split(".");
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    throw new Error("a compact JWS has three parts");
  const members = jsonPart(header);
  const kid = asString(members.kid, "kid", 64);
  // written again it must be as long: no repeated names, no white space
  const written = JSON.stringify(members).length === unb64u(header).length;
  if (!written || Object.keys(members).length !== 3 || members.alg !== "EdDSA" || members.typ !== typ)
    throw new Error(`the header is not exactly alg EdDSA, typ ${typ} and kid`);
  const signatureBytes = unb64u(signature);
  return {
    kid,
    async verify(key) {
      if (!(await verifyEd25519(key, signatureBytes, utf8(`${header}.${payload}`))))
        throw new Error("the signature does not fit");
      return jsonPart(payload);
    },
  };
}

function jsonPart(part: string): JsonMembers {
  return asObject(parseJson(decoder.decode(unb64u(part))), "a part of a JWS");
}

const decoder = new TextDecoder("utf-8", { fatal: true });
