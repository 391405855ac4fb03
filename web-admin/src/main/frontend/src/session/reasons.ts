import type { SessionErrorCode } from "./errors";

/** Reasons (u16) of `RESET` and `END`; the index is the number on the wire. */
const REASONS = [
  "done",
  "not-permitted",
  "no-such-service",
  "bad-arguments",
  "failed",
  "limit",
  "protocol-violation",
  "ticket-expired",
  "ended-by-server",
  "ended-by-device",
  "record-rejected",
  "interrupted",
  "switched-off",
] as const satisfies readonly ("done" | SessionErrorCode)[];

export type Reason = (typeof REASONS)[number];

export function reasonNumber(reason: Reason): number {
  return REASONS.indexOf(reason);
}

/** A number that this version does not know counts as `failed`. */
export function reasonOf(number: number): Reason {
  return REASONS[number] ?? "failed";
}
