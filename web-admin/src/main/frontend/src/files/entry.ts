import { concat } from "../session/bytes";
import { isName, type RawPath } from "./path";

export type Kind = "file" | "folder" | "link" | "other";

/** One entry of a folder; `docs/protocol/files.md`, Requests. */
export interface Entry {
  readonly kind: Kind;
  /** Permission bits. */
  readonly mode: number;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly name: RawPath;
  /** Of a link. */
  readonly target: RawPath;
}

const KINDS: Readonly<Record<number, Kind>> = { 102: "file", 100: "folder", 108: "link", 111: "other" };
const FIXED = 1 + 2 + 8 + 8 + 4 + 4;

export class MalformedList extends Error {}

/** Takes the bytes of a list apart as they come. */
export class EntryReader {
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  /** @throws MalformedList */
  read(bytes: Uint8Array<ArrayBuffer>): Entry[] {
    const all = this.#rest.length === 0 ? bytes : concat(this.#rest, bytes);
    const view = new DataView(all.buffer, all.byteOffset, all.length);
    const entries: Entry[] = [];
    let at = 0;
    while (at < all.length) {
      const length = entryLength(view, at);
      if (length === undefined) break;
      entries.push(decode(all, view, at));
      at += length;
    }
    this.#rest = all.slice(at);
    return entries;
  }

  /** Whether nothing is left over. */
  get complete(): boolean {
    return this.#rest.length === 0;
  }
}

function entryLength(view: DataView, at: number): number | undefined {
  const left = view.byteLength - at;
  if (left < FIXED + 2) return undefined;
  const name = view.getUint16(at + FIXED);
  if (left < FIXED + 4 + name) return undefined;
  const length = FIXED + 4 + name + view.getUint16(at + FIXED + 2 + name);
  return left < length ? undefined : length;
}

function decode(all: Uint8Array, view: DataView, at: number): Entry {
  const kind = KINDS[view.getUint8(at)];
  const size = Number(view.getBigUint64(at + 3));
  const modified = Number(view.getBigInt64(at + 11));
  const nameEnd = at + FIXED + 2 + view.getUint16(at + FIXED);
  const name = text(all, at + FIXED + 2, nameEnd);
  const target = text(all, nameEnd + 2, nameEnd + 2 + view.getUint16(nameEnd));
  if (kind === undefined || !Number.isSafeInteger(size) || !Number.isSafeInteger(modified) || !isName(name))
    throw new MalformedList("an entry that is none");
  return { kind, mode: view.getUint16(at + 1), size, modified, name, target };
}

function text(bytes: Uint8Array, from: number, to: number): RawPath {
  let raw = "";
  for (let i = from; i < to; i++) raw += String.fromCharCode(bytes[i] ?? 0);
  return raw;
}

/** `rwxr-x---` */
export function modeText(mode: number): string {
  let text = "";
  for (let bit = 0; bit < 9; bit++) text += (mode & (0o400 >> bit)) === 0 ? "-" : "rwx"[bit % 3];
  return text;
}
