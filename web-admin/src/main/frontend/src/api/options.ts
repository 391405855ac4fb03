import { Field } from "./importer";

/** What the domain decided for everybody in it, as far as the pages need it. */
export interface DomainOptions {
  /** Whether a person who ends a session of his own says what was done. */
  readonly commentRequired: boolean;
}

export function importDomainOptions(value: unknown): DomainOptions {
  return { commentRequired: new Field(value).get("commentRequired").bool() };
}
