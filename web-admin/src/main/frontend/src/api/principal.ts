import { importNamed } from "./folder";
import { Field, importId } from "./importer";
import type { Named } from "./session";

export const PRINCIPAL_KINDS = ["user", "group"] as const;
export type PrincipalKind = (typeof PRINCIPAL_KINDS)[number];

/** Somebody who can be given rights: a person or a group. */
export interface Principal extends Named {
  readonly kind: PrincipalKind;
}

/** Somebody whom an entry is about; without a name where the caller does not see the person or group. */
export interface EntryPrincipal {
  readonly id: string;
  readonly name: string | null;
  readonly kind: PrincipalKind;
}

export const RESOURCE_KINDS = ["folder", "device", "sub-device", "user", "group"] as const;
export type ResourceKind = (typeof RESOURCE_KINDS)[number];

/** Something that rights are about, and where it is: the folders above it that the caller sees, the topmost first. */
export interface ResourceRef extends Named {
  readonly kind: ResourceKind;
  readonly path: readonly Named[];
}

export function importPrincipal(value: unknown): Principal {
  const root = new Field(value);
  return { ...importNamed(root), kind: root.get("kind").oneOf(...PRINCIPAL_KINDS) };
}

export function importEntryPrincipal(value: unknown): EntryPrincipal {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    name: root.get("name").textOrNull(),
    kind: root.get("kind").oneOf(...PRINCIPAL_KINDS),
  };
}

/** The same where somebody may have asked for it and not see it any more: then it has no name. */
export interface AskedResource extends Pick<ResourceRef, "id" | "kind" | "path"> {
  readonly name: string | null;
}

export function importResourceRef(value: unknown): ResourceRef {
  const root = new Field(value);
  return { ...importAskedResource(value), name: root.get("name").text() };
}

export function importAskedResource(value: unknown): AskedResource {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    name: root.get("name").textOrNull(),
    kind: root.get("kind").oneOf(...RESOURCE_KINDS),
    path: root.get("path").listOrEmpty(importNamed),
  };
}
