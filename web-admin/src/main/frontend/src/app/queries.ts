import {
  type InfiniteData,
  infiniteQueryOptions,
  keepPreviousData,
  QueryClient,
  type QueryKey,
  queryOptions,
} from "@tanstack/react-query";
import { importAuditPage } from "../api/audit";
import { type Device, type DeviceDetail, importDeviceCounts, importDeviceDetail, importDevices } from "../api/device";
import type { LiveEvent } from "../api/event";
import { type Folder, importFolders } from "../api/folder";
import { type RequestOptions, read, setCsrf } from "../api/http";
import type { Slice } from "../api/importer";
import { importMe, type Me } from "../api/me";
import { asProblem } from "../api/problem";
import { importRemoteSessions } from "../api/session";

/** One client for the pages: nothing is asked twice while it is fresh, and nothing polls; the live channel says what changed. */
export function newQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 60_000,
        refetchOnWindowFocus: false,
        networkMode: "always",
        retry: (failures, error) => {
          const problem = asProblem(error);
          return failures < 2 && (problem.code === "offline" || problem.status === 503);
        },
        retryDelay: (attempt) => 400 * 2 ** attempt,
      },
      mutations: { networkMode: "always" },
    },
  });
}

type Query = NonNullable<RequestOptions["query"]>;

export const meQuery = queryOptions({
  queryKey: ["me"],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: async ({ signal }): Promise<Me> => {
    const me = await read("GET", "/api/me", importMe, { signal });
    setCsrf(me.csrf);
    return me;
  },
});

/** A tree of more folders than this is not shown whole. */
const MOST_FOLDER_PAGES = 10;

export const foldersQuery = queryOptions({
  queryKey: ["folders"],
  queryFn: async ({ signal }): Promise<readonly Folder[]> => {
    const folders: Folder[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < MOST_FOLDER_PAGES; page++) {
      const query: Query = { all: "true", limit: 200, cursor };
      const slice: Slice<Folder> = await read("GET", "/api/folders", importFolders, { query, signal });
      folders.push(...slice.items);
      cursor = slice.next;
      if (cursor === null) break;
    }
    return folders;
  },
});

export const devicesQuery = (query: Query) =>
  infiniteQueryOptions({
    queryKey: ["devices", "list", query],
    placeholderData: keepPreviousData,
    initialPageParam: null as string | null,
    getNextPageParam: (page: Slice<Device>) => page.next,
    queryFn: ({ signal, pageParam }) =>
      read("GET", "/api/devices", importDevices, { query: { ...query, cursor: pageParam }, signal }),
  });

export const deviceCountsQuery = (query: Query) =>
  queryOptions({
    queryKey: ["devices", "counts", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/devices/counts", importDeviceCounts, { query, signal }),
  });

export const deviceQuery = (uid: string) =>
  queryOptions({
    queryKey: ["device", uid],
    queryFn: ({ signal }) => read("GET", `/api/devices/${encodeURIComponent(uid)}`, importDeviceDetail, { signal }),
  });

export const deviceSessionsQuery = (uid: string, query: Query) =>
  queryOptions({
    queryKey: ["sessions", "of", uid, query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) =>
      read("GET", `/api/devices/${encodeURIComponent(uid)}/sessions`, importRemoteSessions, { query, signal }),
  });

export const sessionsQuery = queryOptions({
  queryKey: ["sessions", "live"],
  queryFn: ({ signal }) => read("GET", "/api/sessions", importRemoteSessions, { signal }),
});

export const auditQuery = (query: Query) =>
  queryOptions({
    queryKey: ["audit", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/audit", importAuditPage, { query, signal }),
  });

type DevicePages = InfiniteData<Slice<Device>, string | null>;

/** How long changes are collected before a list is asked for again: a thousand devices coming back are one reload, not a thousand. */
const GATHER_MS = 1_500;

/** Puts live events into what the pages already have, and asks again, seldom, for what cannot be worked out here. */
export class LiveUpdates {
  private readonly stale = new Map<string, QueryKey>();
  private timer: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly client: QueryClient,
    private readonly gatherMs = GATHER_MS,
  ) {}

  apply(event: LiveEvent): void {
    switch (event.type) {
      case "device":
        this.device(event);
        break;
      case "device-added":
        this.reload(["devices"]);
        this.reload(["folders"]);
        break;
      case "device-removed":
        this.reload(["devices"]);
        this.reload(["folders"]);
        this.reload(["device", event.uid]);
        break;
      case "session":
        this.reload(["sessions"]);
        break;
      case "audit":
        this.reload(["audit"]);
        break;
      default:
    }
  }

  stop(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.stale.clear();
  }

  /** After a gap in the channel everything may be old. */
  everything(): void {
    void this.client.invalidateQueries({ predicate: (query) => query.queryKey[0] !== "me" });
  }

  private device(event: LiveEvent & { type: "device" }): void {
    const changed = <T extends { state: string; lastSeen: Date | null; name: string }>(device: T): T => ({
      ...device,
      state: event.state,
      quarantined: event.state === "quarantined",
      lastSeen: event.lastSeen ?? device.lastSeen,
      name: event.name ?? device.name,
    });
    for (const [key, list] of this.client.getQueriesData<DevicePages>({ queryKey: ["devices", "list"] })) {
      const before = list?.pages.flatMap((page) => page.items).find((device) => device.uid === event.uid);
      if (before?.state !== event.state) this.reload(["devices"]);
      if (list === undefined || before === undefined) continue;
      this.client.setQueryData<DevicePages>(key, {
        ...list,
        pages: list.pages.map((page) => ({
          ...page,
          items: page.items.map((device) => (device.uid === event.uid ? changed(device) : device)),
        })),
      });
    }
    const detail = this.client.getQueryData<DeviceDetail>(["device", event.uid]);
    if (detail !== undefined) {
      this.client.setQueryData<DeviceDetail>(["device", event.uid], changed(detail));
      // What the device says of itself at its connection (version, inventory, tools) comes with the device.
      if (detail.state !== event.state || (event.name !== null && event.name !== detail.name))
        this.reload(["device", event.uid]);
    }
  }

  private reload(key: QueryKey): void {
    this.stale.set(JSON.stringify(key), key);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      const keys = [...this.stale.values()];
      this.stale.clear();
      for (const queryKey of keys) void this.client.invalidateQueries({ queryKey });
    }, this.gatherMs);
  }
}
