import { Field } from "./importer";

/** What of a deletion is counted, in the order in which it is shown. */
export const PRINCIPAL_LOSSES = [
  "entries",
  "memberships",
  "qualifications",
  "apiTokens",
  "accessRequests",
  "settings",
  "signIns",
  "signInRules",
  "sessions",
] as const;

/** What goes with a user or a group that is deleted, as far as the caller sees it. */
export type PrincipalDeletion = Readonly<Record<(typeof PRINCIPAL_LOSSES)[number], number>>;

export function importPrincipalDeletion(value: unknown): PrincipalDeletion {
  const root = new Field(value);
  const count = (name: (typeof PRINCIPAL_LOSSES)[number]) => root.get(name).count();
  return {
    entries: count("entries"),
    memberships: count("memberships"),
    qualifications: count("qualifications"),
    apiTokens: count("apiTokens"),
    accessRequests: count("accessRequests"),
    settings: count("settings"),
    signIns: count("signIns"),
    signInRules: count("signInRules"),
    sessions: count("sessions"),
  };
}
