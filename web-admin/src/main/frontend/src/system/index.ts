/** Processes, information and restart of a device, over a session: `client` speaks `docs/protocol/system.md`, `table` keeps what is told. Import it lazily, with its page. */
export * from "./client";
export type { SystemInfo } from "./info";
export type { ProcessRow, Sample } from "./table";
