/**
 * Files of a device, over a session: `client` speaks `docs/protocol/files.md`, `entry` reads lists, `transfers` keeps several files on their way, `store` what of them outlives the page. Names and
 * paths are bytes (`path`). Import it lazily, with the page of the files.
 */
export * from "./client";
export { type Entry, modeText } from "./entry";
export * from "./path";
export { interrupted } from "./store";
export { type Transfer, type TransferState, Transfers } from "./transfers";
