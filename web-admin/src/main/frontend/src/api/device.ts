import { ASSISTANCE_STATES, type AssistanceState } from "./assistance";
import { etagOf, Field, importId, importSlice, type Slice } from "./importer";
import { type Inventory, importInventory } from "./inventory";

export const DEVICE_STATES = ["online", "offline", "quarantined"] as const;
export const SWITCH_MODES = ["always", "key-switch", "as-left"] as const;
export type SwitchMode = (typeof SWITCH_MODES)[number];

export type DeviceState = (typeof DEVICE_STATES)[number];

/** Somebody at the device asks for help. The text is theirs, and hostile like all that a device says. */
export interface AssistanceMark {
  readonly id: string;
  readonly state: AssistanceState;
  readonly text: string | null;
  readonly raised: Date | null;
}

/** The owner's switch, as the device told it last. The reason is the owner's, and hostile like all that a device says. */
export interface OwnerSwitch {
  readonly on: boolean;
  readonly mode: SwitchMode | null;
  readonly until: Date | null;
  readonly reason: string;
}

/** A device as a list shows it. Every text in it may come from the device and is hostile: show it through `Inert` alone. */
export interface Device {
  readonly uid: string;
  readonly name: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly folder: string | null;
  readonly folderName: string | null;
  readonly state: DeviceState;
  readonly lastSeen: Date | null;
  readonly version: string | null;
  readonly os: string | null;
  readonly account: string | null;
  readonly quarantined: boolean;
  readonly ownerSwitch: OwnerSwitch;
  /** True when its certificate was withdrawn: it is known, and cannot connect. */
  readonly revoked: boolean;
  /** `changed`: the machine is not the one that the identity was bound to; `unknown`: it shows nothing it could be told by. */
  readonly hardware: "bound" | "changed" | "unknown" | null;
  readonly fingerprint: string | null;
  /** When somebody last tried to register this machine again, here or elsewhere. */
  readonly claimed: Date | null;
  readonly assistance: AssistanceMark | null;
  /** What the caller may open. */
  readonly tools: readonly string[];
  readonly permissions: readonly string[];
  /** The version that a change must name. */
  readonly etag: string;
}

export interface Certificate {
  readonly serial: string;
  readonly notBefore: Date;
  readonly notAfter: Date;
}

/** A device with what its own page shows. */
export interface DeviceDetail extends Device {
  readonly inventory: Inventory | null;
  readonly certificate: Certificate | null;
  readonly addresses: readonly string[];
  /** The fingerprint as words that two people can compare by telephone; empty where the server has none. */
  readonly words: readonly string[];
  /** Whether people at the device may ask for help, and until when. */
  readonly assistanceOption: AssistanceOption | null;
}

export interface AssistanceOption {
  readonly enabled: boolean;
  readonly until: Date | null;
}

export type DeviceCounts = Readonly<Record<DeviceState | "assistance" | "alarm" | "total", number>>;

/** Whether the owner lets nobody in; a device that is offline comes on again by itself without telling. */
export function isSwitchedOff({ ownerSwitch }: Device, now = Date.now()): boolean {
  return !ownerSwitch.on && (ownerSwitch.until === null || ownerSwitch.until.getTime() > now);
}

export function importDevice(value: unknown): Device {
  const root = new Field(value);
  const state = root.get("state").oneOf(...DEVICE_STATES);
  return {
    uid: importId(root.get("uid")),
    name: root.get("name").text(),
    description: root.get("description").textOrNull() ?? "",
    tags: root.get("tags").texts(),
    folder: root.get("folder").textOrNull(),
    folderName: root.get("folderName").textOrNull(),
    state,
    lastSeen: root.get("lastSeen").timeOrNull(),
    version: root.get("version").textOrNull(),
    os: root.get("os").textOrNull(),
    account: root.get("account").textOrNull(),
    quarantined: root.get("quarantined").boolOr(state === "quarantined"),
    ownerSwitch: root.get("switch").opt((field) => ({
      on: field.get("on").bool(),
      mode: field.get("mode").opt((mode) => mode.oneOf(...SWITCH_MODES)),
      until: field.get("until").timeOrNull(),
      reason: field.get("reason").textOrNull() ?? "",
    })) ?? { on: true, mode: null, until: null, reason: "" },
    revoked: root.get("revoked").boolOr(false),
    hardware: root.get("hardware").opt((field) => field.oneOf("bound", "changed", "unknown")),
    fingerprint: root.get("fingerprint").textOrNull(),
    claimed: root.get("claimed").timeOrNull(),
    assistance: root.get("assistance").opt((field) => ({
      id: importId(field.get("id")),
      state: field.get("state").oneOf(...ASSISTANCE_STATES),
      text: field.get("text").textOrNull(),
      raised: field.get("raised").timeOrNull(),
    })),
    tools: root.get("tools").texts(),
    permissions: root.get("permissions").texts(),
    etag: etagOf(root.get("etag")),
  };
}

export function importDeviceDetail(value: unknown): DeviceDetail {
  const root = new Field(value);
  return {
    ...importDevice(value),
    inventory: root.get("inventory").opt((field) => importInventory(field.value)),
    certificate: root.get("certificate").opt((field) => ({
      serial: field.get("serial").text(),
      notBefore: field.get("notBefore").time(),
      notAfter: field.get("notAfter").time(),
    })),
    addresses: root.get("addresses").texts(),
    words: root.get("words").texts(),
    assistanceOption: root.get("assistanceOption").opt((field) => ({
      enabled: field.get("enabled").bool(),
      until: field.get("until").timeOrNull(),
    })),
  };
}

export function importDevices(value: unknown): Slice<Device> {
  return importSlice(value, importDevice);
}

export function importDeviceCounts(value: unknown): DeviceCounts {
  const root = new Field(value);
  return {
    online: root.get("online").count(),
    offline: root.get("offline").count(),
    quarantined: root.get("quarantined").count(),
    assistance: root.get("assistance").count(),
    alarm: root.get("alarm").count(),
    total: root.get("total").count(),
  };
}

/** A tag, and how many of the devices that the caller sees carry it. */
export interface Tag {
  readonly name: string;
  readonly devices: number;
}

export function importTags(value: unknown): Slice<Tag> {
  return importSlice(value, (item) => {
    const root = new Field(item);
    return { name: root.get("name").text(), devices: root.get("devices").count() };
  });
}

/** What an action on many devices did to each: done, or refused with the reason. */
export interface BulkResult {
  readonly done: readonly string[];
  readonly refused: readonly {
    readonly uid: string;
    readonly code: string;
    readonly detail: string | null;
  }[];
}

export function importBulkResult(value: unknown): BulkResult {
  const root = new Field(value);
  return {
    done: root.get("done").list(importId),
    refused: root.get("refused").list((field) => ({
      uid: importId(field.get("uid")),
      code: field
        .get("type")
        .text()
        .replace(/^urn:bascule:problem:/, ""),
      detail: field.get("detail").textOrNull(),
    })),
  };
}
