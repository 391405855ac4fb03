import type { Answered, Sent } from "../../app/testing/api";
import { FakeApi, problem } from "../../app/testing/api";

const id = (kind: number, n: number) => `01900000-000${kind}-7000-8000-${n.toString(16).padStart(12, "0")}`;

export const deviceId = (n: number) => id(2, n);
export const folderId = (n: number) => id(1, n);

export const ALL = [
  "see-resources",
  "manage-folders",
  "install-devices",
  "configure-devices",
  "remove-devices",
  "manage-permissions",
  "manage-alarms",
  "view-connection-log",
  "receive-assistance-requests",
];

export function device(n: number, more: Record<string, unknown> = {}) {
  return {
    uid: deviceId(n),
    name: `press-${n}`,
    description: null,
    tags: [],
    folder: folderId(1),
    folderName: "Plant",
    state: "online",
    lastSeen: "2026-01-02T03:04:05Z",
    version: "0.1.0",
    os: "Debian",
    account: null,
    quarantined: false,
    fingerprint: "3f2a 91bc 07de 55a1",
    tools: ["terminal"],
    permissions: ALL,
    etag: "7",
    ...more,
  };
}

/** What goes with a device, as the server counts it. */
export function losses(more: Record<string, number> = {}) {
  return { devices: 1, subDevices: 0, entries: 0, accessRequests: 0, assistance: 0, settings: 0, sessions: 0, ...more };
}

interface FolderJson {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  readonly [more: string]: unknown;
}

export function folder(n: number, name: string, more: Record<string, unknown> = {}): FolderJson {
  return {
    id: folderId(n),
    name,
    description: null,
    parent: null,
    path: [],
    children: 0,
    devices: 2,
    permissions: ALL,
    etag: "3",
    ...more,
  };
}

const PLANT = folder(1, "Plant", { children: 2, devices: 120 });
const above = { parent: folderId(1), path: [{ id: folderId(1), name: "Plant" }] };

/** A plant with two lines, one of them with a cell, and 120 devices of which the server shows a page at a time. */
export class FakeDirectory {
  readonly api = new FakeApi();
  folders = [
    PLANT,
    folder(2, "Line 1", { ...above, children: 1, description: "Ask the shift lead" }),
    folder(3, "Line 2", above),
    folder(4, "Cell", {
      parent: folderId(2),
      path: [
        { id: folderId(1), name: "Plant" },
        { id: folderId(2), name: "Line 1" },
      ],
    }),
  ];
  devices = Array.from({ length: 120 }, (_, n) => device(n + 1));

  constructor() {
    this.api
      .on("GET /api/folders", (sent) => ({ json: { items: this.below(sent), next: null } }))
      .on("GET /api/folders/*", (_sent, wanted) => one(this.folders.find((each) => each.id === wanted)))
      .on("GET /api/devices", (sent) => ({ json: this.page(sent) }))
      .on("GET /api/devices/*", (_sent, wanted) => one(this.devices.find((each) => each.uid === wanted)))
      .on("GET /api/devices/*/deletion", { json: losses() })
      .on("POST /api/devices/deletion", { json: losses() })
      .on("GET /api/devices/counts", {
        json: { online: 100, offline: 19, quarantined: 1, assistance: 0, alarm: 0, total: 120 },
      })
      .on("GET /api/tags", { json: { items: [{ name: "spindle", devices: 2 }], next: null } })
      .on("GET /api/agent-installer", { json: { url: null, sha256: null, command: null, pairCommand: null } })
      .on("GET /api/permissions", { json: { items: [], presets: [] } })
      .on("POST /api/access/preview", { json: { effects: [], ownersLeft: true, sessionsEnding: 0 } })
      .on("GET /api/session-policies/*", {
        json: {
          consent: "never",
          reasonRequired: false,
          fullLog: false,
          timeoutSeconds: 60,
          own: false,
          set: false,
          folder: null,
          etag: "7",
        },
      })
      .on("GET /api/fixed-relays/*", { json: { relay: null, own: false, folder: null, etag: "7" } })
      .on("GET /api/sessions", { json: { items: [], next: null } });
  }

  private below({ query }: Sent) {
    const q = query.q?.toLowerCase();
    return this.folders.filter((each) =>
      q === undefined ? each.parent === (query.parent ?? null) : each.name.toLowerCase().includes(q),
    );
  }

  private page({ query }: Sent) {
    const at = Number(query.cursor ?? 0);
    const end = at + Number(query.limit ?? 50);
    return { items: this.devices.slice(at, end), next: end < this.devices.length ? String(end) : null };
  }
}

function one(found: unknown): Answered {
  return found === undefined ? problem(404, "not-found") : { json: found };
}
