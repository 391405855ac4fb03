import { type Bytes, b64u, utf8 } from "../session/bytes";

/**
 * A path on the device is bytes, which need not be UTF-8. Here it is a text with one character for each byte ("raw"), so that it can be compared, cut and kept; it is made
 * readable only to be shown.
 */
export type RawPath = string;

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export function rawOf(text: string): RawPath {
  return String.fromCharCode(...utf8(text));
}

export function bytesOf(raw: RawPath): Bytes {
  return Uint8Array.from(raw, (character) => character.charCodeAt(0));
}

/** For people, with a mark for what is no UTF-8. Hostile text: show it inertly. */
export function textOf(raw: RawPath): string {
  return decoder.decode(bytesOf(raw));
}

export function jsonOf(raw: RawPath): string {
  return b64u(bytesOf(raw));
}

export function join(folder: RawPath, name: RawPath): RawPath {
  return folder === "/" ? `/${name}` : `${folder}/${name}`;
}

export function nameOf(raw: RawPath): RawPath {
  return raw.slice(raw.lastIndexOf("/") + 1);
}

export function parentOf(raw: RawPath): RawPath {
  return raw.slice(0, Math.max(1, raw.lastIndexOf("/")));
}

export function isWithin(raw: RawPath, folder: RawPath): boolean {
  return folder === "/" || raw === folder || raw.startsWith(`${folder}/`);
}

/** What an entry of a folder can be called. */
export function isName(raw: RawPath): boolean {
  return raw !== "" && raw !== "." && raw !== ".." && raw.length <= 255 && !/[/\0]/.test(raw);
}

/** As part of an address of this application: each byte that is not plain is `%XX`. */
export function toAddress(raw: RawPath): string {
  return [...raw]
    .map((character) =>
      /[A-Za-z0-9/._~-]/.test(character)
        ? character
        : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`,
    )
    .join("");
}

/** The path of an address; undefined if it has none that could be one. */
export function fromAddress(search: string): RawPath | undefined {
  const found = /[?&]path=([^&]*)/.exec(search)?.[1];
  if (found === undefined || !/^(?:[A-Za-z0-9/._~-]|%[0-9A-Fa-f]{2})+$/.test(found)) return undefined;
  const raw = found.replace(/%([0-9A-Fa-f]{2})/g, (_all, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
  const names = raw.split("/").slice(1);
  return raw === "/" || (raw.startsWith("/") && names.every(isName)) ? raw : undefined;
}
