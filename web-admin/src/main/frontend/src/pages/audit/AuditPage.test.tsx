// @vitest-environment happy-dom
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { AuditPage } from "./AuditPage";

const UID = "01900000-0000-7000-8000-000000000001";

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

const HEAD = { tree: UID, size: 1234, root: "r", time: "2026-01-31T12:00:01Z", kid: "k", signature: "s" };

let api: FakeApi;

beforeEach(() => {
  api = new FakeApi();
  api.on("GET /api/me", { json: { user: { id: UID, name: "anna" }, domain: { id: UID, name: "d" }, csrf: "c" } });
  api.on("GET /api/audit/head", { json: HEAD });
  api.on("GET /api/audit", { json: { items: [ROW], next: "abc" } });
});

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

  it("goes on with the cursor and says how far the log is sealed", async () => {
    const { router } = open("/audit?code=login");
    expect(await screen.findByText(/1,234 records are sealed/)).toBeDefined();
    await userEvent.click(await screen.findByRole("link", { name: /next/i }));
    expect(router.state.location.search).toContain("cursor=abc");
    expect(api.of("GET", "/api/audit").at(-1)?.query).toMatchObject({ cursor: "abc", code: "login", limit: "50" });
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

  it("keeps the connection log apart, with its own refusal", async () => {
    api.on("GET /api/audit", problem(403, "forbidden"));
    api.on("GET /api/connections", { json: { items: [], next: null } });
    open(`/audit?log=connections&user=${UID}`);
    expect(await screen.findByText("No records")).toBeDefined();
    expect(api.of("GET", "/api/audit")).toEqual([]);
    expect(api.of("GET", "/api/connections")[0]?.query).toEqual({ user: UID, limit: "50" });
  });

  it("makes a report of a period, in German too", async () => {
    api.on("GET /api/audit/report", {
      json: {
        connections: [{ user: "anna", device: "pump", sessions: 3, seconds: 7_260, bytesIn: 10, bytesOut: 20 }],
        operations: [{ code: "login", outcome: "denied", number: 5 }],
      },
    });
    open("/audit?log=report&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", "de");
    expect(await screen.findByText("pump")).toBeDefined();
    expect(screen.getByText("2:01")).toBeDefined();
    expect(screen.getByRole("button", { name: "Drucken" })).toBeDefined();
    await expectAccessible();
  });
});
