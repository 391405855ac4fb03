import { importNamed } from "./folder";
import { Field, importSlice, type Slice } from "./importer";
import type { Named } from "./session";

/** One failed attempt from an address. */
export interface FailedAttempt {
  readonly time: Date;
  /** A code: what was tried. */
  readonly kind: string;
  /** As it was given: any text at all. */
  readonly userName: string | null;
  /** Null where nobody knows which. */
  readonly domain: Named | null;
}

/** An address, or a network of them, that is blocked for its failed attempts; others than the operator see what concerned their domain alone. */
export interface BlockedAddress {
  readonly address: string;
  /** How much of it is blocked: 32, 64 or 48; 0 for what is no address. */
  readonly bits: number;
  readonly since: Date;
  readonly until: Date;
  readonly failures: number;
  /** The newest of the failures. */
  readonly attempts: readonly FailedAttempt[];
}

export function importBlockedAddresses(value: unknown): Slice<BlockedAddress> {
  return importSlice(value, (each) => {
    const item = new Field(each);
    return {
      address: item.get("address").text(),
      bits: item.get("bits").count(),
      since: item.get("since").time(),
      until: item.get("until").time(),
      failures: item.get("failures").count(),
      attempts: item.get("attempts").list((attempt) => ({
        time: attempt.get("time").time(),
        kind: attempt.get("kind").text(),
        userName: attempt.get("userName").textOrNull(),
        domain: attempt.get("domain").opt(importNamed),
      })),
    };
  });
}
