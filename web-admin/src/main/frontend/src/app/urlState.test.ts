import { describe, expect, it } from "vitest";
import { auditQueryOf, readAuditFilter } from "../pages/audit/filter";
import { countsQueryOf, deviceQueryOf, isNarrowed, readDeviceFilter } from "../pages/devices/filter";
import { toLocalInput, toUtc } from "./localTime";
import { safeNext } from "./signIn";
import { readPosition, withSearch } from "./urlState";

const search = (text: string) => new URLSearchParams(text);
const FOLDER = "01900000-0000-7000-8000-000000000003";

describe("the size of a page", () => {
  it.each([
    ["", 50],
    ["size=100", 100],
    ["size=1e2", 50],
    ["size=7", 50],
    ["size=201", 50],
  ])("of %j is %d rows", (text, size) => {
    expect(readPosition(search(text))).toEqual({ cursor: null, size });
  });
});

describe("withSearch", () => {
  it("goes back to the first page when anything else changes", () => {
    expect(withSearch(search("cursor=x&q=a"), { q: "b" }).toString()).toBe("q=b");
    expect(withSearch(search("cursor=x&q=a"), { cursor: "y" }).toString()).toBe("cursor=y&q=a");
  });

  it("leaves out what is the default, so that equal views have equal addresses", () => {
    expect(withSearch(search("q=a&state=online&size=20"), { q: "", state: null, size: 50 }).toString()).toBe("");
    expect(withSearch(search("state=online"), { q: "a" }).toString()).toBe(
      withSearch(search("q=a"), { state: "online" }).toString(),
    );
  });
});

describe("the filter of the devices", () => {
  it("comes out of an address as it went in", () => {
    const address = withSearch(search(""), {
      folder: FOLDER,
      q: "a b&c",
      state: "online",
      sort: "-name",
      cursor: "eyJ",
    });
    const filter = readDeviceFilter(search(address.toString()));
    const { size, ...rest } = filter;
    expect(filter).toEqual({ folder: FOLDER, q: "a b&c", state: "online", sort: "-name", cursor: "eyJ", size: 50 });
    expect(deviceQueryOf(filter)).toEqual({ ...rest, limit: size });
    expect(countsQueryOf(filter)).toEqual({ folder: FOLDER, q: "a b&c" });
    expect(isNarrowed(filter)).toBe(true);
  });

  it("is the default where an address is not understood", () => {
    const filter = readDeviceFilter(search(`folder=../x&state=gone&sort=drop&q=${"x".repeat(500)}`));
    expect(filter).toEqual({ folder: null, q: "x".repeat(200), state: null, sort: "name", cursor: null, size: 50 });
  });

  it("does not ask the server for blanks", () => {
    expect(deviceQueryOf(readDeviceFilter(search("q=+++")))).toEqual({ sort: "name", limit: 50 });
  });
});

describe("the filter of the audit log", () => {
  it("comes out of an address as it went in", () => {
    const time = toUtc(new Date(Date.UTC(2026, 0, 2, 3, 4, 5)));
    expect(time).toBe("2026-01-02T03:04:05Z");
    const address = withSearch(search(""), {
      code: "session.start",
      outcome: "denied",
      user: FOLDER,
      from: time,
      to: time,
    });
    const filter = readAuditFilter(search(address.toString()));
    expect(auditQueryOf(filter)).toEqual({
      code: "session.start",
      outcome: "denied",
      user: FOLDER,
      from: time,
      to: time,
      limit: 50,
    });
  });

  it("is the default where an address is not understood", () => {
    const filter = readAuditFilter(
      search("code=<b>&outcome=maybe&user=me&device=x&from=yesterday&to=2026-99-99T00:00:00Z"),
    );
    expect(auditQueryOf(filter)).toEqual({ limit: 50 });
  });

  it("shows a time in the time of this place", () => {
    expect(toLocalInput(new Date(2026, 0, 2, 3, 4, 5))).toBe("2026-01-02T03:04");
    expect(toLocalInput(null)).toBe("");
  });
});

describe("the place to come back to after signing in", () => {
  it.each(["/devices", "/devices/x/terminal?a=b"])("may be %s", (next) => expect(safeNext(next)).toBe(next));
  it.each([
    "//evil.example",
    "/\\evil.example",
    "https://evil.example",
    "devices",
    "/a\\b",
    "/a\nb",
    `/${"x".repeat(3000)}`,
  ])("may not be %j", (next) => expect(safeNext(next)).toBeNull());
  it("may be missing", () => expect(safeNext(null)).toBeNull());
});

describe("the position in a list", () => {
  it.each([
    ["", null, 50],
    ["cursor=eyJ&size=20", "eyJ", 20],
    ["cursor=a%00b", null, 50],
    ["cursor=%2e%2e%2f", null, 50],
    [`cursor=${"a".repeat(2049)}`, null, 50],
  ])("of %j is %j with %d rows", (text, cursor, size) => {
    expect(readPosition(search(text))).toEqual({ cursor, size });
  });
});
