import { infiniteQueryOptions, keepPreviousData, QueryClient, queryOptions } from "@tanstack/react-query";
import { importAssistances } from "../api/assistance";
import { importAuditPage, importConnectionPage, importReport, importSealings } from "../api/audit";
import { importFolderContract } from "../api/contract";
import { importDeviceCounts, importDeviceDetail, importDevices, importTags } from "../api/device";
import { importDeviceDeletion } from "../api/deviceDeletion";
import { importFolder, importFolderDeletion, importFolders } from "../api/folder";
import { type RequestOptions, read, setCsrf, setDomainName } from "../api/http";
import { importMe, type Me } from "../api/me";
import { importOptions } from "../api/options";
import { importPrincipalDeletion } from "../api/principalDeletion";
import { asProblem } from "../api/problem";
import { importRemoteSessions } from "../api/session";
import { importSubDevices } from "../api/subDevice";

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
    setDomainName(me.domain.name);
    return me;
  },
});

export const domainOptionsQuery = queryOptions({
  queryKey: ["domain-options"],
  queryFn: ({ signal }) => read("GET", "/api/domain/options", importOptions, { signal }),
});

/** How many folders of one branch are asked for at a time. */
const BRANCH = 100;

/** The folders right below one, in steps; below nothing are the topmost that the caller sees. */
export const foldersBelowQuery = (parent: string | null) =>
  infiniteQueryOptions({
    queryKey: ["folders", "below", parent],
    initialPageParam: null as string | null,
    getNextPageParam: (last: Awaited<ReturnType<typeof importFolders>>) => last.next,
    queryFn: ({ signal, pageParam }) =>
      read("GET", "/api/folders", importFolders, { query: { parent, limit: BRANCH, cursor: pageParam }, signal }),
  });

export const folderQuery = (id: string) =>
  queryOptions({
    queryKey: ["folders", "one", id],
    queryFn: ({ signal }) => read("GET", `/api/folders/${id}`, importFolder, { signal }),
  });

export const folderSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ["folders", "search", q],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/folders", importFolders, { query: { q, limit: 50 }, signal }),
  });

/** The contract that counts for a folder. Not from memory: it is set above as well, and no event says so. */
export const contractQuery = (folder: string) =>
  queryOptions({
    queryKey: ["folders", "contract", folder],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/folders/${folder}/contract`, importFolderContract, { signal }),
  });

/** Never from memory: it is shown before something is lost. */
export const folderDeletionQuery = (id: string) =>
  queryOptions({
    queryKey: ["folders", "deletion", id],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/folders/${id}/deletion`, importFolderDeletion, { signal }),
  });

/** The same of a user or a group. */
export const principalDeletionQuery = (kind: "user" | "group", id: string) =>
  queryOptions({
    queryKey: [`${kind}s`, "deletion", id],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/${kind}s/${id}/deletion`, importPrincipalDeletion, { signal }),
  });

/** The same of a device. */
export const deviceDeletionQuery = (uid: string) =>
  queryOptions({
    queryKey: ["device", uid, "deletion"],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/devices/${uid}/deletion`, importDeviceDeletion, { signal }),
  });

/** The same of several devices together. */
export const devicesDeletionQuery = (uids: readonly string[]) =>
  queryOptions({
    queryKey: ["devices", "deletion", uids],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) =>
      read("POST", "/api/devices/deletion", importDeviceDeletion, { body: { devices: uids }, signal }),
  });

export const devicesQuery = (query: Query) =>
  queryOptions({
    queryKey: ["devices", "list", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/devices", importDevices, { query, signal }),
  });

export const deviceCountsQuery = (query: Query) =>
  queryOptions({
    queryKey: ["devices", "counts", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/devices/counts", importDeviceCounts, { query, signal }),
  });

export const tagsQuery = queryOptions({
  queryKey: ["tags"],
  queryFn: ({ signal }) => read("GET", "/api/tags", importTags, { query: { limit: 200 }, signal }),
});

export const assistanceQuery = (query: Query) =>
  queryOptions({
    queryKey: ["assistance", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/assistance", importAssistances, { query, signal }),
  });

export const subDevicesQuery = (uid: string, query: Query) =>
  queryOptions({
    queryKey: ["device", uid, "sub-devices", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", `/api/devices/${uid}/sub-devices`, importSubDevices, { query, signal }),
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

export const sessionsQuery = (query: Query) =>
  queryOptions({
    queryKey: ["sessions", "live", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/sessions", importRemoteSessions, { query, signal }),
  });

export const auditQuery = (query: Query) =>
  queryOptions({
    queryKey: ["audit", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/audit", importAuditPage, { query, signal }),
  });

/** How often the page asks again: nothing tells it that the server seals no more. */
const SEALING_MS = 30_000;

export const sealingQuery = queryOptions({
  queryKey: ["audit", "sealing"],
  retry: false,
  // each refusal is recorded
  refetchInterval: ({ state }: { readonly state: { readonly status: string } }) =>
    state.status !== "error" && SEALING_MS,
  queryFn: ({ signal }) => read("GET", "/api/audit/sealing", importSealings, { signal }),
});

export const connectionsQuery = (query: Query) =>
  queryOptions({
    queryKey: ["sessions", "log", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/connections", importConnectionPage, { query, signal }),
  });

/** How many lines of a report are asked for at a time. */
const REPORT_LINES = 200;

export const reportQuery = (query: Query) =>
  infiniteQueryOptions({
    queryKey: ["report", query],
    initialPageParam: null as string | null,
    getNextPageParam: (last: ReturnType<typeof importReport>) => last.next,
    queryFn: ({ signal, pageParam }) =>
      read("GET", "/api/audit/report", importReport, {
        query: { ...query, limit: REPORT_LINES, cursor: pageParam },
        signal,
      }),
  });
