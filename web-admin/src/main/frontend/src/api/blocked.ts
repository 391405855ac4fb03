import { Field, importSlice, type Slice } from "./importer";

/** An address from which there were too many failures. Who does not operate the installation sees those of his own domain alone. */
export interface BlockedAddress {
  readonly address: string;
  readonly failures: number;
  readonly last: Date | null;
  /** Null while it is not blocked. */
  readonly until: Date | null;
}

export function importBlockedAddresses(value: unknown): Slice<BlockedAddress> {
  return importSlice(value, (each) => {
    const item = new Field(each);
    return {
      address: item.get("address").text(),
      failures: item.get("failures").count(),
      last: item.get("last").timeOrNull(),
      until: item.get("until").timeOrNull(),
    };
  });
}
