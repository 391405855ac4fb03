/** Byte arrays as WebCrypto takes them, big-endian integers, and the text forms of `docs/protocol`. */

import { SessionError } from "./errors";

export type Bytes = Uint8Array<ArrayBuffer>;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

export function utf8(text: string): Bytes {
  return encoder.encode(text);
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export function u8(value: number): Bytes {
  return integer(value, 1);
}

export function u16(value: number): Bytes {
  return integer(value, 2);
}

export function u32(value: number): Bytes {
  return integer(value, 4);
}

/** @throws RangeError above 2^53 − 1 */
export function u64(value: number): Bytes {
  return integer(value, 8);
}

function integer(value: number, width: 1 | 2 | 4 | 8): Bytes {
  if (!Number.isSafeInteger(value) || value < 0 || (width < 8 && value >= 2 ** (8 * width)))
    throw new RangeError(`${value} is not an unsigned integer of ${8 * width} bits`);
  const bytes = new Uint8Array(width);
  let rest = value;
  for (let i = width - 1; i >= 0; i--) {
    bytes[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return bytes;
}

/** `lp(x)` = u16 length ‖ x. */
export function lp(value: Uint8Array | string): Bytes {
  const bytes = typeof value === "string" ? utf8(value) : value;
  return concat(u16(bytes.length), bytes);
}

/** Equal contents; the time depends on the lengths alone. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
}

export function hex(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += byte.toString(16).padStart(2, "0");
  return text;
}

/** @throws SessionError `malformed-answer` if `text` is not an even number of lower-case hexadecimal digits */
export function unhex(text: string): Bytes {
  if (!/^(?:[0-9a-f]{2})*$/.test(text)) throw new SessionError("malformed-answer", "not lower-case hexadecimal");
  return Uint8Array.from({ length: text.length / 2 }, (_, i) => Number.parseInt(text.slice(2 * i, 2 * i + 2), 16));
}

export function b64u(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/**
 * Strict base64url: no padding, no white space, no other alphabet, no left-over bits (RFC 4648 §3.5).
 *
 * @throws SessionError `malformed-answer`
 */
export function unb64u(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1)
    throw new SessionError("malformed-answer", "not base64url");
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(binary, (c) => c.charCodeAt(0));
  if (b64u(bytes) !== text) throw new SessionError("malformed-answer", "base64url with left-over bits");
  return bytes;
}

/** Reads a binary structure from front to back; every short read, bad text or left-over is a {@link RangeError}. */
export class Reader {
  readonly #bytes: Bytes;
  #at = 0;

  constructor(bytes: Bytes) {
    this.#bytes = bytes;
  }

  u8(): number {
    return this.#integer(1);
  }

  u16(): number {
    return this.#integer(2);
  }

  u32(): number {
    return this.#integer(4);
  }

  /** A value above 2^53 − 1 is refused: nothing in the protocol comes near it. */
  u64(): number {
    const value = this.#integer(8);
    if (!Number.isSafeInteger(value)) throw new RangeError("integer above 2^53 − 1");
    return value;
  }

  take(length: number): Bytes {
    if (length > this.#bytes.length - this.#at) throw new RangeError(`structure ends ${length} bytes too early`);
    const part = this.#bytes.subarray(this.#at, this.#at + length);
    this.#at += length;
    return part;
  }

  lp(): Bytes {
    return this.take(this.u16());
  }

  text(): string {
    try {
      return decoder.decode(this.lp());
    } catch (cause) {
      if (cause instanceof RangeError) throw cause;
      throw new RangeError("text is not UTF-8", { cause });
    }
  }

  rest(): Bytes {
    return this.take(this.#bytes.length - this.#at);
  }

  /** Nothing may be left. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new RangeError(`${this.#bytes.length - this.#at} extra bytes`);
  }

  #integer(width: number): number {
    let value = 0;
    for (const byte of this.take(width)) value = value * 256 + byte;
    return value;
  }
}
