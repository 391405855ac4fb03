/**
 * The client side of the end-to-end session (`docs/protocol/session.md`, `relay.md`).
 *
 * In the order of a session: `open` tells the story; `server` asks the access server; `trust` with `keyset`, `jws`, `certificates`, `endorsement` and `log` (`merkle`)
 * checks what it said; `handshake` and `noise` make the keys; `relay` joins the device; `records` seals, `channel` orders and acknowledges, `streams` multiplexes,
 * `terminal` is the service. `crypto` holds every primitive, `keys` a type for each role of a key, `errors` every reason.
 *
 * Import it lazily from the tool pages: the first load of the application must not carry it.
 */
export type * from "./api";
export { type ChangedKey, SessionError, type SessionErrorCode } from "./errors";
export { openSession } from "./open";
export { acceptKey, fingerprintOf } from "./trust";
export { fingerprintWords } from "./words";
