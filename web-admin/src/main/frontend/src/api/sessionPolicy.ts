import { importNamed } from "./folder";
import { etagOf, Field } from "./importer";
import type { Named } from "./session";

export const CONSENTS = ["never", "device", "approver"] as const;
export type Consent = (typeof CONSENTS)[number];

/** How long a question may wait for its answer, in seconds. */
export const SHORTEST_S = 10;
export const LONGEST_S = 300;

/** What must be so before a session starts: set for a device or a folder, or the default. */
export interface SessionPolicy {
  readonly consent: Consent;
  readonly reasonRequired: boolean;
  readonly fullLog: boolean;
  readonly timeoutSeconds: number;
  /** Set for this itself, and not for a folder above. */
  readonly own: boolean;
  /** Set anywhere; false: the default counts. */
  readonly set: boolean;
  /** The folder above for which it is set; null if there is none, or where the caller does not see it. */
  readonly folder: Named | null;
  /** The version of what was asked for. */
  readonly etag: string;
}

export function importSessionPolicy(value: unknown): SessionPolicy {
  const root = new Field(value);
  return {
    consent: root.get("consent").oneOf(...CONSENTS),
    reasonRequired: root.get("reasonRequired").bool(),
    fullLog: root.get("fullLog").bool(),
    timeoutSeconds: root.get("timeoutSeconds").count(),
    own: root.get("own").bool(),
    set: root.get("set").bool(),
    folder: root.get("folder").opt(importNamed),
    etag: etagOf(root.get("etag")),
  };
}
