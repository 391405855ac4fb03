import { describe, expect, it } from "vitest";
import { importAuditPage } from "./audit";
import { importDevice, importDeviceCounts, importDeviceDetail, importDevices } from "./device";
import { importNewEnrolmentToken } from "./enrolment";
import { importLiveEvent } from "./event";
import { flatten, folderPath, folderTree, importFolders } from "./folder";
import { ImportError } from "./importer";
import { importMe } from "./me";
import { importRemoteSession } from "./session";

const UID = "01900000-0000-7000-8000-000000000001";

const device = {
  uid: UID,
  name: "press-01",
  folder: "f",
  folderName: "Line 1",
  state: "online",
  lastSeen: "2026-01-02T03:04:05.678Z",
  version: "0.1.0",
  os: "Debian",
  account: "operator",
  description: null,
  tags: [],
  quarantined: false,
  fingerprint: "3f2a 91bc 07de 55a1",
  tools: ["terminal"],
  permissions: ["see-resources"],
  etag: "7",
};

function refusal(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ImportError) return error.message;
    throw error;
  }
  return "accepted";
}

describe("importDevice", () => {
  it("takes every member over and forgets unknown ones", () => {
    const { lastSeen, ...rest } = importDevice({ ...device, unknown: 1 });
    expect(lastSeen).toEqual(new Date("2026-01-02T03:04:05.678Z"));
    expect(rest).toEqual({ ...device, lastSeen: undefined, unknown: undefined });
  });

  it("takes null and missing alike where a member is optional", () => {
    const { os: _os, ...without } = device;
    expect(importDevice(without).os).toBeNull();
    expect(importDevice({ ...device, lastSeen: null, account: null }).lastSeen).toBeNull();
  });

  it("accepts a number as the version", () => {
    expect(importDevice({ ...device, etag: 12 }).etag).toBe("12");
  });

  const refused: readonly (readonly [string, unknown, string])[] = [
    ["no object", "x", "value: not an object"],
    ["null", null, "value: not an object"],
    ["a list", [], "value: not an object"],
    ["no name", { ...device, name: undefined }, "name: not a text"],
    ["a name that is a number", { ...device, name: 4 }, "name: not a text"],
    ["an unknown state", { ...device, state: "asleep" }, "state: not one of online, offline, quarantined"],
    ["a uid that is a path", { ...device, uid: "../me" }, "uid: not a text"],
    ["an upper-case uid", { ...device, uid: UID.toUpperCase().replace("0190", "0A90") }, "uid: not a text"],
    ["a time without a zone", { ...device, lastSeen: "2026-01-02T03:04:05" }, "lastSeen: not a time"],
    ["a time that does not exist", { ...device, lastSeen: "2026-13-02T03:04:05Z" }, "lastSeen: not a time"],
    ["tools that are a text", { ...device, tools: "terminal" }, "tools: not a list"],
    ["a tool that is an object", { ...device, tools: [{}] }, "tools[0]: not a text"],
    ["a name from the prototype", JSON.parse('{"__proto__":{"name":"x"}}'), "state: not a text"],
    ["a text without end", { ...device, name: "x".repeat(70_000) }, "name: text is too long"],
  ];
  it.each(refused)("refuses %s", (_name, value, message) => {
    expect(refusal(() => importDevice(value))).toBe(message);
  });
});

describe("importDeviceDetail", () => {
  it("accepts a device that has said nothing about itself", () => {
    const detail = importDeviceDetail({ ...device, inventory: null, certificate: null, addresses: [] });
    expect(detail.inventory).toBeNull();
    expect(detail.certificate).toBeNull();
  });

  it("accepts an inventory with any member missing", () => {
    const detail = importDeviceDetail({ ...device, inventory: { cpu: { cores: 4 }, disks: [{ size: 5 }] } });
    expect(detail.inventory?.cpu).toEqual({ name: null, cores: 4, threads: null });
    expect(detail.inventory?.disks).toEqual([{ name: null, model: null, size: 5 }]);
    expect(detail.inventory?.interfaces).toEqual([]);
  });

  it("names the place of what it refuses", () => {
    const inventory = { interfaces: [{ addresses: ["192.0.2.7", 5] }] };
    expect(refusal(() => importDeviceDetail({ ...device, inventory }))).toBe("interfaces[0].addresses[1]: not a text");
  });
});

