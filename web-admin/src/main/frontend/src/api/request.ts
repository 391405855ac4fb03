import { importNamed } from "./folder";
import { etagOf, Field, importId, importSlice, type Slice } from "./importer";
import { type AskedResource, importAskedResource } from "./principal";
import type { Named } from "./session";

export const REQUEST_STATES = ["open", "approved", "rejected", "withdrawn", "expired"] as const;
export type RequestState = (typeof REQUEST_STATES)[number];

/** Somebody asks for rights that he lacks, for a time; a second person decides. */
export interface AccessRequest {
  readonly id: string;
  readonly resource: AskedResource;
  readonly user: Named;
  readonly permissions: readonly string[];
  readonly reason: string;
  readonly until: Date | null;
  readonly state: RequestState;
  readonly decidedBy: string | null;
  /** What the one who decided said about it. */
  readonly decision: string | null;
  readonly created: Date;
  readonly etag: string;
}

export function importAccessRequest(value: unknown): AccessRequest {
  const root = new Field(value);
  return {
    id: importId(root.get("id")),
    resource: importAskedResource(root.get("resource").value),
    user: importNamed(root.get("user")),
    permissions: root.get("permissions").texts(),
    reason: root.get("reason").textOrNull() ?? "",
    until: root.get("until").timeOrNull(),
    state: root.get("state").oneOf(...REQUEST_STATES),
    decidedBy: root
      .get("decidedBy")
      .opt((field) => (typeof field.value === "string" ? field : field.get("name")).text()),
    decision: root.get("decision").textOrNull(),
    created: root.get("created").time(),
    etag: etagOf(root.get("etag")),
  };
}

export function importAccessRequests(value: unknown): Slice<AccessRequest> {
  return importSlice(value, importAccessRequest);
}
