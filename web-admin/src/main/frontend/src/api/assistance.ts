import { etagOf, Field, importId, importSlice, type Slice } from "./importer";

export const ASSISTANCE_STATES = ["open", "taken", "closed", "expired"] as const;
export type AssistanceState = (typeof ASSISTANCE_STATES)[number];

/** Somebody at a device asks for help. Text and contact come from the device and are hostile. */
export interface Assistance {
  readonly id: string;
  readonly device: { readonly uid: string; readonly name: string };
  readonly text: string;
  readonly contact: { readonly name: string | null; readonly phone: string | null; readonly email: string | null };
  readonly state: AssistanceState;
  readonly raised: Date;
  /** The name of who took it, and of who closed it. */
  readonly takenBy: string | null;
  readonly closedBy: string | null;
  readonly comment: string | null;
  readonly expires: Date | null;
  readonly etag: string;
}

export function importAssistance(value: unknown): Assistance {
  const root = new Field(value);
  const contact = root.get("contact");
  const said = (name: string) => (contact.absent ? null : contact.get(name).textOrNull());
  return {
    id: importId(root.get("id")),
    device: { uid: importId(root.get("device").get("uid")), name: root.get("device").get("name").text() },
    text: root.get("text").textOrNull() ?? "",
    contact: { name: said("name"), phone: said("phone"), email: said("email") },
    state: root.get("state").oneOf(...ASSISTANCE_STATES),
    raised: root.get("raised").time(),
    takenBy: root.get("takenBy").textOrNull(),
    closedBy: root.get("closedBy").textOrNull(),
    comment: root.get("comment").textOrNull(),
    expires: root.get("expires").timeOrNull(),
    etag: etagOf(root.get("etag")),
  };
}

export function importAssistances(value: unknown): Slice<Assistance> {
  return importSlice(value, importAssistance);
}
