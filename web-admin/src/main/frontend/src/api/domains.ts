import { Field, importId, importSlice, type Slice } from "./importer";

export const DOMAIN_STATES = ["creating", "ready", "undoing", "undone"] as const;
export type DomainState = (typeof DOMAIN_STATES)[number];

/** A domain of the installation, and how far its making is. */
export interface Domain {
  readonly id: string;
  readonly name: string;
  /** The account of its first owner, where that is known. */
  readonly owner: string | null;
  readonly created: Date | null;
  readonly state: DomainState;
  /** What is being done: a code. */
  readonly step: string | null;
  readonly attempts: number;
  /** Why the last attempt failed. */
  readonly error: string | null;
  /** Why the identity provider does not work by the present settings; null when it does. */
  readonly realmError: string | null;
}

export function importDomain(value: unknown): Domain {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    name: root.get("name").text(),
    owner: root.get("owner").textOrNull(),
    created: root.get("created").timeOrNull(),
    state: root.get("state").oneOf(...DOMAIN_STATES),
    step: root.get("step").textOrNull(),
    attempts: root.get("attempts").absent ? 0 : root.get("attempts").count(),
    error: root.get("error").textOrNull(),
    realmError: root.get("realmState").opt((state) => state.get("error").textOrNull()),
  };
}

export function importDomains(value: unknown): Slice<Domain> {
  return importSlice(value, importDomain);
}
