import { Field } from "./importer";
import type { Named } from "./session";

/** Who is signed in, and where. */
export interface Me {
  readonly user: Named;
  readonly domain: Named;
  readonly csrf: string;
  readonly administer: boolean;
  readonly authTime: Date | null;
}

export function importMe(value: unknown): Me {
  const root = new Field(value);
  const named = (field: Field): Named => ({ id: field.get("id").text(), name: field.get("name").text() });
  const authTime = root.get("authentication").absent ? null : root.get("authentication").get("authTime");
  return {
    user: named(root.get("user")),
    domain: named(root.get("domain")),
    csrf: root.get("csrf").text(),
    administer: root.get("administer").boolOr(false),
    authTime:
      authTime === null || authTime.absent
        ? null
        : typeof authTime.value === "number"
          ? new Date(authTime.number() * 1000)
          : authTime.time(),
  };
}
