import { Field } from "./importer";

/** What of a removal is counted besides the devices themselves, in the order in which it is shown. */
export const DEVICE_LOSSES = ["subDevices", "entries", "accessRequests", "assistance", "settings", "sessions"] as const;

/** What goes with devices when they are removed, as far as the caller sees it. */
export type DeviceDeletion = Readonly<Record<(typeof DEVICE_LOSSES)[number], number>>;

export function importDeviceDeletion(value: unknown): DeviceDeletion {
  const root = new Field(value);
  const count = (name: (typeof DEVICE_LOSSES)[number]) => root.get(name).count();
  return {
    subDevices: count("subDevices"),
    entries: count("entries"),
    accessRequests: count("accessRequests"),
    assistance: count("assistance"),
    settings: count("settings"),
    sessions: count("sessions"),
  };
}
