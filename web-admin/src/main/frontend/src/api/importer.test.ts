import { describe, expect, it } from "vitest";
import { importAssistance } from "./assistance";
import { importAuditPage } from "./audit";
import {
  importBulkResult,
  importDevice,
  importDeviceCounts,
  importDeviceDetail,
  importDevices,
  isSwitchedOff,
} from "./device";
import { importNewEnrolmentToken } from "./enrolment";
import { importLiveEvent } from "./event";
import { importFolder, importFolderDeletion, importFolders } from "./folder";
import { ImportError } from "./importer";
import { importMe } from "./me";
import { importPairing, pairingCode } from "./pairing";
import { importRemoteSession } from "./session";
import { importSubDevice } from "./subDevice";

const UID = "01900000-0000-7000-8000-000000000001";

const device = {
  uid: UID,
  name: "press-01",
  description: "",
  tags: ["spindle", "shift b"],
  folder: "f",
  folderName: "Line 1",
  state: "online",
  lastSeen: "2026-01-02T03:04:05.678Z",
  version: "0.1.0",
  os: "Debian",
  account: "operator",
  quarantined: false,
  revoked: false,
  hardware: "bound",
  fingerprint: "3f2a 91bc 07de 55a1",
  assistance: null,
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
    const ownerSwitch = { on: true, mode: null, until: null, reason: "" };
    expect(rest).toEqual({ ...device, claimed: null, ownerSwitch, lastSeen: undefined, unknown: undefined });
  });

  it("takes null and missing alike where a member is optional", () => {
    const { os: _os, ...without } = device;
    expect(importDevice(without).os).toBeNull();
    expect(importDevice({ ...device, lastSeen: null, account: null }).lastSeen).toBeNull();
  });

  it("knows whether its owner has switched it off", () => {
    const until = "2026-01-02T03:04:05Z";
    const off = importDevice({ ...device, switch: { on: false, mode: "as-left", until, reason: "welding" } });
    expect(off.ownerSwitch).toEqual({ on: false, mode: "as-left", until: new Date(until), reason: "welding" });
    expect(isSwitchedOff(off, Date.parse(until) - 1)).toBe(true);
    expect(isSwitchedOff(off, Date.parse(until))).toBe(false);
    const forGood = importDevice({ ...device, switch: { on: false, mode: null, until: null, reason: null } });
    expect(isSwitchedOff(forGood)).toBe(true);
    expect(isSwitchedOff(importDevice({ ...device, switch: { on: true, mode: "always" } }))).toBe(false);
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
    ["an unknown hardware state", { ...device, hardware: "melted" }, "hardware: not one of bound, changed, unknown"],
    ["tags that are numbers", { ...device, tags: [1] }, "tags[0]: not a text"],
    [
      "a call for assistance whose id is a path",
      { ...device, assistance: { id: "..", state: "open" } },
      "assistance.id: not a text",
    ],
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
  it("reads a slice of devices", () => {
    expect(importDevices({ items: [device], next: "eyJ" })).toMatchObject({ items: [{ uid: UID }], next: "eyJ" });
    expect(refusal(() => importDevices({ items: [], next: "a".repeat(3_000) }))).toBe("next: text is too long");
    expect(refusal(() => importDevices({ next: null }))).toBe("items: not a list");
  });

  it("reads counts, and refuses those that are negative or broken", () => {
    const counts = { online: 3, offline: 2, quarantined: 0, assistance: 1, alarm: 1, total: 5 };
    expect(importDeviceCounts(counts)).toEqual(counts);
    expect(refusal(() => importDeviceCounts({ ...counts, online: -1 }))).toBe("online: not a count");
    expect(refusal(() => importDeviceCounts({ ...counts, total: undefined }))).toBe("total: not a number");
  });

  it("reads what became of each device of many", () => {
    const refused = [{ uid: UID, type: "urn:bascule:problem:precondition-failed", detail: "Changed." }];
    expect(importBulkResult({ done: [UID], refused })).toEqual({
      done: [UID],
      refused: [{ uid: UID, code: "precondition-failed", detail: "Changed." }],
    });
    expect(refusal(() => importBulkResult({ done: ["x"], refused }))).toBe("done[0]: not a text");
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
          changes: { name: { before: "\u202Ea", after: null } },
          seq: 7,
        },
      ],
      next: "abc",
    });
    expect(page.items[0]).toMatchObject({ user: null, detail: "\u001b]0;title\u0007", address: null });
    expect(page.items[0]?.resource?.name).toBe("\u202Eevil");
    expect(page.items[0]?.changes).toEqual([{ field: "name", before: "\u202Ea", after: null }]);
    expect(page.items[0]?.seq).toBe(7);
    expect(page.next).toBe("abc");
  });

  it("reads who is signed in, with the time in either form", () => {
    const permissions = { domain: ["terminal"], anywhere: ["terminal", "vpn"] };
    const me = { user: { id: "u", name: "admin" }, domain: { id: "d", name: "demo" }, csrf: "c", permissions };
    expect(importMe(me)).toMatchObject({ administer: false, permissions, authTime: null });
    expect(importMe({ ...me, authentication: { authTime: 1 } }).authTime).toEqual(new Date(1000));
    expect(importMe({ ...me, authentication: { authTime: "1970-01-01T00:00:01Z" } }).authTime).toEqual(new Date(1000));
  });

  it("refuses an enrolment token without its line", () => {
    const token = { id: "i", folder: "f", token: "t", server: "s", expires: "2026-01-02T03:04:05Z", uses: 1 };
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
  const folder = { id: UID, name: "Line 1", children: 2, devices: 7, permissions: ["see-resources"], etag: 3 };

  it("are read with what is missing as its default", () => {
    expect(importFolders({ items: [folder], next: null }).items[0]).toEqual({
      ...folder,
      description: "",
      parent: null,
      path: [],
      inherit: true,
      quota: null,
      etag: "3",
    });
  });

  it("name their path", () => {
    expect(importFolder({ ...folder, path: [{ id: UID, name: "Plant" }] }).path).toEqual([{ id: UID, name: "Plant" }]);
    expect(refusal(() => importFolder({ ...folder, path: [{ id: "../x", name: "Plant" }] }))).toBe(
      "path[0].id: not a text",
    );
    expect(refusal(() => importFolder({ ...folder, id: "a/b" }))).toBe("id: not a text");
  });

  it("say what goes with them", () => {
    const counts = {
      folders: 1,
      devices: 2,
      subDevices: 3,
      users: 4,
      groups: 5,
      entries: 6,
      tokens: 7,
      sessions: 8,
      accessRequests: 9,
      assistance: 10,
      settings: 11,
      contracts: 12,
      apiTokens: 13,
      limitedTokens: 14,
      partnerFolders: 15,
      memberships: 16,
      qualifications: 17,
      signIns: 18,
      signInRules: 19,
    };
    expect(importFolderDeletion({ ...counts, names: ["press-01"] })).toEqual({
      ...counts,
      folders: 0,
      names: ["press-01"],
    });
    expect(refusal(() => importFolderDeletion({ ...counts, users: "4" }))).toBe("users: not a number");
  });
});

