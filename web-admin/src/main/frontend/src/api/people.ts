import { importNamed } from "./folder";
import { etagOf, Field, importId, importSlice, type Slice } from "./importer";
import { importPrincipal, type Principal } from "./principal";
import type { Named } from "./session";

/** A person of the domain, as the directory knows him: accounts and passwords are the identity provider's. */
export interface User {
  readonly id: string;
  readonly name: string;
  /** Null where the caller does not see it. */
  readonly folder: Named | null;
  readonly lastSignIn: Date | null;
  /** True until the first sign-in under this name. */
  readonly pending: boolean;
  /** The groups that he is in directly. */
  readonly groups: readonly Named[];
  /** How many these are: a list of users names the first of them. */
  readonly groupCount: number;
  readonly owner: boolean;
  /** False when signing in was switched off. */
  readonly enabled: boolean;
  /** From when on signing in is refused. */
  readonly expires: Date | null;
  /** What the caller may do with him. */
  readonly permissions: readonly string[];
  readonly etag: string;
}

export interface Group {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Null where the caller does not see it. */
  readonly folder: Named | null;
  readonly builtIn: boolean;
  /** Direct members, persons and groups. */
  readonly members: number;
  readonly permissions: readonly string[];
  readonly etag: string;
}

/** Something that somebody has learnt and proved, until when. */
export interface Qualification {
  readonly name: string;
  readonly until: Date | null;
}

export function importUser(value: unknown): User {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    name: root.get("name").text(),
    folder: root.get("folder").opt(importNamed),
    lastSignIn: root.get("lastSignIn").timeOrNull(),
    pending: root.get("pending").boolOr(false),
    groups: root.get("groups").listOrEmpty(importNamed),
    groupCount: root.get("groupCount").count(),
    owner: root.get("owner").boolOr(false),
    enabled: root.get("enabled").boolOr(true),
    expires: root.get("expires").timeOrNull(),
    permissions: root.get("permissions").texts(),
    etag: etagOf(root.get("etag")),
  };
}

export function importUsers(value: unknown): Slice<User> {
  return importSlice(value, importUser);
}

export function importGroup(value: unknown): Group {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    name: root.get("name").text(),
    description: root.get("description").textOrNull() ?? "",
    folder: root.get("folder").opt(importNamed),
    builtIn: root.get("builtIn").boolOr(false),
    members: root.get("members").count(),
    permissions: root.get("permissions").texts(),
    etag: etagOf(root.get("etag")),
  };
}

export function importGroups(value: unknown): Slice<Group> {
  return importSlice(value, importGroup);
}

export function importMembers(value: unknown): Slice<Principal> {
  return importSlice(value, importPrincipal);
}

export const LONGEST_QUALIFICATION = 200;
export const MOST_QUALIFICATIONS = 100;

/** All that somebody is qualified for; with the version that a change must name. */
export interface Qualifications {
  readonly items: readonly Qualification[];
  readonly etag: string;
}

export function importQualifications(value: unknown): Qualifications {
  const root = new Field(value);
  return {
    items: root.get("items").list((item) => ({
      name: item.get("name").text(),
      until: untilOf(item.get("until")),
    })),
    etag: etagOf(root.get("etag")),
  };
}

/** A day without a time ends with that day, in the time of this place. */
function untilOf(field: Field): Date | null {
  if (field.absent) return null;
  return /^\d{4}-\d\d-\d\d$/.test(field.text()) ? new Date(`${field.text()}T23:59:59`) : field.time();
}
