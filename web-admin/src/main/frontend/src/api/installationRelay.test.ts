import { describe, expect, it } from "vitest";
import { ImportError } from "./importer";
import { type InstallationRelay, importInstallationRelays, takesSessions } from "./installationRelay";

const bare = {
  id: "r1",
  url: "wss://r1.example",
  nativeUrl: "wss://r1.example",
  configured: true,
  state: "configured",
};
const flags = { drain: false, draining: false, silent: false };
const nothing = { name: null, words: null, lastHeartbeat: null };

describe("a relay of the installation", () => {
  it("says something of itself or nothing", () => {
    const said = {
      name: "One",
      region: "",
      version: "1",
      words: "a b",
      address: "192.0.2.1",
      firstSeen: "2026-01-02T03:04:05Z",
      lastHeartbeat: "2026-01-02T03:04:05.123456Z",
      capacity: 10,
      sessions: 2,
      bytesPerSecond: 0,
      processor: 3,
    };
    const [first, second] = importInstallationRelays({
      items: [
        { ...bare, ...flags, ...nothing },
        { ...bare, ...flags, ...said, regions: [{ region: "North", ms: 1.5, count: 2 }] },
      ],
    }).items;
    expect([first?.report, first?.regions]).toEqual([null, []]);
    expect(second?.report).toMatchObject({ name: "One", words: ["a", "b"], capacity: 10, processor: 3 });
    expect(second?.regions).toEqual([{ region: "North", ms: 1.5, count: 2 }]);
  });

  it.each([{ id: "../x" }, { id: "" }, { state: "other" }, { silent: null }, { lastHeartbeat: "now" }])(
    "is not read with %o",
    (wrong) => {
      expect(() => importInstallationRelays({ items: [{ ...bare, ...flags, ...nothing, ...wrong }] })).toThrow(
        ImportError,
      );
    },
  );

  it.each([
    [{ state: "approved" }, true],
    [{ state: "approved", silent: true }, false],
    [{ state: "approved", drain: true }, false],
    [{ state: "approved", draining: true, configured: true }, false],
    [{ state: "pending" }, false],
    [{ state: "refused", configured: true, silent: true }, true],
  ] as const)("with %o takes sessions: %s", (more, expected) => {
    const relay: InstallationRelay = { ...bare, ...flags, configured: false, report: null, regions: [], ...more };
    expect(takesSessions(relay)).toBe(expected);
  });
});
