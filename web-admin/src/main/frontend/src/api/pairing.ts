import { Field } from "./importer";

/** A machine that shows a code and waits to be let in. What it says of itself is hostile. */
export interface Pairing {
  readonly code: string;
  readonly name: string;
  readonly os: string | null;
  readonly version: string | null;
  readonly fingerprint: string;
  readonly words: readonly string[];
  /** The words of this installation, which the machine shows too; empty where the server does not say them. */
  readonly rootWords: readonly string[];
  readonly address: string | null;
  readonly expires: Date;
}

export function importPairing(value: unknown): Pairing {
  const root = new Field(value);
  return {
    code: root.get("code").text(),
    name: root.get("name").text(),
    os: root.get("os").textOrNull(),
    version: root.get("version").textOrNull(),
    fingerprint: root.get("fingerprint").text(),
    words: root.get("words").texts(),
    rootWords: root.get("rootWords").texts(),
    address: root.get("address").textOrNull(),
    expires: root.get("expires").time(),
  };
}

const CODE = /^[A-Z0-9]{4}-?[A-Z0-9]{4}$/;

/** The code as the agent shows it, out of what a person typed: case and blanks do not count. Null for what can be none. */
export function pairingCode(typed: string): string | null {
  const plain = typed.toUpperCase().replace(/[\s\u2010-\u2015_-]/g, "");
  return CODE.test(plain) ? `${plain.slice(0, 4)}-${plain.slice(4)}` : null;
}
