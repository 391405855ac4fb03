// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { importRemoteSession } from "../../api/session";
import { FakeApi } from "../../app/testing/api";
import { domainOptions } from "../../app/testing/options";
import { renderPage } from "../../app/testing/page";
import { absoluteTime } from "../../app/time";
import { deviceId } from "../testing/directory";
import { SessionTable } from "./SessionTable";

const user = userEvent.setup();
const ME = { id: deviceId(70), name: "Ada" };
const OTHER = { id: deviceId(71), name: "Bo" };

const session = (n: number, of: typeof ME) =>
  importRemoteSession({
    sid: String(n).repeat(32),
    device: { uid: deviceId(1), name: "press-1" },
    user: of,
    operations: ["terminal"],
    account: null,
    reason: null,
    relay: null,
    relays: [],
    started: "2026-01-02T03:04:05Z",
    ended: null,
    endReason: null,
    clientAddress: null,
    deviceAddress: null,
    bytesIn: null,
    bytesOut: null,
  });

describe("the way of a session", () => {
  it("is shown beside its relay, as far as it was measured", () => {
    const over = {
      ...session(1, ME),
      relay: "relay-a",
      relays: ["relay-a", "another"],
      relayClientMs: 12,
      relayDeviceMs: 8,
      relayedFromClient: 2_000,
      relayedFromDevice: 3_000_000,
      relayedMillis: 3_909_000,
    };
    renderPage(
      "/sessions",
      "/sessions",
      <SessionTable
        sessions={[over, { ...session(2, OTHER), relay: "relay-b", relays: ["relay-b"] }]}
        label="Live"
        withDevice
      />,
    );
    expect(screen.getByText("12 ms + 8 ms")).toBeDefined();
    expect(screen.getByText("client to relay and back: 12 ms, device to relay and back: 8 ms")).toBeDefined();
    expect(document.body.textContent).toMatch(/2\sKB from the client, 2\.9\sMB from the device in 1:05:09/);
    expect(screen.getAllByText(/relay-/).map((cell) => cell.closest("td")?.textContent)).toEqual([
      expect.stringMatching(/relay-a 12 ms.* → another/),
      expect.stringMatching(/relay-b $/),
    ]);
  });
});

describe("the times of a session", () => {
  const started = new Date("2026-01-02T03:04:05Z");
  const ended = new Date("2026-01-02T04:09:14Z");
  const times = (language: "en" | "de", over: Date | null) => {
    const { unmount } = renderPage(
      "/sessions",
      "/sessions",
      <SessionTable sessions={[{ ...session(1, ME), started, ended: over }]} label="Log" withDevice />,
      { language },
    );
    const shown = screen.getAllByRole("time").map((time) => time.textContent);
    const row = screen.getAllByRole("row").at(-1)?.textContent;
    unmount();
    return { shown, row };
  };

  it("are when it began and when it ended, once it is over", () => {
    for (const language of ["en", "de"] as const) {
      const { shown, row } = times(language, ended);
      expect(shown).toEqual([absoluteTime(started, language), absoluteTime(ended, language)]);
      expect(row).toContain("1:05:09");
      expect(row).toContain(language === "en" ? "Ended: " : "Ende: ");
    }
  });

  it("are how long ago it began, while it runs", () => {
    const { shown, row } = times("en", null);
    expect(shown).toEqual([expect.stringMatching(/ago|year/)]);
    expect(row).not.toContain("Ended");
  });
});

let api: FakeApi;

beforeEach(() => {
  api = new FakeApi()
    .on("GET /api/me", {
      json: {
        user: ME,
        domain: { id: deviceId(60), name: "plant" },
        csrf: "c",
        permissions: { domain: [], anywhere: [] },
      },
    })
    .on("POST /api/sessions/*/end", { status: 204 });
});

function show(commentRequired: boolean) {
  api.on("GET /api/domain/options", { json: domainOptions({ commentRequired }) });
  renderPage(
    "/sessions",
    "/sessions",
    <SessionTable sessions={[session(1, ME), session(2, OTHER)]} label="Live" withDevice mayEnd={() => true} />,
  );
}

async function endOf(name: string) {
  await user.click(await screen.findByRole("button", { name: `End the session of ${name} on press-1` }));
  return within(await screen.findByRole("dialog", { name: /End this session\?$/ }));
}

describe("the end of a session", () => {
  it("is commented where the domain asks for it and the session is one's own", async () => {
    show(true);
    await waitFor(() => expect(api.of("GET", "/api/domain/options")).toHaveLength(1));
    const asks = await endOf("Ada");
    expect(asks.getByRole("button", { name: "End" })).toHaveProperty("disabled", true);
    await user.type(asks.getByRole("textbox", { name: /What was done/ }), "belt changed");
    await user.click(asks.getByRole("button", { name: "End" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ reason: "ended-by-user", comment: "belt changed" }]);
  });

  it("is not commented by an administrator", async () => {
    show(true);
    await waitFor(() => expect(api.of("GET", "/api/domain/options")).toHaveLength(1));
    const asks = await endOf("Bo");
    expect(asks.queryByRole("textbox")).toBeNull();
    await user.click(asks.getByRole("button", { name: "End" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ reason: "ended-by-administrator" }]);
  });

  it("needs no comment elsewhere", async () => {
    show(false);
    const asks = await endOf("Ada");
    await user.click(asks.getByRole("button", { name: "End" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST").map(({ body }) => body)).toEqual([{ reason: "ended-by-user" }]);
  });
});

describe("watching", () => {
  it("is offered for running sessions of others where it may be permitted", async () => {
    api.on("GET /api/domain/options", { json: domainOptions() });
    const watching = { ...session(3, OTHER), operations: [`watch:${"1".repeat(32)}`] };
    renderPage(
      "/sessions",
      "/sessions",
      <SessionTable
        sessions={[session(1, ME), session(2, OTHER), watching]}
        label="Live"
        withDevice
        mayWatch={() => true}
      />,
    );
    await waitFor(() => expect(screen.getAllByRole("link", { name: /^Watch/ })).toHaveLength(1));
    expect(screen.getByRole("link", { name: "Watch the session of Bo on press-1" }).getAttribute("href")).toBe(
      `/sessions/${"2".repeat(32)}/watch?device=${deviceId(1)}`,
    );
    expect(screen.getByText("Watching")).toBeDefined();
  });
});
