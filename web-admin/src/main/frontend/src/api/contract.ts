import { importNamed } from "./folder";
import { etagOf, Field } from "./importer";
import type { Named } from "./session";

/** Under which contract devices may be accessed, and what is demanded of those who do. */
export interface Contract {
  /** How the parties call it; null if there is none, and the record only says what is demanded. */
  readonly reference: string | null;
  readonly purpose: string;
  readonly from: Date | null;
  readonly until: Date | null;
  /** About data privacy. */
  readonly terms: string;
  /** No access without a contract that is in force. */
  readonly required: boolean;
  /** What everybody must be qualified for. */
  readonly qualifications: readonly string[];
}

/** The contract that counts for a folder: its own, or the nearest above. */
export interface FolderContract extends Contract {
  /** Where it is set; null if nowhere, or where the caller does not see it. */
  readonly folder: Named | null;
  readonly own: boolean;
  readonly inherited: boolean;
  /** The version of the folder that was asked for. */
  readonly etag: string;
}

export const LONGEST_REFERENCE = 200;
export const LONGEST_PURPOSE = 1_000;
export const LONGEST_TERMS = 10_000;

export function importFolderContract(value: unknown): FolderContract {
  const root = new Field(value);
  return {
    folder: root.get("folder").opt(importNamed),
    own: root.get("own").bool(),
    inherited: root.get("inherited").bool(),
    reference: root.get("reference").textOrNull(),
    purpose: root.get("purpose").textOrNull() ?? "",
    from: root.get("from").timeOrNull(),
    until: root.get("until").timeOrNull(),
    terms: root.get("terms").textOrNull() ?? "",
    required: root.get("required").bool(),
    qualifications: root.get("qualifications").texts(),
    etag: etagOf(root.get("etag")),
  };
}
