import { Field, importId, importSlice, type Slice } from "./importer";

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

/** A token that was made once: how much of it is left. Expired ones are told for a while. */
export interface EnrolmentToken {
  readonly id: string;
  readonly folderName: string;
  readonly expires: Date;
  /** How many devices it lets in, and how many came. */
  readonly uses: number;
  readonly used: number;
  readonly createdBy: string | null;
}

export function importEnrolmentTokens(value: unknown): Slice<EnrolmentToken> {
  return importSlice(value, (each) => {
    const item = new Field(each);
    return {
      id: importId(item.get("id")),
      folderName: item.get("folderName").text(),
      expires: item.get("expires").time(),
      uses: item.get("uses").count(),
      used: item.get("used").count(),
      createdBy: item.get("createdBy").textOrNull(),
    };
  });
}