describe("pairing", () => {
  it.each([
    ["K7QF-2MXD", "K7QF-2MXD"],
    [" k7qf 2mxd ", "K7QF-2MXD"],
    ["k7qf\u20132mxd", "K7QF-2MXD"],
    ["K7QF2MX", null],
    ["K7QF-2MXD1", null],
    ["../../../", null],
    ["", null],
  ])("takes what was typed, %j, for the code %j", (typed, code) => expect(pairingCode(typed)).toBe(code));

  it("needs a fingerprint and a time", () => {
    const pairing = {
      code: "K7QF-2MXD",
      name: "press",
      fingerprint: "3f2a",
      words: ["acid"],
      expires: "2026-01-02T03:04:05Z",
    };
    expect(importPairing(pairing)).toMatchObject({ os: null, address: null, words: ["acid"] });
    expect(refusal(() => importPairing({ ...pairing, fingerprint: null }))).toBe("fingerprint: not a text");
  });
});

describe("assistance and sub-devices", () => {
  it("reads a call for help without any contact", () => {
    const call = {
      id: UID,
      device: { uid: UID, name: "press" },
      state: "open",
      raised: "2026-01-02T03:04:05Z",
      etag: "1",
    };
    expect(importAssistance(call)).toMatchObject({ text: "", contact: { name: null, phone: null, email: null } });
    expect(importAssistance({ ...call, contact: { phone: "+43 1" } }).contact.phone).toBe("+43 1");
    expect(refusal(() => importAssistance({ ...call, state: "lost" }))).toContain("state: not one of");
  });

  it("reads a sub-device with its services", () => {
    const sub = { id: UID, name: "plc", services: [{ kind: "http", port: 8080 }], etag: "1" };
    expect(importSubDevice(sub)).toMatchObject({ mac: null, ip: null, services: [{ kind: "http", port: 8080 }] });
    expect(refusal(() => importSubDevice({ ...sub, services: [{ kind: "gopher", port: 70 }] }))).toContain(
      "services[0].kind: not one of",
    );
  });
});
