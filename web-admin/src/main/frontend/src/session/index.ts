/**
 * The client side of the end-to-end session (`docs/protocol/session.md`, `relay.md`).
 *
 * Import it lazily from the tool pages: the first load of the application must not carry it.
 */
export type * from "./api";
export { SessionError, type SessionErrorCode } from "./errors";
export { openSession } from "./open";
