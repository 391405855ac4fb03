import { DEVICE_STATES, type DeviceState } from "../../api/device";
import { type Position, readPosition } from "../../app/urlState";

export const DEVICE_SORTS = ["name", "-name", "state", "lastSeen"] as const;
export type DeviceSort = (typeof DEVICE_SORTS)[number];

/** What of the devices is shown: all of it is in the address, so that a link shows the same. */
export interface DeviceFilter extends Position {
  readonly folder: string | null;
  readonly q: string;
  readonly state: DeviceState | null;
  readonly sort: DeviceSort;
}

export const LONGEST_SEARCH = 200;

export function readDeviceFilter(search: URLSearchParams): DeviceFilter {
  const folder = search.get("folder");
  return {
    ...readPosition(search),
    folder: folder !== null && /^[0-9a-f-]{36}$/.test(folder) ? folder : null,
    q: (search.get("q") ?? "").slice(0, LONGEST_SEARCH),
    state: DEVICE_STATES.find((known) => known === search.get("state")) ?? null,
    sort: DEVICE_SORTS.find((known) => known === search.get("sort")) ?? "name",
  };
}

type Query = Readonly<Record<string, string | number>>;

/** The query to the server for the rows of a filter. */
export function deviceQueryOf(filter: DeviceFilter): Query {
  return {
    ...countsQueryOf(filter),
    ...(filter.state === null ? {} : { state: filter.state }),
    ...(filter.cursor === null ? {} : { cursor: filter.cursor }),
    sort: filter.sort,
    limit: filter.size,
  };
}

/** The query to the server for the counts beside them: those of every state. */
export function countsQueryOf(filter: DeviceFilter): Query {
  return {
    ...(filter.folder === null ? {} : { folder: filter.folder }),
    ...(filter.q.trim() === "" ? {} : { q: filter.q.trim() }),
  };
}

/** True when something narrows the list beyond the folder. */
export function isNarrowed(filter: DeviceFilter): boolean {
  return filter.q.trim() !== "" || filter.state !== null;
}
