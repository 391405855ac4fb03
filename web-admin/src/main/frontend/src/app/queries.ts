import { keepPreviousData, QueryClient, type QueryKey, queryOptions } from "@tanstack/react-query";
import { importAuditPage } from "../api/audit";
import { type DeviceDetail, type DevicePage, importDeviceDetail, importDevicePage } from "../api/device";
import type { LiveEvent } from "../api/event";
import { importFolders } from "../api/folder";
import { type RequestOptions, read, setCsrf } from "../api/http";
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

export const foldersQuery = queryOptions({
  queryKey: ["folders"],
  queryFn: ({ signal }) => read("GET", "/api/folders", importFolders, { signal }),
});

export const devicesQuery = (query: Query) =>
  queryOptions({
    queryKey: ["devices", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/devices", importDevicePage, { query, signal }),
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
    for (const [key, page] of this.client.getQueriesData<DevicePage>({ queryKey: ["devices"] })) {
      const before = page?.items.find((device) => device.uid === event.uid);
      if (page === undefined || before === undefined) {
        this.reload(["devices"]);
        continue;
      }
      const counts = { ...page.counts };
      if (before.state !== event.state) {
        counts[before.state] = Math.max(0, counts[before.state] - 1);
        counts[event.state] += 1;
        this.reload(["devices"]);
      }
      this.client.setQueryData<DevicePage>(key, {
        ...page,
        counts,
        items: page.items.map((device) => (device.uid === event.uid ? changed(device) : device)),
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
