import type { FakeApi } from "../../../app/testing/api";

/** A small domain as the server tells of it: one plant with one press, a service group and three people. */
export const id = (n: number) => `01900000-0000-7000-8000-${String(n).padStart(12, "0")}`;

export const ROOT = id(1);
export const PLANT = id(2);
export const PRESS = id(3);
export const SERVICE = id(10);
export const OWNERS = id(11);
export const ANNA = id(20);
export const BEN = id(21);

const codes: readonly (readonly [string, string])[] = [
  ["see-resources", "administration"],
  ["manage-users", "administration"],
  ["manage-permissions", "administration"],
  ["approve-access", "administration"],
  ["view-desktop", "device-access"],
  ["control-desktop", "device-access"],
  ["terminal", "device-access"],
  ["read-files", "device-access"],
];

export const catalogue = {
  items: codes.map(([code, kind]) => ({
    code,
    kind,
    text: `text of ${code}`,
    freshFactor: code === "manage-permissions",
  })),
  presets: [{ code: "contributor", name: "Contributor", permissions: ["see-resources", "terminal", "view-desktop"] }],
};

export const rootRef = { id: ROOT, name: "Works", kind: "folder", path: [] };
export const plantRef = { id: PLANT, name: "Plant 1", kind: "folder", path: [{ id: ROOT, name: "Works" }] };
export const pressRef = {
  id: PRESS,
  name: "press-01",
  kind: "device",
  path: [
    { id: ROOT, name: "Works" },
    { id: PLANT, name: "Plant 1" },
  ],
};
export const service = { id: SERVICE, name: "Service North", kind: "group" };
export const anna = { id: ANNA, name: "anna", kind: "user" };

export const entry = (n: number, changes: Readonly<Record<string, unknown>> = {}) => ({
  id: id(100 + n),
  resource: plantRef,
  principal: service,
  permission: "terminal",
  effect: "allow",
  from: null,
  until: null,
  window: null,
  origin: "entry",
  delegable: false,
  editable: true,
  etag: `e${n}`,
  ...changes,
});

export const user = (changes: Readonly<Record<string, unknown>> = {}) => ({
  id: ANNA,
  name: "anna",
  folder: { id: ROOT, name: "Works" },
  lastSignIn: "2026-02-01T08:00:00Z",
  pending: false,
  groups: [{ id: SERVICE, name: "Service North" }],
  groupCount: Array.isArray(changes.groups) ? changes.groups.length : 1,
  owner: false,
  permissions: ["see-users", "manage-users"],
  etag: "u1",
  ...changes,
});

export const group = (changes: Readonly<Record<string, unknown>> = {}) => ({
  id: SERVICE,
  name: "Service North",
  description: "Engineers of the north",
  folder: { id: ROOT, name: "Works" },
  builtIn: false,
  members: 1,
  permissions: ["see-users", "manage-users"],
  etag: "g1",
  ...changes,
});

export const accessRequest = (changes: Readonly<Record<string, unknown>> = {}) => ({
  id: id(300),
  resource: pressRef,
  user: { id: BEN, name: "ben" },
  permissions: ["control-desktop"],
  reason: "Valve stuck",
  until: "2099-01-01T10:00:00Z",
  state: "open",
  decidedBy: null,
  decision: null,
  created: "2026-02-01T08:00:00Z",
  etag: "r1",
  ...changes,
});

export const list = (...items: readonly unknown[]) => ({ json: { items, next: null } });

const folder = (
  ref: Readonly<Record<string, unknown>> & { readonly name: string },
  parent: string | null,
  permissions: readonly string[],
) => ({
  ...ref,
  description: "",
  parent,
  children: parent === null ? 1 : 0,
  devices: 214,
  permissions,
  inherit: true,
  quota: null,
  etag: "f1",
});

/** The answers that every page of access needs; `permissions` is what the caller may do on the folders. */
export function domain(
  api: FakeApi,
  permissions: readonly string[] = ["see-resources", "manage-users", "manage-permissions"],
): FakeApi {
  const root = folder(rootRef, null, permissions);
  const plant = folder(plantRef, ROOT, permissions);
  const press = {
    uid: PRESS,
    name: "press-01",
    folder: PLANT,
    folderName: "Plant 1",
    state: "online",
    permissions,
    tools: [],
    inherit: false,
    etag: "d1",
  };
  const missing = { status: 404, json: { type: "urn:bascule:problem:not-found", status: 404 } };
  return api
    .on("GET /api/me", {
      json: {
        user: { id: ANNA, name: "anna" },
        domain: { id: id(9), name: "works" },
        csrf: "c",
        administer: false,
        permissions: { domain: permissions, anywhere: permissions },
      },
    })
    .on("GET /api/permissions", { json: catalogue })
    .on("GET /api/folders", ({ query }) => {
      if (query.parent !== undefined) return list(...(query.parent === ROOT ? [plant] : []));
      const q = query.q;
      return q === undefined
        ? list(root)
        : list(...[root, plant].filter((each) => each.name.toLowerCase().includes(q)));
    })
    .on("GET /api/folders/*", (_sent, at) => (at === ROOT ? { json: root } : at === PLANT ? { json: plant } : missing))
    .on("GET /api/devices", list(press))
    .on("GET /api/devices/*", (_sent, at) => (at === PRESS ? { json: press } : missing))
    .on("GET /api/users", list(user(), user({ id: BEN, name: "ben", groups: [], lastSignIn: null, pending: true })))
    .on("GET /api/users/*", (_sent, at) => ({ json: user({ id: at }) }))
    .on("GET /api/users/*/qualifications", {
      json: { items: [{ name: "High voltage", until: "2020-12-31" }], etag: "u1" },
    })
    .on("GET /api/users/*/account", {
      json: { exists: true, enabled: true, expires: null, available: true, email: null, factors: [] },
    })
    .on("GET /api/users/*/sign-ins", list())
    .on("GET /api/users/*/tokens", list())
    .on("GET /api/fixed-relays/*", { json: { relay: null, own: false, folder: null, etag: "u1" } })
    .on("GET /api/groups", list(group(), group({ id: OWNERS, name: "Owners", builtIn: true })))
    .on("GET /api/groups/*", (_sent, at) => ({ json: group({ id: at }) }))
    .on("GET /api/groups/*/members", list(anna))
    .on("GET /api/access/entries", list())
    .on("GET /api/folders/*/cut-off", list())
    .on("GET /api/access/requests", list())
    .on("GET /api/users/*/deletion", { json: principalLosses() })
    .on("GET /api/groups/*/deletion", { json: principalLosses() })
    .on("POST /api/access/preview", { json: { effects: [], ownersLeft: true, sessionsEnding: 0 } });
}

/** What goes with a user or a group. */
export function principalLosses(some: Record<string, number> = {}) {
  const none = {
    entries: 0,
    memberships: 0,
    qualifications: 0,
    apiTokens: 0,
    accessRequests: 0,
    settings: 0,
    signIns: 0,
    signInRules: 0,
    sessions: 0,
  };
  return { ...none, ...some };
}