describe("pages and the rest", () => {
  it("reads a page of devices and where it goes on", () => {
    const page = importDevices({
      items: [{ ...device, tags: ["hall-2"], description: "by the gate" }],
      next: "WyJhIl0",
    });
    expect(page.items).toMatchObject([{ uid: UID, tags: ["hall-2"], description: "by the gate" }]);
    expect(page.next).toBe("WyJhIl0");
    expect(importDevices({ items: [], next: null })).toEqual({ items: [], next: null });
  });

  it("reads counts, and refuses what are none", () => {
    const counts = { online: 100, offline: 29, quarantined: 1, total: 130 };
    expect(importDeviceCounts(counts)).toEqual(counts);
    expect(refusal(() => importDeviceCounts({ ...counts, online: -1 }))).toBe("online: not a count");
  });

  it("reads a session that has not started yet", () => {
    const session = importRemoteSession({
      sid: "0123456789abcdef0123456789abcdef",
      device: { uid: UID, name: "press-01" },
      user: { id: "u", name: "admin" },
      operations: ["terminal"],
    });
    expect(session.started).toBeNull();
    expect(session.bytesIn).toBeNull();
  });

  it("refuses a session id that is none", () => {
    const session = { sid: "../../me", device: { uid: UID, name: "" }, user: { id: "", name: "" }, operations: [] };
    expect(refusal(() => importRemoteSession(session))).toBe("sid: not a text");
  });

  it("keeps audit texts as they were sent", () => {
    const page = importAuditPage({
      items: [
        {
          id: "a",
          time: "2026-01-02T03:04:05Z",
          code: "some.future-code",
          outcome: "denied",
          user: null,
          resource: { id: UID, name: "\u202Eevil" },
          detail: "\u001b]0;title\u0007",
        },
      ],
      total: 1,
      page: 1,
      size: 50,
    });
    expect(page.items[0]).toMatchObject({ user: null, detail: "\u001b]0;title\u0007", address: null });
    expect(page.items[0]?.resource?.name).toBe("\u202Eevil");
  });

  it("reads who is signed in, with the time in either form", () => {
    const me = { user: { id: "u", name: "admin" }, domain: { id: "d", name: "demo" }, csrf: "c" };
    expect(importMe(me)).toMatchObject({ administer: false, authTime: null });
    expect(importMe({ ...me, authentication: { authTime: 1 } }).authTime).toEqual(new Date(1000));
    expect(importMe({ ...me, authentication: { authTime: "1970-01-01T00:00:01Z" } }).authTime).toEqual(new Date(1000));
  });

  it("refuses an enrolment token without its line", () => {
    const token = { id: "i", folder: "f", expires: "2026-01-02T03:04:05Z", uses: 1 };
    expect(refusal(() => importNewEnrolmentToken(token))).toBe("command: not a text");
  });

  it("reads live events and lets unknown types pass", () => {
    expect(importLiveEvent({ type: "device", uid: UID, state: "offline" })).toEqual({
      type: "device",
      uid: UID,
      state: "offline",
      lastSeen: null,
      name: null,
    });
    expect(importLiveEvent({ type: "weather" })).toBeNull();
    expect(refusal(() => importLiveEvent({ type: "device", uid: UID, state: "gone" }))).toContain("state");
  });
});

describe("folders", () => {
  const folder = (id: string, parent: string | null, devices = 0) => ({
    id,
    name: id,
    parent,
    devices,
    permissions: [],
  });

  it("stand as a tree with the devices below them", () => {
    const items = [folder("a", "r", 6), folder("r", null, 7), folder("b", "a", 4)];
    const tree = folderTree(importFolders({ items, next: null }).items);
    expect(flatten(tree).map((node) => [node.id, node.depth, node.devices])).toEqual([
      ["r", 0, 7],
      ["a", 1, 6],
      ["b", 2, 4],
    ]);
  });

  it("stand at the top when what is above is not seen", () => {
    expect(folderTree([folder("a", "hidden")]).map((node) => node.id)).toEqual(["a"]);
  });

  it("do not hang the page when they form a loop", () => {
    const loop = [folder("a", "b"), folder("b", "a")];
    expect(folderTree(loop)).toEqual([]);
    expect(folderPath(loop, "a").map((each) => each.id)).toEqual(["b", "a"]);
  });
});
