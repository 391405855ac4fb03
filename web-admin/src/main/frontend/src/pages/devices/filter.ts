import { DEVICE_STATES, type DeviceState } from "../../api/device";

export const DEVICE_SORTS = ["name", "-name", "state", "lastSeen"] as const;
export type DeviceSort = (typeof DEVICE_SORTS)[number];

/** What of the devices is shown: all of it is in the address, so that a link shows the same. */
export interface DeviceFilter {
  readonly folder: string | null;
  readonly q: string;
  readonly state: DeviceState | null;
  readonly sort: DeviceSort;
}

export const LONGEST_SEARCH = 200;

export function readDeviceFilter(search: URLSearchParams): DeviceFilter {
  const folder = search.get("folder");
  return {
    folder: folder !== null && /^[0-9a-f-]{36}$/.test(folder) ? folder : null,
    q: (search.get("q") ?? "").slice(0, LONGEST_SEARCH),
    state: DEVICE_STATES.find((known) => known === search.get("state")) ?? null,
    sort: DEVICE_SORTS.find((known) => known === search.get("sort")) ?? "name",
  };
}

/** The query to the server for a filter. */
export function deviceQueryOf(filter: DeviceFilter): Record<string, string> {
  return { ...countsQueryOf(filter), ...(filter.state === null ? {} : { state: filter.state }), sort: filter.sort };
}

/** The same for the numbers of each state. */
export function countsQueryOf(filter: DeviceFilter): Record<string, string> {
  return {
    ...(filter.folder === null ? {} : { folder: filter.folder }),
    ...(filter.q.trim() === "" ? {} : { q: filter.q.trim() }),
  };
}

/** True when something narrows the list beyond the folder. */
export function isNarrowed(filter: DeviceFilter): boolean {
  return filter.q.trim() !== "" || filter.state !== null;
}
