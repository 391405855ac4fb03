import { importNamed } from "./folder";
import { Field, importId, importSlice, type Slice } from "./importer";
import type { Named } from "./session";

/** A session of somebody else that waits for the caller's approval. */
export interface ConsentQuestion {
  readonly sid: string;
  readonly device: { readonly uid: string; readonly name: string };
  readonly user: Named;
  /** Network address that the request came from. */
  readonly from: string;
  readonly reason: string | null;
  readonly operations: readonly string[];
  /** When it is refused by itself. */
  readonly until: Date;
}

export function importConsents(value: unknown): Slice<ConsentQuestion> {
  return importSlice(value, (each) => {
    const item = new Field(each);
    return {
      sid: item.get("sid").text(),
      device: { uid: importId(item.get("device").get("uid")), name: item.get("device").get("name").text() },
      user: importNamed(item.get("user")),
      from: item.get("from").text(),
      reason: item.get("reason").textOrNull(),
      operations: item.get("operations").list((operation) => operation.text()),
      until: item.get("until").time(),
    };
  });
}
