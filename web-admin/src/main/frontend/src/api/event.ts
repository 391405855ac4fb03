import { ASSISTANCE_STATES, type AssistanceState } from "./assistance";
import { DEVICE_STATES, type DeviceState } from "./device";
import { Field, importId } from "./importer";
import { REQUEST_STATES, type RequestState } from "./request";

const CONSENT_EVENT_STATES = ["asking", "granted", "refused", "timed-out", "ended"] as const;
type ConsentEventState = (typeof CONSENT_EVENT_STATES)[number];

/** What the live channel says. Types that are not known are null: a newer server may send more. */
export type LiveEvent =
  | {
      readonly type: "device";
      readonly uid: string;
      readonly state: DeviceState;
      readonly lastSeen: Date | null;
      readonly name: string | null;
    }
  | { readonly type: "device-added"; readonly uid: string; readonly folder: string | null }
  | { readonly type: "session"; readonly sid: string; readonly device: string; readonly state: "started" | "ended" }
  | { readonly type: "assistance"; readonly id: string; readonly device: string; readonly state: AssistanceState }
  | { readonly type: "device-revoked" | "device-alarm"; readonly uid: string }
  | { readonly type: "moved" | "folder" | "user" | "group"; readonly id: string }
  | { readonly type: "access-request"; readonly id: string; readonly state: RequestState }
  /** Somebody is asked whether a session may start, or has answered. */
  | { readonly type: "consent"; readonly sid: string; readonly state: ConsentEventState }
  /** An import of this user's own goes on or has ended. */
  | { readonly type: "import"; readonly id: string }
  /** An import was applied, or something was removed: anything in the directory may be different. */
  | { readonly type: "directory" }
  /** Options of the domain were changed. */
  | { readonly type: "options" }
  /** Somebody's rights may have changed. */
  | { readonly type: "rights" }
  | { readonly type: "audit" }
  /** There are other relays than before. */
  | { readonly type: "relays" }
  /** `why`: the problem that requests meet from now on; null when the sign-in itself has ended. */
  | { readonly type: "signed-out"; readonly why: string | null }
  | { readonly type: "hb" };

export function importLiveEvent(value: unknown): LiveEvent | null {
  const root = new Field(value);
  switch (root.get("type").text()) {
    case "device":
      return {
        type: "device",
        uid: importId(root.get("uid")),
        state: root.get("state").oneOf(...DEVICE_STATES),
        lastSeen: root.get("lastSeen").timeOrNull(),
        name: root.get("name").textOrNull(),
      };
    case "device-added":
      return { type: "device-added", uid: importId(root.get("uid")), folder: root.get("folder").textOrNull() };
    case "session":
      return {
        type: "session",
        sid: root.get("sid").text(),
        device: root.get("device").text(),
        state: root.get("state").oneOf("started", "ended"),
      };
    case "device-revoked":
      return { type: "device-revoked", uid: importId(root.get("uid")) };
    case "device-alarm":
      return { type: "device-alarm", uid: importId(root.get("uid")) };
    case "folder":
      return { type: "folder", id: importId(root.get("id")) };
    case "user":
      return { type: "user", id: importId(root.get("id")) };
    case "group":
      return { type: "group", id: importId(root.get("id")) };
    case "moved":
      return { type: "moved", id: importId(root.get("id")) };
    case "assistance":
      return {
        type: "assistance",
        id: importId(root.get("id")),
        device: importId(root.get("device")),
        state: root.get("state").oneOf(...ASSISTANCE_STATES),
      };
    case "access-request":
      return {
        type: "access-request",
        id: importId(root.get("id")),
        state: root.get("state").oneOf(...REQUEST_STATES),
      };
    case "consent":
      return {
        type: "consent",
        sid: root.get("sid").text(),
        state: root.get("state").oneOf(...CONSENT_EVENT_STATES),
      };
    case "import":
      return { type: "import", id: importId(root.get("id")) };
    case "directory":
      return { type: "directory" };
    case "options":
      return { type: "options" };
    case "rights":
      return { type: "rights" };
    case "audit":
      return { type: "audit" };
    case "relays":
      return { type: "relays" };
    case "signed-out":
      return { type: "signed-out", why: root.get("why").textOrNull() };
    case "hb":
      return { type: "hb" };
    default:
      return null;
  }
}
