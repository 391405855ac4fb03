import { importNamed } from "./folder";
import { etagOf, Field } from "./importer";
import { importRelayId } from "./installationRelay";
import type { Named } from "./session";

/** The relay that sessions must use: set for a device, a folder or a user. */
export interface FixedRelay {
  /** Null where the server chooses. */
  readonly relay: string | null;
  /** Set for this itself, and not for a folder above. */
  readonly own: boolean;
  /** The folder above for which it is set; null if there is none, or where the caller does not see it. */
  readonly folder: Named | null;
  /** The version of what was asked for. */
  readonly etag: string;
}

export function importFixedRelay(value: unknown): FixedRelay {
  const root = new Field(value);
  return {
    relay: root.get("relay").textOrNull(),
    own: root.get("own").bool(),
    folder: root.get("folder").opt(importNamed),
    etag: etagOf(root.get("etag")),
  };
}

/** A relay that may be set. */
export interface RelayChoice {
  readonly id: string;
  readonly name: string;
  /** May be empty. */
  readonly region: string;
}

export function importRelayChoices(value: unknown): readonly RelayChoice[] {
  return new Field(value).get("relays").list((relay) => ({
    id: importRelayId(relay.get("id")),
    name: relay.get("name").textOrNull() ?? "",
    region: relay.get("region").textOrNull() ?? "",
  }));
}
