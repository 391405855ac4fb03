// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage, says } from "../../app/testing/page";
import { absoluteTime } from "../../app/time";
import { AuditPage } from "./AuditPage";

const UID = "01900000-0000-7000-8000-000000000001";

const id = (n: number) => UID.replace(/1$/, String(n));
const BEN = id(2);
const PLANT = id(3);
const PRESS = id(4);

const ROW = {
  id: "01900000-0000-7000-8000-0000000000aa",
  time: "2026-01-31T12:00:00.123Z",
  code: "device.update",
  outcome: "success",
  user: { id: UID, name: "anna" },
  resource: { id: UID, name: "<img src=x onerror=alert(1)>" },
  address: "192.0.2.7",
  detail: "moved",
  session: null,
  changes: { name: { before: "old\u202E", after: "<b>new</b>" } },
  seq: 41,
};

const CONNECTION = {
  sid: "0".repeat(32),
  device: { uid: PRESS, name: "press-1" },
  user: { id: BEN, name: "anna" },
  operations: ["terminal"],
  started: "2026-01-02T03:04:05Z",
  ended: "2026-01-02T03:05:05Z",
};

const WHOLE = {
  sealed: 1234,
  head: "2026-01-31T12:00:01Z",
  waitingSince: null,
  waitingSeconds: 0,
  missing: 0,
  stopped: null,
};

const BEHIND = { ...WHOLE, waitingSince: "2026-01-31T12:00:02Z", waitingSeconds: 61 };

const line = (changes: object = {}) => ({
  user: "anna",
  userId: UID,
  device: "pump",
  deviceUid: PLANT,
  folder: { id: PLANT, name: "Plant" },
  sessions: 3,
  seconds: 7_265,
  bytesIn: 10,
  bytesOut: 20,
  ...changes,
});

let api: FakeApi;

beforeEach(() => {
  api = new FakeApi();
  may(["view-operations-log"], ["view-connection-log", "view-operations-log"]);
  sealing(WHOLE);
  api.on("GET /api/audit", { json: { items: [ROW], next: "abc" } });
});

function sealing(domain: object, installation: object = WHOLE): void {
  api.on("GET /api/audit/sealing", { json: { ...domain, installation } });
}

function may(domain: readonly string[], anywhere: readonly string[]): void {
  const permissions = { domain, anywhere };
  api.on("GET /api/me", {
    json: { user: { id: UID, name: "anna" }, domain: { id: UID, name: "d" }, csrf: "c", permissions },
  });
}

const open = (address = "/audit", language: "en" | "de" = "en") =>
  renderPage("/audit", address, <AuditPage />, { language });

