import { etagOf, Field } from "./importer";

export const CONTACT_FIELDS = ["name", "phone", "email"] as const;
export type ContactField = (typeof CONTACT_FIELDS)[number];

/** The largest limit of sessions at the same time, of the domain and of a folder. */
export const MOST_SESSIONS = 100_000;

/** For how many days audit records are kept. */
export const AUDIT_DAYS = { least: 365, most: 36_500 } as const;

/** What the domain has decided about itself. */
export interface Options {
  /** Whether a person who ends a session of his own says what was done. */
  readonly commentRequired: boolean;
  readonly fullSessionLog: boolean;
  readonly assistance: {
    readonly enabled: boolean;
    readonly contactFields: readonly ContactField[];
    readonly expiresHours: number;
  };
  /** Null for who may not change the options. */
  readonly notificationAddresses: readonly string[] | null;
  /** Sessions at the same time; null for no limit. */
  readonly quota: number | null;
  /** Days for which audit records are kept at least. */
  readonly auditDays: number;
  readonly editable: boolean;
  readonly etag: string;
}

export function importOptions(value: unknown): Options {
  const root = new Field(value);
  const assistance = root.get("assistance");
  const addresses = root.get("notificationAddresses");
  return {
    commentRequired: root.get("commentRequired").bool(),
    fullSessionLog: root.get("fullSessionLog").bool(),
    assistance: {
      enabled: assistance.get("enabled").bool(),
      contactFields: assistance.get("contactFields").list((field) => field.oneOf(...CONTACT_FIELDS)),
      expiresHours: assistance.get("expiresHours").count(),
    },
    notificationAddresses: addresses.absent ? null : addresses.list((field) => field.text()),
    quota: root.get("quota").numberOrNull(),
    auditDays: root.get("auditDays").count(),
    editable: root.get("editable").bool(),
    etag: etagOf(root.get("etag")),
  };
}
