import { Field } from "./importer";

/** A token that was just made. `token` and `command` are shown once and kept nowhere. */
export interface NewEnrolmentToken {
  readonly id: string;
  readonly folder: string;
  readonly expires: Date;
  readonly uses: number;
  readonly command: string;
}

export function importNewEnrolmentToken(value: unknown): NewEnrolmentToken {
  const root = new Field(value);
  return {
    id: root.get("id").text(),
    folder: root.get("folder").text(),
    expires: root.get("expires").time(),
    uses: root.get("uses").count(),
    command: root.get("command").text(),
  };
}
