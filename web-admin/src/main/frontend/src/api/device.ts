import { Field, importSlice, type Slice } from "./importer";
import { type Inventory, importInventory } from "./inventory";

export const DEVICE_STATES = ["online", "offline", "quarantined"] as const;
export type DeviceState = (typeof DEVICE_STATES)[number];

/** A device as a list shows it. Every text in it may come from the device and is hostile: show it through `Inert` alone. */
export interface Device {
  readonly uid: string;
  readonly name: string;
  readonly folder: string | null;
  readonly folderName: string | null;
  readonly state: DeviceState;
  readonly lastSeen: Date | null;
  readonly version: string | null;
  readonly os: string | null;
  readonly account: string | null;
  readonly description: string | null;
  readonly tags: readonly string[];
  readonly quarantined: boolean;
  readonly fingerprint: string | null;
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
}

export interface DeviceCounts extends Readonly<Record<DeviceState, number>> {
  readonly total: number;
}

export function importDevice(value: unknown): Device {
  const root = new Field(value);
  const state = root.get("state").oneOf(...DEVICE_STATES);
  const etag = root.get("etag");
  return {
    uid: importId(root.get("uid")),
    name: root.get("name").text(),
    folder: root.get("folder").textOrNull(),
    folderName: root.get("folderName").textOrNull(),
    state,
    lastSeen: root.get("lastSeen").timeOrNull(),
    version: root.get("version").textOrNull(),
    os: root.get("os").textOrNull(),
    account: root.get("account").textOrNull(),
    description: root.get("description").textOrNull(),
    tags: root.get("tags").texts(),
    quarantined: root.get("quarantined").boolOr(state === "quarantined"),
    fingerprint: root.get("fingerprint").textOrNull(),
    tools: root.get("tools").texts(),
    permissions: root.get("permissions").texts(),
    etag: typeof etag.value === "number" ? String(etag.count()) : etag.text(),
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
  };
}

export function importDevices(value: unknown): Slice<Device> {
  return importSlice(value, importDevice);
}

export function importDeviceCounts(value: unknown): DeviceCounts {
  const counts = new Field(value);
  return {
    online: counts.get("online").count(),
    offline: counts.get("offline").count(),
    quarantined: counts.get("quarantined").count(),
    total: counts.get("total").count(),
  };
}

/** An identifier that is safe to put into a path: a UUID in lower-case text form. */
export function importId(field: Field): string {
  const text = field.text();
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : new Field(undefined, field.path).text();
}
