import { readFileSync } from "node:fs";
import { afterEach, expect, test, vi } from "vitest";
import { deviceCountsQuery, devicesQuery, foldersBelowQuery, meQuery, newQueryClient } from "../app/queries";
import { countsQueryOf, deviceQueryOf, readDeviceFilter } from "../pages/devices/filter";
import { takeEarly, takeEarlyChannel } from "./early";
import { request } from "./http";

const script = readFileSync(new URL("../../public/early.js", import.meta.url), "utf8");

class EarlySocket {
  static readonly CONNECTING = 0;
  onmessage: ((message: { data: string }) => void) | null = null;
  static readonly OPEN = 1;
  readyState = EarlySocket.OPEN;
  readonly close = () => {
    this.readyState = 3;
  };
  constructor(readonly url: string) {
    opened.push(this);
  }
}

let opened: EarlySocket[] = [];

/** Runs what the page runs first, at this address, and gives what it asked for. */
function runEarly(pathname: string, search = ""): string[] {
  const asked: string[] = [];
  const answer = async (address: string) => {
    asked.push(address);
    return new Response(JSON.stringify({ early: address }));
  };
  const document = { documentElement: { classList: { toggle: () => false } } };
  const run = new Function("location", "document", "localStorage", "matchMedia", "fetch", "WebSocket", script);
  const location = { pathname, search, protocol: "https:", host: "bascule.example" };
  run(location, document, { getItem: () => null }, () => ({ matches: false }), answer, EarlySocket);
  return asked;
}

afterEach(() => {
  globalThis.basculeEarly = undefined;
  globalThis.basculeEarlyChannel = undefined;
  opened = [];
  vi.unstubAllGlobals();
});

test("asks early for exactly what the list of devices asks for", async () => {
  const early = runEarly("/devices");
  const asked: string[] = [];
  globalThis.basculeEarly = undefined;
  vi.stubGlobal("fetch", async (address: string) => {
    asked.push(address);
    return new Response(null, { status: 204 });
  });
  const client = newQueryClient();
  const filter = readDeviceFilter(new URLSearchParams());
  await client.prefetchQuery(meQuery);
  await client.prefetchQuery(devicesQuery(deviceQueryOf(filter)));
  await client.prefetchQuery(deviceCountsQuery(countsQueryOf(filter)));
  await client.prefetchInfiniteQuery(foldersBelowQuery(null));
  expect(early).toEqual(asked);
});

test("asks for nothing elsewhere", () => {
  expect(runEarly("/login")).toEqual([]);
  expect(runEarly("/devices", "?q=pump")).toEqual([]);
  expect(globalThis.basculeEarly).toBeUndefined();
  expect(opened).toEqual([]);
});

test("the live channel is opened first, keeps what it hears, and is taken once", () => {
  vi.stubGlobal("WebSocket", EarlySocket);
  runEarly("/devices");
  const [socket] = opened;
  expect(socket?.url).toBe("wss://bascule.example/api/events");
  socket?.onmessage?.({ data: "one" });
  const channel = takeEarlyChannel();
  expect(channel?.socket).toBe(socket);
  expect(channel?.heard).toEqual([{ data: "one" }]);
  expect(takeEarlyChannel()).toBeNull();
});

test("a channel that was closed is not taken, and it is closed before it keeps too much", () => {
  vi.stubGlobal("WebSocket", EarlySocket);
  runEarly("/devices");
  for (let i = 0; i <= 1_000; i++) opened[0]?.onmessage?.({ data: "one" });
  expect(takeEarlyChannel()).toBeNull();
});

test("an early answer is taken once, by the request that it answers", async () => {
  runEarly("/devices");
  vi.spyOn(performance, "now").mockReturnValue(300);
  vi.stubGlobal("fetch", async () => new Response('{"late":true}'));
  expect((await request("GET", "/api/devices", { query: { sort: "name", limit: 50 } })).value).toEqual({
    early: "/api/devices?sort=name&limit=50",
  });
  expect((await request("GET", "/api/devices", { query: { sort: "name", limit: 50 } })).value).toEqual({ late: true });
  expect((await request("POST", "/api/me")).value).toEqual({ late: true });
  expect((await request("GET", "/api/me")).value).toEqual({ early: "/api/me" });
});

test("without an answer, or much later, it is asked again", async () => {
  globalThis.basculeEarly = new Map<string, Promise<Response | null>>([
    ["/api/me", Promise.resolve(null)],
    ["/api/tags", Promise.resolve(new Response("{}"))],
  ]);
  expect(await takeEarly("/api/me")).toBeNull();
  vi.spyOn(performance, "now").mockReturnValue(2_001);
  expect(await takeEarly("/api/tags")).toBeNull();
  expect(globalThis.basculeEarly.size).toBe(0);
});
