/**
 * Strict importers: what comes as JSON is `unknown` until it passed here. Unknown members are ignored, as `docs/protocol` says; a missing member, another
 * type or a value out of bounds is an error that names the member.
 */
import { type Bytes, unb64u } from "./bytes";
import { SessionError } from "./errors";

export type JsonMembers = { readonly [name: string]: unknown };

function malformed(what: string): SessionError {
  return new SessionError("malformed-answer", what);
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SessionError("malformed-answer", "not JSON", { cause });
  }
}

export function asObject(value: unknown, name: string): JsonMembers {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw malformed(`${name} is not an object`);
  return value as JsonMembers;
}

export function asArray(value: unknown, name: string, most: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > most) throw malformed(`${name} is not an array of at most ${most}`);
  return value;
}

export function asString(value: unknown, name: string, most: number): string {
  if (typeof value !== "string" || value.length === 0 || value.length > most)
    throw malformed(`${name} is not a text of 1 to ${most} characters`);
  return value;
}

/** A whole number from `least` to 2^53 − 1. */
export function asCount(value: unknown, name: string, least: number): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < least)
    throw malformed(`${name} is not a number from ${least}`);
  return value;
}

/** base64url of exactly `length` bytes. */
export function asBytes(value: unknown, name: string, length: number): Bytes {
  const bytes = asBytesUpTo(value, name, length);
  if (bytes.length !== length) throw malformed(`${name} has ${bytes.length} bytes instead of ${length}`);
  return bytes;
}

/** base64url of 1 to `most` bytes. */
export function asBytesUpTo(value: unknown, name: string, most: number): Bytes {
  const bytes = unb64u(asString(value, name, Math.ceil((most * 4) / 3)));
  if (bytes.length > most) throw malformed(`${name} has more than ${most} bytes`);
  return bytes;
}
