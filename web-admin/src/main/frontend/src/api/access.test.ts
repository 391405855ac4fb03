import { describe, expect, it } from "vitest";
import { catalogue, entry, id, pressRef, rootRef, service } from "../pages/access/testing/samples";
import { importCatalogue, importEffectiveRights, importEntry, importPreview } from "./access";
import { importLiveEvent } from "./event";
import { ImportError } from "./importer";
import { importGroup, importQualifications, importUser } from "./people";
import { importPrincipal, importResourceRef } from "./principal";
import { importAccessRequest } from "./request";

const window = { days: ["mon", "sun"], start: "22:00", end: "24:00", zone: "Europe/Vienna" };

/** The path that the importer names for a value that it refuses. */
function refused(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ImportError) return error.path;
    throw error;
  }
  return "accepted";
}

describe("what the server says of access", () => {
  it("reads entries with and without limits", () => {
    const read = importEntry(entry(1, { window, until: "2026-03-01T00:00:00Z", etag: 7 }));
    expect(read.window).toEqual(window);
    expect(read.until).toEqual(new Date("2026-03-01T00:00:00Z"));
    expect(read.etag).toBe("7");
    expect(importEntry(entry(1)).window).toBeNull();
  });

  it.each([
    ["an unknown effect", { effect: "maybe" }, "effect"],
    ["an unknown day", { window: { ...window, days: ["someday"] } }, "window.days[0]"],
    ["an hour that is none", { window: { ...window, end: "25:00" } }, "window.end"],
    ["an id that leaves its path", { id: "../users" }, "id"],
    ["no principal", { principal: null }, ""],
    ["a principal of another kind", { principal: { ...service, kind: "robot" } }, "kind"],
    ["a time that is none", { until: "tomorrow" }, "until"],
    ["a word for true", { editable: "yes" }, "editable"],
  ])("refuses %s", (_name, changes, path) => {
    expect(refused(() => importEntry(entry(1, changes)))).toBe(path);
  });

  it("reads the catalogue, and refuses a kind that it does not know", () => {
    expect(importCatalogue(catalogue).presets[0]?.permissions).toContain("terminal");
    expect(importCatalogue(catalogue).permissions[2]?.freshFactor).toBe(true);
    const wrong = { items: [{ ...catalogue.items[0], kind: "magic" }], presets: [] };
    expect(refused(() => importCatalogue(wrong))).toBe("items[0].kind");
  });

  it("never invents what a preview did not say", () => {
    expect(refused(() => importPreview({ effects: [], sessionsEnding: 0 }))).toBe("ownersLeft");
    expect(refused(() => importPreview({ effects: [], ownersLeft: true }))).toBe("sessionsEnding");
    const effect = { principal: service, permission: "terminal", lost: -1, gained: 0, users: 1 };
    const withEffect = (one: object) => importPreview({ effects: [one], ownersLeft: true, sessionsEnding: 0 });
    expect(refused(() => withEffect(effect))).toBe("effects[0].lost");
    expect(refused(() => withEffect({ ...effect, lost: 0 }))).toBe("effects[0].placesLost");
  });

  it("keeps reasons that a newer server may add", () => {
    const rights = importEffectiveRights({
      user: { id: id(20), name: "anna" },
      resource: pressRef,
      items: [
        {
          permission: "terminal",
          granted: false,
          deciding: null,
          reason: "new",
          lost: [{ entry: entry(1), why: "x" }],
        },
      ],
    });
    expect(rights.items[0]?.reason).toBe("new");
    expect(rights.items[0]?.lost[0]?.why).toBe("x");
  });

  it("reads people, groups and qualifications", () => {
    const folder = { id: id(1), name: "Works" };
    const user = { id: id(20), name: "anna", folder, groupCount: 0, permissions: [], etag: "1" };
    expect(importUser(user)).toMatchObject({ pending: false, owner: false, groups: [], lastSignIn: null });
    expect(importUser({ ...user, folder: null }).folder).toBeNull();
    expect(refused(() => importUser({ ...user, folder: {} }))).toBe("folder.id");
    const group = { id: id(10), name: "G", folder, members: 2, permissions: [], etag: "1" };
    expect(importGroup(group)).toMatchObject({ builtIn: false, description: "" });
    expect(refused(() => importGroup({ ...group, members: 1.5 }))).toBe("members");
    expect(
      importQualifications({
        items: [
          { name: "A", until: "2026-01-31" },
          { name: "B", until: null },
        ],
        etag: "2",
      }),
    ).toEqual({
      items: [
        { name: "A", until: new Date("2026-01-31T23:59:59") },
        { name: "B", until: null },
      ],
      etag: "2",
    });
    expect(refused(() => importPrincipal({ id: id(1), name: 1, kind: "user" }))).toBe("name");
    expect(refused(() => importResourceRef({ ...rootRef, path: [{ id: "x", name: "y" }] }))).toBe("path[0].id");
  });

  it("reads requests, and who decided by name in either form", () => {
    const request = {
      id: id(300),
      resource: pressRef,
      user: { id: id(21), name: "ben" },
      permissions: ["terminal"],
      reason: "Valve",
      until: null,
      state: "approved",
      decidedBy: { id: id(20), name: "anna" },
      created: "2026-02-01T08:00:00Z",
      etag: "1",
    };
    expect(importAccessRequest(request).decidedBy).toBe("anna");
    expect(importAccessRequest({ ...request, decidedBy: "anna" }).decidedBy).toBe("anna");
    expect(refused(() => importAccessRequest({ ...request, state: "maybe" }))).toBe("state");
  });

  it("hears of requests and of changed rights", () => {
    expect(importLiveEvent({ type: "access-request", id: id(300), state: "open" })).toEqual({
      type: "access-request",
      id: id(300),
      state: "open",
    });
    expect(importLiveEvent({ type: "rights" })).toEqual({ type: "rights" });
    expect(refused(() => importLiveEvent({ type: "access-request", id: "x", state: "open" }))).toBe("id");
  });
});
