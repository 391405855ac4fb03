import { Field, ImportError, importSlice, type Slice } from "./importer";

export const RELAY_STATES = ["configured", "pending", "approved", "refused"] as const;
export type RelayState = (typeof RELAY_STATES)[number];

/** What a relay says of itself with its heartbeats. */
export interface RelayReport {
  readonly name: string;
  /** May be empty. */
  readonly region: string;
  readonly version: string;
  /** Of its key, to be compared. */
  readonly words: readonly string[];
  /** That the last heartbeat came from. */
  readonly address: string;
  readonly firstSeen: Date;
  readonly lastHeartbeat: Date;
  /** Sessions that it takes. */
  readonly capacity: number;
  readonly sessions: number;
  readonly bytesPerSecond: number;
  /** Per cent of its processors that it uses. */
  readonly processor: number;
}

/** How far a relay is from the ends in one region, as they measured it. */
export interface RegionWay {
  readonly region: string;
  /** Round trip. */
  readonly ms: number;
  /** Of how many ends. */
  readonly count: number;
}

/** A relay as the operator of the installation sees it. */
export interface InstallationRelay {
  readonly id: string;
  readonly url: string;
  readonly nativeUrl: string;
  /** Named by the configuration: sessions use it in any case. */
  readonly configured: boolean;
  readonly state: RelayState;
  /** Null where it says nothing of itself. */
  readonly report: RelayReport | null;
  /** The operator wants it to be empty. */
  readonly drain: boolean;
  /** It refuses new connections. */
  readonly draining: boolean;
  /** Nothing was heard of it for too long. */
  readonly silent: boolean;
  readonly regions: readonly RegionWay[];
}

/** An identifier that is safe to put into a path. */
export function importRelayId(field: Field): string {
  const id = field.text();
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(id)) throw new ImportError(field.path, "not the id of a relay");
  return id;
}

function importReport(root: Field): RelayReport | null {
  // whoever has sent a heartbeat has sent all of it
  if (root.get("lastHeartbeat").absent) return null;
  return {
    name: root.get("name").text(),
    region: root.get("region").textOrNull() ?? "",
    version: root.get("version").textOrNull() ?? "",
    words: root
      .get("words")
      .text()
      .split(" ")
      .filter((word) => word !== ""),
    address: root.get("address").text(),
    firstSeen: root.get("firstSeen").time(),
    lastHeartbeat: root.get("lastHeartbeat").time(),
    capacity: root.get("capacity").count(),
    sessions: root.get("sessions").count(),
    bytesPerSecond: root.get("bytesPerSecond").count(),
    processor: root.get("processor").count(),
  };
}

export function importInstallationRelays(value: unknown): Slice<InstallationRelay> {
  return importSlice(value, (each) => {
    const root = new Field(each);
    return {
      id: importRelayId(root.get("id")),
      url: root.get("url").text(),
      nativeUrl: root.get("nativeUrl").text(),
      configured: root.get("configured").bool(),
      state: root.get("state").oneOf(...RELAY_STATES),
      report: importReport(root),
      drain: root.get("drain").bool(),
      draining: root.get("draining").bool(),
      silent: root.get("silent").bool(),
      regions: root.get("regions").listOrEmpty((region) => ({
        region: region.get("region").text(),
        ms: region.get("ms").number(),
        count: region.get("count").count(),
      })),
    };
  });
}

/** Whether a new session may go there now. */
export function takesSessions({ configured, state, drain, draining, silent }: InstallationRelay): boolean {
  // what is said of one of the configuration counts once it is approved
  if (state !== "approved") return configured;
  return !drain && !draining && !silent;
}