describe("audit page", () => {
  it("shows values before and after as text, and the place in the tree", async () => {
    const { container } = open();
    await userEvent.click(await screen.findByRole("button", { name: /details/i }));
    const changes = within(await screen.findByRole("grid", { name: "Changes" }));
    expect(changes.getByText("<b>new</b>")).toBeDefined();
    expect(container.querySelector("img, b")).toBeNull();
    expect(container.textContent).not.toContain("\u202E");
    expect(screen.getByText("41")).toBeDefined();
    await expectAccessible();
  });

  it.each([
    ["en", "Changes", ["Asking for help until", "ID of the folder", "unheardOf"]],
    ["de", "Änderungen", ["Hilferufe bis", "ID des Ordners", "unheardOf"]],
  ] as const)(
    "says what has changed in the language of the page (%s), and names what it does not know as it is",
    async (language, title, names) => {
      const value = { before: null, after: "1" };
      const changes = { assistanceUntil: value, folderId: value, unheardOf: value };
      api.on("GET /api/audit", { json: { items: [{ ...ROW, changes }], next: null } });
      open("/audit", language);
      await userEvent.click(await screen.findByRole("button", { name: /details/i }));
      const rows = within(await screen.findByRole("grid", { name: title })).getAllByRole("row");
      expect(rows.slice(1).map((row) => within(row).getAllByRole("cell")[0]?.textContent)).toEqual(names);
    },
  );

  it("goes on with the cursor and says how far the log is sealed", async () => {
    const { router } = open("/audit?code=login");
    expect(await screen.findByText(/1,234 records are sealed/)).toBeDefined();
    await userEvent.click(await screen.findByRole("link", { name: /next/i }));
    expect(router.state.location.search).toContain("cursor=abc");
    expect(api.of("GET", "/api/audit").at(-1)?.query).toMatchObject({ cursor: "abc", code: "login", limit: "50" });
  });

  it("warns of a log that is not sealed any more, and of one that is sealed late", async () => {
    const { unmount } = open();
    await screen.findByText(/1,234 records are sealed/);
    expect(screen.queryByText(/not sealed any more|behind|missing/)).toBeNull();
    unmount();
    sealing({ ...BEHIND, stopped: "tree-changed" });
    const again = open();
    expect(await screen.findByText("The audit log of your domain is not sealed any more")).toBeDefined();
    expect(screen.getByText(/somebody has changed the database/)).toBeDefined();
    expect(screen.getByText(/The oldest record has waited since/)).toBeDefined();
    await expectAccessible();
    again.unmount();
    sealing({ ...BEHIND, waitingSeconds: 60 }, { ...BEHIND, missing: 2 });
    open("/audit", "de");
    expect(await screen.findByText("Das Versiegeln des Protokolls der Installation ist im Rückstand")).toBeDefined();
    expect(screen.getByText(/nicht da waren: 2/)).toBeDefined();
    expect(screen.queryByText(/Ihrer Domäne/)).toBeNull();
  });

  it("offers files with the filter in force", async () => {
    open("/audit?code=login&outcome=denied&q=x");
    const link = await screen.findByRole("link", { name: "Export as CSV" });
    expect(link.getAttribute("href")).toBe("/api/audit/export?q=x&code=login&outcome=denied&format=csv");
  });

  it("says that a search may find more further back", async () => {
    api.on("GET /api/audit", { json: { items: [], next: "abc" } });
    open("/audit?q=needle");
    expect(await screen.findByText("Nothing found so far")).toBeDefined();
  });

  it("says the same of the connections", async () => {
    api.on("GET /api/connections", { json: { items: [], next: "abc" } });
    open("/audit?log=connections&q=needle");
    expect(await screen.findByText("Nothing found so far")).toBeDefined();
    expect(screen.queryByText("No records")).toBeNull();
  });

  it.each([
    ["operations", "/api/audit", ROW, "Search further", "en"],
    ["connections", "/api/connections", CONNECTION, "Weiter zurück suchen", "de"],
  ] as const)("searches the %s further back until something is found", async (log, path, row, button, language) => {
    api.on(`GET ${path}`, ({ query }) => {
      const page = Number(query.cursor ?? "0");
      if (page === 4) return { json: { items: [row], next: "5", reached: "2021-01-31T12:00:00Z" } };
      return { json: { items: [], next: `${page + 1}`, reached: `${2025 - page}-01-31T12:00:00Z` } };
    });
    const { router } = open(`/audit?log=${log}&q=needle`, language);
    expect((await screen.findByRole("status")).textContent).toContain("2025");
    await userEvent.click(screen.getByRole("button", { name: button }));
    expect((await screen.findAllByText("anna")).length).toBeGreaterThan(0);
    expect(api.of("GET", path).map(({ query }) => query.cursor)).toEqual([undefined, "1", "2", "3", "4"]);
    expect(new Set(api.of("GET", path).map(({ query }) => query.q))).toEqual(new Set(["needle"]));
    expect(router.state.location.search).toContain("cursor=4");
    await userEvent.click(screen.getByRole("link", { name: /previous|zurück|vorige/i }));
    expect(router.state.location.search).not.toContain("cursor");
    await expectAccessible();
  });

  it("shows how far a search is, stops it, and goes on from there", async () => {
    let last = Number.POSITIVE_INFINITY;
    const reached = (page: number) => new Date(Date.UTC(2026, 0, 31) - page * 86_400_000);
    api.on("GET /api/audit", ({ query }) => {
      const page = Number(query.cursor ?? "0");
      return { json: { items: [], next: page < last ? `${page + 1}` : null, reached: reached(page).toISOString() } };
    });
    // an answer takes its time, so that somebody can press a button meanwhile
    const { fetch } = globalThis;
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      await new Promise((arrived) => setTimeout(arrived, 20));
      return fetch(url, init);
    });
    const { router } = open("/audit?q=needle");
    await userEvent.click(await screen.findByRole("button", { name: "Search further" }));
    await waitFor(() => expect(screen.getByRole("status").textContent).not.toContain("Jan 31, 2026"));
    await userEvent.click(screen.getByRole("button", { name: /Cancel/ }));
    const at = await waitFor(() => {
      const page = Number(new URLSearchParams(router.state.location.search).get("cursor"));
      expect(page).toBeGreaterThan(0);
      expect(screen.getByRole("status").textContent).toContain(absoluteTime(reached(page), "en"));
      return page;
    });
    last = at + 3;
    await userEvent.click(screen.getByRole("button", { name: "Search further" }));
    expect(await screen.findByText("No records")).toBeDefined();
    expect(router.state.location.search).toContain(`cursor=${last}`);
    expect(api.of("GET", "/api/audit").map(({ query }) => Number(query.cursor ?? "0"))).toEqual(
      Array.from({ length: last + 1 }, (_, page) => page),
    );
  });

  it.each([
    ["operations", "/api/audit", ROW, { type: "audit" }],
    [
      "connections",
      "/api/connections",
      CONNECTION,
      { type: "session", sid: CONNECTION.sid, device: PRESS, state: "ended" },
    ],
  ] as const)("goes on searching the %s while new ones come", async (log, path, row, event) => {
    let firsts = 0;
    api.on(`GET ${path}`, ({ query }) => {
      // what is new moves the end of the first page
      if (query.cursor === undefined) return { json: { items: [], next: `first-${++firsts}` } };
      return { json: query.cursor === "third" ? { items: [row], next: null } : { items: [], next: "third" } };
    });
    const { fetch } = globalThis;
    let arrive = () => {};
    const arrival = new Promise<void>((arrives) => {
      arrive = arrives;
    });
    vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
      if (url.includes("cursor=first-1")) await arrival;
      return fetch(url, init);
    });
    open(`/audit?log=${log}&q=needle`);
    await userEvent.click(await screen.findByRole("button", { name: "Search further" }));
    says(event);
    await waitFor(() => expect(firsts).toBe(2));
    expect(screen.getByRole("button", { name: /Cancel/ })).toBeDefined();
    arrive();
    expect((await screen.findAllByText("anna")).length).toBeGreaterThan(0);
    expect(api.of("GET", path).map(({ query }) => query.cursor)).toEqual([undefined, undefined, "first-1", "third"]);
  });

  it("says that a search broke off, and goes on where it was, whatever has come meanwhile", async () => {
    let fails = true;
    api.on("GET /api/audit", ({ query }) => {
      if (query.cursor === "2" && fails) return problem(500, "internal");
      return query.cursor === "3"
        ? { json: { items: [ROW], next: null } }
        : { json: { items: [], next: `${Number(query.cursor ?? "0") + 1}` } };
    });
    open("/audit?q=needle");
    await userEvent.click(await screen.findByRole("button", { name: "Search further" }));
    expect(await screen.findByText("The audit log could not be loaded")).toBeDefined();
    fails = false;
    says({ type: "audit" });
    const cursors = () => api.of("GET", "/api/audit").map(({ query }) => query.cursor);
    await waitFor(() => expect(cursors()).toEqual([undefined, "1", "2", undefined]));
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect((await screen.findAllByText("anna")).length).toBeGreaterThan(0);
    expect(cursors()).toEqual([undefined, "1", "2", undefined, "2", "3"]);
  });

  it("keeps the connection log apart, with its own refusal", async () => {
    api.on("GET /api/audit", problem(403, "forbidden"));
    api.on("GET /api/connections", { json: { items: [], next: null } });
    api.on("GET /api/users/*", problem(404, "not-found"));
    open(`/audit?log=connections&user=${UID}`);
    expect(await screen.findByText("No records")).toBeDefined();
    expect(api.of("GET", "/api/audit")).toEqual([]);
    expect(api.of("GET", "/api/connections")[0]?.query).toEqual({ user: UID, limit: "50" });
  });

  it("opens on what the reader may read, and offers no more", async () => {
    may([], ["view-connection-log"]);
    api.on("GET /api/connections", { json: { items: [], next: null } });
    open("/audit?log=operations");
    expect(await screen.findByText("No records")).toBeDefined();
    expect(screen.getAllByRole("tab").map((tab) => tab.textContent)).toEqual(["Connections", "Report"]);
    expect(api.of("GET", "/api/audit")).toEqual([]);
  });

  it("says no to who may read nothing", async () => {
    may([], []);
    api.on("GET /api/audit", problem(403, "forbidden"));
    open();
    expect(await screen.findByText("The audit log could not be loaded")).toBeDefined();
    expect(screen.getAllByRole("tab").map((tab) => tab.textContent)).toEqual(["Operations"]);
  });

  it("is narrowed to a person and a resource that are found by name, and says their names", async () => {
    const folder = { id: PLANT, name: "Plant", path: [], permissions: [], etag: "1" };
    api
      .on("GET /api/users", { json: { items: [{ id: BEN, name: "ben" }], next: null } })
      .on("GET /api/users/*", problem(404, "not-found"))
      .on("GET /api/groups", { json: { items: [], next: null } })
      .on("GET /api/folders", { json: { items: [folder], next: null } })
      .on("GET /api/folders/*", { json: folder })
      .on("GET /api/devices", { json: { items: [], next: null } });
    const { router } = open("/audit?cursor=abc");
    await userEvent.type(await screen.findByRole("combobox", { name: "User" }), "be");
    await userEvent.click(await screen.findByRole("option", { name: /ben/ }));
    await userEvent.type(await screen.findByRole("combobox", { name: "Resource" }), "pl");
    await userEvent.click(await screen.findByRole("option", { name: /Plant/ }));
    await waitFor(() =>
      expect(api.of("GET", "/api/audit").at(-1)?.query).toEqual({ user: BEN, device: PLANT, limit: "50" }),
    );
    const resource = within(screen.getByRole("group", { name: "Resource" }));
    expect(await resource.findByText("Plant")).toBeDefined();
    await expectAccessible();
    await userEvent.click(resource.getByRole("button", { name: "Remove the filter Resource" }));
    expect(router.state.location.search).toBe(`?user=${BEN}`);
  });

  it("is narrowed to what was done to a person or a group, and keeps that in the address", async () => {
    const none = { json: { items: [], next: null } };
    api
      .on("GET /api/users", { json: { items: [{ id: BEN, name: "ben" }], next: null } })
      .on("GET /api/users/*", problem(404, "not-found"))
      .on("GET /api/groups", { json: { items: [{ id: PLANT, name: "Night\u202Eshift" }], next: null } })
      .on("GET /api/groups/*", { json: { id: PLANT, name: "Night\u202Eshift", folder: null, members: 0, etag: "1" } })
      .on("GET /api/folders", none)
      .on("GET /api/devices", none);
    const { router, container, unmount } = open("/audit?code=group.add-member");
    await userEvent.type(await screen.findByRole("combobox", { name: "Resource" }), "n");
    expect((await screen.findByRole("option", { name: /ben/ })).textContent).toContain("User");
    expect(screen.getByRole("option", { name: /Night/ }).textContent).toContain("Group");
    await expectAccessible();
    await userEvent.click(screen.getByRole("option", { name: /Night/ }));
    await waitFor(() =>
      expect(api.of("GET", "/api/audit").at(-1)?.query).toEqual({
        code: "group.add-member",
        resource: PLANT,
        limit: "50",
      }),
    );
    expect(router.state.location.search).toBe(`?code=group.add-member&principal=${PLANT}`);
    expect(screen.getByRole("link", { name: "Export as CSV" }).getAttribute("href")).toContain(`resource=${PLANT}`);
    expect(await within(screen.getByRole("group", { name: "Resource" })).findByText(/Night/)).toBeDefined();
    expect(container.textContent).not.toContain("\u202E");
    unmount();

    const again = open(`/audit?principal=${PLANT}`, "de");
    const resource = within(await screen.findByRole("group", { name: "Objekt" }));
    expect(await resource.findByText(/Night/)).toBeDefined();
    await expectAccessible();
    await userEvent.click(resource.getByRole("button", { name: /Objekt/ }));
    expect(again.router.state.location.search).toBe("");
  });

  it("asks connections nothing about people that something was done to", async () => {
    api.on("GET /api/connections", { json: { items: [], next: null } });
    open(`/audit?log=connections&principal=${BEN}`);
    expect(await screen.findByText("No records")).toBeDefined();
    expect(api.of("GET", "/api/connections")[0]?.query).toEqual({ limit: "50" });
    expect(await screen.findByRole("combobox", { name: "Device" })).toBeDefined();
  });

  it("names the person and the device of an address on the connections too", async () => {
    const connection = {
      sid: "0".repeat(32),
      device: { uid: PRESS, name: "press-1" },
      user: { id: BEN, name: "ben" },
      operations: ["terminal"],
      started: "2026-01-02T03:04:05Z",
      ended: "2026-01-02T03:05:05Z",
    };
    api.on("GET /api/connections", { json: { items: [connection], next: null } });
    open(`/audit?log=connections&user=${BEN}&device=${PRESS}`);
    expect(await within(await screen.findByRole("group", { name: "User" })).findByText("ben")).toBeDefined();
    expect(within(screen.getByRole("group", { name: "Device" })).getByText("press-1")).toBeDefined();
    expect(api.of("GET", "/api/connections")[0]?.query).toEqual({ user: BEN, device: PRESS, limit: "50" });
  });

  it("makes a report of a period, in German too", async () => {
    api.on("GET /api/audit/report", {
      json: {
        items: [line()],
        next: "more",
        restricted: true,
        operations: [{ code: "login", outcome: "denied", number: 5 }],
      },
    });
    open("/audit?log=report&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", "de");
    expect(await screen.findByText("pump")).toBeDefined();
    expect(screen.getByText("2:01:05")).toBeDefined();
    expect(screen.getByText("Das sind die 1 längsten Zeilen; es gibt mehr.")).toBeDefined();
    expect(screen.getByText(/Eine Sitzung zählt einmal/)).toBeDefined();
    expect(screen.getByText(/Geräte, die es nicht mehr gibt/)).toBeDefined();
    expect(screen.getByRole("button", { name: "Drucken" })).toBeDefined();
    await expectAccessible();
  });

  it("goes on with a report for as long as there are lines, and keeps them when one page fails", async () => {
    const page = (n: number, next: string | null) => ({
      json: {
        items: Array.from({ length: 2 }, (_, i) => line({ deviceUid: id(100 + 2 * n + i), device: `d${2 * n + i}` })),
        next,
        restricted: false,
        operations: next === "1" ? [{ code: "login", outcome: "denied", number: 5 }] : [],
      },
    });
    let fails = true;
    api.on("GET /api/audit/report", ({ query }) => {
      if (query.cursor === undefined) return page(0, "1");
      if (query.cursor === "1") return page(1, "2");
      return fails ? problem(503, "unavailable") : page(2, null);
    });
    open("/audit?log=report&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z");
    const table = within(await screen.findByRole("grid", { name: "Connections" }));
    const devices = () => table.getAllByRole("row").slice(1).length;
    expect(devices()).toBe(2);
    expect(screen.getByText("These are the 2 longest lines; there are more.")).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Show more lines" }));
    await waitFor(() => expect(devices()).toBe(4));
    await userEvent.click(screen.getByRole("button", { name: "Show more lines" }));
    expect(await screen.findByText("The report could not be made", {}, { timeout: 15_000 })).toBeDefined();
    expect(devices()).toBe(4);
    fails = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(devices()).toBe(6));
    expect(screen.queryByText(/there are more/)).toBeNull();
    expect(screen.getByRole("grid", { name: "Operations" })).toBeDefined();
    expect(api.of("GET", "/api/audit/report")[0]?.query.limit).toBe("200");
    await expectAccessible();
  });

  it("tells two of one name apart in a report", async () => {
    api.on("GET /api/audit/report", {
      json: {
        items: [
          line(),
          line({ deviceUid: PRESS, folder: { id: BEN, name: "<b>Office</b>" } }),
          line({ deviceUid: id(5) }),
          line({ userId: BEN }),
        ],
        next: null,
        restricted: false,
        operations: [],
      },
    });
    const { container } = open("/audit?log=report&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z");
    const table = within(await screen.findByRole("grid", { name: "Connections" }));
    const rows = table.getAllByRole("row").slice(1);
    expect(rows).toHaveLength(4);
    expect(rows[0]?.textContent).toContain("anna…00000001pumpPlant…00000003");
    expect(rows[1]?.textContent).toContain("pump<b>Office</b>3");
    expect(rows[2]?.textContent).toContain("pumpPlant…00000005");
    expect(rows[3]?.textContent).toContain("anna…00000002pump");
    expect(container.querySelector("td b")).toBeNull();
    expect(screen.queryByText(/devices that are gone/)).toBeNull();
    await expectAccessible();
  });

  it("makes a report of one folder where the reader may, and of the whole domain again", async () => {
    const folder = (n: number, name: string, permissions: string[]) => ({
      id: id(n),
      name,
      path: [],
      permissions,
      etag: "1",
    });
    const plant = folder(3, "Plant", ["view-connection-log"]);
    api
      .on("GET /api/folders", { json: { items: [plant, folder(5, "Office", [])], next: null } })
      .on("GET /api/folders/*", { json: plant })
      .on("GET /api/audit/report", { json: { items: [], next: null, restricted: false, operations: [] } });
    const { router } = open("/audit?log=report&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z");
    await userEvent.click(await screen.findByRole("combobox", { name: /^Folder/ }));
    const office = await screen.findByRole("option", { name: /Office/ });
    expect(office.getAttribute("aria-disabled")).toBe("true");
    await userEvent.click(screen.getByRole("option", { name: /Plant/ }));
    await waitFor(() => expect(api.of("GET", "/api/audit/report").at(-1)?.query.folder).toBe(PLANT));
    expect(within(await screen.findByRole("article")).getByText("Plant")).toBeDefined();
    await expectAccessible();
    await userEvent.click(screen.getByRole("button", { name: "Show the whole domain" }));
    await waitFor(() => expect(router.state.location.search).not.toContain("folder"));
    await waitFor(() => expect(api.of("GET", "/api/audit/report")[0]?.query.folder).toBeUndefined());
  });
});
