import { etagOf, Field, importId, importSlice, type Slice } from "./importer";
import type { Named } from "./session";

/** A folder that the caller sees. */
export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly parent: string | null;
  /** The folders above it that the caller sees, the topmost first. */
  readonly path: readonly Named[];
  /** Folders right below it that the caller sees. */
  readonly children: number;
  /** Devices in it and in everything below that the caller sees. */
  readonly devices: number;
  readonly permissions: readonly string[];
  /** False where rights from above end. */
  readonly inherit: boolean;
  /** The most sessions at a time below it; null for no limit of its own. */
  readonly quota: number | null;
  readonly etag: string;
}

export function importFolder(value: unknown): Folder {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    name: root.get("name").text(),
    description: root.get("description").textOrNull() ?? "",
    parent: root.get("parent").textOrNull(),
    path: root.get("path").listOrEmpty(importNamed),
    children: root.get("children").count(),
    devices: root.get("devices").count(),
    permissions: root.get("permissions").texts(),
    inherit: root.get("inherit").boolOr(true),
    quota: root.get("quota").numberOrNull(),
    etag: etagOf(root.get("etag")),
  };
}

export function importFolders(value: unknown): Slice<Folder> {
  return importSlice(value, importFolder);
}

export function importNamed(field: Field): Named {
  return { id: importId(field.get("id")), name: field.get("name").text() };
}

/** What goes with a folder when it is deleted, as far as the caller sees it. */
export interface FolderDeletion {
  /** Folders below it. */
  readonly folders: number;
  readonly devices: number;
  readonly subDevices: number;
  readonly users: number;
  readonly groups: number;
  readonly entries: number;
  /** For enrolment. */
  readonly tokens: number;
  readonly accessRequests: number;
  readonly assistance: number;
  /** Session policies and fixed relays. */
  readonly settings: number;
  readonly contracts: number;
  readonly apiTokens: number;
  /** API tokens of others that no longer count there. */
  readonly limitedTokens: number;
  readonly partnerFolders: number;
  readonly memberships: number;
  readonly qualifications: number;
  readonly signIns: number;
  readonly signInRules: number;
  /** Sessions that end at once. */
  readonly sessions: number;
  /** The names of the first devices of it. */
  readonly names: readonly string[];
}

/** What of a deletion is counted, in the order in which it is shown. */
export const DELETED = [
  "folders",
  "devices",
  "subDevices",
  "users",
  "groups",
  "entries",
  "tokens",
  "accessRequests",
  "assistance",
  "settings",
  "contracts",
  "apiTokens",
  "limitedTokens",
  "partnerFolders",
  "memberships",
  "qualifications",
  "signIns",
  "signInRules",
  "sessions",
] as const;

export function importFolderDeletion(value: unknown): FolderDeletion {
  const root = new Field(value);
  const count = (name: (typeof DELETED)[number]) => root.get(name).count();
  return {
    // the server counts the folder itself too
    folders: Math.max(0, count("folders") - 1),
    devices: count("devices"),
    subDevices: count("subDevices"),
    users: count("users"),
    groups: count("groups"),
    entries: count("entries"),
    tokens: count("tokens"),
    accessRequests: count("accessRequests"),
    assistance: count("assistance"),
    settings: count("settings"),
    contracts: count("contracts"),
    apiTokens: count("apiTokens"),
    limitedTokens: count("limitedTokens"),
    partnerFolders: count("partnerFolders"),
    memberships: count("memberships"),
    qualifications: count("qualifications"),
    signIns: count("signIns"),
    signInRules: count("signInRules"),
    sessions: count("sessions"),
    names: root.get("names").texts(),
  };
}
