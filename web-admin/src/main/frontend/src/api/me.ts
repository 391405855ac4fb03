import { Field } from "./importer";
import type { Named } from "./session";

/** Who is signed in, and where. */
export interface Me {
  readonly user: Named;
  readonly domain: Named;
  readonly csrf: string;
  readonly administer: boolean;
  /** True for who operates the installation. */
  readonly operator: boolean;
  /** What he holds on the domain as a whole, and on anything at all. The server decides in any case. */
  readonly permissions: { readonly domain: readonly string[]; readonly anywhere: readonly string[] };
  readonly authTime: Date | null;
}

export const LOGS = ["operations", "connections", "report"] as const;
export type Log = (typeof LOGS)[number];

/** The logs that somebody may read: that of operations is about the whole domain, connections are those of the devices where he may. */
export function logsOf({ permissions }: Me): readonly Log[] {
  const connections = permissions.anywhere.includes("view-connection-log");
  return LOGS.filter((log) =>
    log === "operations" ? permissions.domain.includes("view-operations-log") : connections,
  );
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
    operator: root.get("operator").boolOr(false),
    permissions: {
      domain: root.get("permissions").get("domain").texts(),
      anywhere: root.get("permissions").get("anywhere").texts(),
    },
    authTime:
      authTime === null || authTime.absent
        ? null
        : typeof authTime.value === "number"
          ? new Date(authTime.number() * 1000)
          : authTime.time(),
  };
}
