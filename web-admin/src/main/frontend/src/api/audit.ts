import { Field, importPage, type Page } from "./importer";
import type { Named } from "./session";

/** One row of the audit log. The texts in it are evidence, not markup: what a device or a stranger sent stays as it was sent. */
export interface AuditRow {
  readonly id: string;
  readonly time: Date;
  readonly code: string;
  readonly outcome: string;
  readonly user: Named | null;
  readonly resource: Named | null;
  readonly address: string | null;
  readonly detail: string | null;
  readonly session: string | null;
}

export function importAuditRow(value: unknown): AuditRow {
  const root = new Field(value);
  const id = root.get("id");
  return {
    id: typeof id.value === "number" ? String(id.count()) : id.text(),
    time: root.get("time").time(),
    code: root.get("code").text(),
    outcome: root.get("outcome").text(),
    user: root.get("user").opt(named),
    resource: root.get("resource").opt(named),
    address: root.get("address").textOrNull(),
    detail: root
      .get("detail")
      .opt((field) => (typeof field.value === "string" ? field.text() : JSON.stringify(field.value, null, 2))),
    session: root.get("session").textOrNull(),
  };
}

export function importAuditPage(value: unknown): Page<AuditRow> {
  return importPage(value, importAuditRow);
}

/** Somebody or something: a bare text, or an id with a name where one is known. */
function named(field: Field): Named {
  if (typeof field.value === "string") return { id: field.value, name: field.value };
  const id = field.get("id").textOrNull() ?? field.get("uid").textOrNull() ?? "";
  return { id, name: field.get("name").textOrNull() ?? id };
}
