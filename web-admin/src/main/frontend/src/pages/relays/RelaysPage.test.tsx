// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Answered, FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage, says } from "../../app/testing/page";
import { RelaysPage } from "./RelaysPage";

const user = userEvent.setup();
const WORDS = "abandon ability able about above absent absorb abstract";

const silentOne = {
  id: "relay-0",
  url: "wss://relay-0.example/relay",
  nativeUrl: "wss://relay-0.example/relay",
  configured: true,
  state: "configured",
  name: null,
  region: null,
  version: null,
  words: null,
  address: null,
  firstSeen: null,
  lastHeartbeat: null,
  capacity: null,
  sessions: null,
  bytesPerSecond: null,
  processor: null,
  drain: false,
  draining: false,
  silent: false,
};

const heard = (n: number, more: Record<string, unknown> = {}) => ({
  ...silentOne,
  id: `relay-${n}`,
  url: `wss://relay-${n}.example/relay`,
  nativeUrl: `wss://relay-${n}.example:444/relay`,
  configured: false,
  state: "approved",
  name: `Relay number ${n}`,
  region: "North",
  version: "0.1.0",
  words: WORDS,
  address: "192.0.2.17",
  firstSeen: "2026-01-02T03:04:05Z",
  lastHeartbeat: new Date().toISOString(),
  capacity: 500,
  sessions: 420,
  bytesPerSecond: 1_572_864,
  processor: 12,
  ...more,
});

let api: FakeApi;
let relays: unknown[];

beforeEach(() => {
  relays = [silentOne, heard(1), heard(2, { state: "pending", sessions: 0 })];
  api = new FakeApi().on("GET /api/installation/relays", () => ({ json: { items: relays } }));
});

const open = (language: "en" | "de" = "en") => renderPage("/relays", "/relays", <RelaysPage />, { language });
const card = async (n: number) => within(await screen.findByRole("region", { name: `Relay relay-${n}` }));
const dialog = async (name: string | RegExp) => within(await screen.findByRole("dialog", { name }));
const changed = (route: string, after: unknown[]) =>
  api.on(route, (): Answered => {
    relays = after;
    return { status: 204 };
  });

describe("the relays", () => {
  it("are shown with what they say of themselves, those that wait first", async () => {
    open();
    expect(await screen.findByText("Relays that wait for your approval: 1")).toBeDefined();
    const regions = screen.getAllByRole("region").map((each) => each.getAttribute("aria-label"));
    expect(regions).toEqual(["Relay relay-2", "Relay relay-0", "Relay relay-1"]);
    const one = await card(1);
    for (const text of ["Approved", "North", "0.1.0", "192.0.2.17", "abstract", "wss://relay-1.example:444/relay"])
      expect(one.getByText(text)).toBeDefined();
    expect(one.getByText("420 of 500 sessions, 1.5 MB per second, 12 % of its processors")).toBeDefined();
    const meter = one.getByRole("progressbar", { name: "Load" });
    expect([meter.getAttribute("aria-valuenow"), meter.getAttribute("aria-valuetext")]).toEqual([
      "84",
      "420 of 500 sessions",
    ]);
    expect(one.queryByText("Round trips")).toBeNull();
    const zero = await card(0);
    expect(zero.getByText("From the configuration")).toBeDefined();
    expect(zero.getByText(/cannot be drained here, and what it forwards is not in the connection log/)).toBeDefined();
    expect(zero.queryAllByRole("button")).toEqual([]);
    await expectAccessible();
  });

  it("are as full as their sessions or their processors, whichever is more", async () => {
    relays = [heard(1, { processor: 97 })];
    open("de");
    const meter = (await card(1)).getByRole("progressbar", { name: "Auslastung" });
    expect([meter.getAttribute("aria-valuenow"), meter.getAttribute("aria-valuetext")]).toEqual([
      "97",
      "97 % seiner Prozessoren",
    ]);
  });

  it("say that they are silent, draining, or have told nothing, in German too", async () => {
    relays = [
      heard(1, { silent: true, lastHeartbeat: "2026-01-02T03:04:05Z", drain: true, draining: true, capacity: 0 }),
      heard(2, { configured: true, state: "refused", drain: true, nativeUrl: "wss://relay-2.example/relay" }),
    ];
    open("de");
    const one = await card(1);
    expect(one.getByText(/Still, zuletzt gehört/)).toBeDefined();
    expect(one.getByText("Leert sich: nimmt keine neuen Verbindungen an")).toBeDefined();
    const two = await card(2);
    for (const text of ["Aus der Konfiguration", "Abgelehnt", "Soll sich leeren"])
      expect(two.getByText(text)).toBeDefined();
    expect(two.queryByText("für Agenten und Programme")).toBeNull();
    await expectAccessible();
  });

  it("show how far they are from the ends, where that was measured", async () => {
    relays = [
      heard(1, {
        regions: [
          { region: "North", ms: 12.4, count: 7 },
          { region: "", ms: 80, count: 1 },
        ],
      }),
    ];
    open();
    const trips = within(within(await screen.findByRole("region")).getAllByRole("list")[1] as HTMLElement);
    expect(trips.getAllByRole("listitem").map((each) => each.textContent)).toEqual([
      "North12 ms (7 measured)",
      "–80 ms (1 measured)",
    ]);
  });

  it("are asked for again when the channel says so, and every ten seconds", async () => {
    vi.useFakeTimers({ shouldAdvanceTime: true });
    try {
      open();
      await card(1);
      relays = [heard(3)];
      says({ type: "relays" });
      await vi.advanceTimersByTimeAsync(2_000);
      await card(3);
      relays = [heard(4)];
      await vi.advanceTimersByTimeAsync(10_000);
      await card(4);
    } finally {
      vi.useRealTimers();
    }
  });

  it("are nothing to who does not operate the installation", async () => {
    api.on("GET /api/installation/relays", problem(404, "not-found"));
    open();
    expect(await screen.findByRole("heading", { name: "There is nothing here" })).toBeDefined();
  });

  it("are all shown, on however many pages the server has them", async () => {
    api.on("GET /api/installation/relays", ({ query }) => ({
      json:
        query.cursor === "abc"
          ? { items: [heard(2, { state: "pending" })], next: null }
          : { items: [silentOne, heard(1)], next: "abc" },
    }));
    open();
    expect(await screen.findByText("Relays that wait for your approval: 1")).toBeDefined();
    const regions = screen.getAllByRole("region").map((each) => each.getAttribute("aria-label"));
    expect(regions).toEqual(["Relay relay-2", "Relay relay-0", "Relay relay-1"]);
  });

  it("that are not there yet appear by themselves, says the page", async () => {
    relays = [];
    open();
    expect(await screen.findByText("No relays")).toBeDefined();
    await expectAccessible();
  });
});

describe("a relay", () => {
  it("is approved after the words were compared, and again when it says something else", async () => {
    changed("POST /api/installation/relays/*/approve", [heard(2)]);
    open();
    await user.click((await card(2)).getByRole("button", { name: "Approve: relay-2" }));
    const form = await dialog("Approve the relay relay-2?");
    expect(form.getByText(/compare the words of its key/)).toBeDefined();
    expect(form.getByText("abstract")).toBeDefined();
    await expectAccessible();
    const approve = form.getByRole("button", { name: "Approve" });
    expect(approve).toHaveProperty("disabled", true);
    await user.click(form.getByRole("checkbox", { name: "The words in the log of the relay are the same" }));
    expect(approve).toHaveProperty("disabled", false);
    relays = [heard(2, { state: "pending", words: `${WORDS} zoo` })];
    says({ type: "relays" });
    expect(await form.findByText("It says something else of itself now. Compare again.")).toBeDefined();
    expect(approve).toHaveProperty("disabled", true);
    await user.click(form.getByRole("checkbox"));
    await user.click(approve);
    expect(await screen.findByText("The relay relay-2 is approved")).toBeDefined();
    expect(api.of("POST").map(({ path }) => path)).toEqual(["/api/installation/relays/relay-2/approve"]);
    expect(api.of("POST")[0]?.body).toEqual({ words: `${WORDS} zoo` });
    expect((await card(2)).getByText("Approved")).toBeDefined();
  });

  it("is refused and removed after a question that says what follows", async () => {
    changed("POST /api/installation/relays/*/refuse", [heard(1, { state: "refused" }), heard(2)]);
    changed("DELETE /api/installation/relays/*", [heard(2)]);
    relays = [heard(1), heard(2)];
    open();
    const refuse = (await card(1)).getByRole("button", { name: "Refuse: relay-1" });
    const beside = document.getElementById(refuse.getAttribute("aria-describedby") ?? "");
    expect(beside?.textContent).toMatch(/No new session goes there/);
    await user.click(refuse);
    const first = await dialog(/Refuse the relay relay-1\?/);
    expect(first.getByText(/stay until they end/)).toBeDefined();
    expect(first.queryByText(/No other relay/)).toBeNull();
    await expectAccessible();
    await user.click(first.getByRole("button", { name: "Refuse" }));
    expect(await screen.findByText("The relay relay-1 is refused")).toBeDefined();
    await user.click((await card(1)).getByRole("button", { name: "Remove: relay-1" }));
    const second = await dialog(/Remove the relay relay-1\?/);
    await user.click(second.getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "Relay relay-1" })).toBeNull());
    expect(api.of("DELETE").map(({ path }) => path)).toEqual(["/api/installation/relays/relay-1"]);
  });

  it("is drained after a warning if it is the last one, and taken back", async () => {
    relays = [heard(1), heard(2, { silent: true }), heard(3, { state: "pending" })];
    changed("PUT /api/installation/relays/*/drain", [heard(1, { drain: true })]);
    open();
    expect((await card(3)).queryByRole("button", { name: /^Drain/ })).toBeNull();
    await user.click((await card(1)).getByRole("button", { name: "Drain: relay-1" }));
    const form = await dialog(/Drain the relay relay-1\?/);
    expect(form.getByText(/No other relay takes sessions now/)).toBeDefined();
    await user.click(form.getByRole("button", { name: "Drain" }));
    await user.click(await screen.findByRole("button", { name: "Take back: relay-1" }));
    expect(await screen.findByText(/takes sessions again with its next heartbeat/)).toBeDefined();
    expect(api.of("PUT").map(({ body }) => body)).toEqual([{ drain: true }, { drain: false }]);
  });

  it("that cannot be changed says why", async () => {
    api.on("POST /api/installation/relays/*/refuse", problem(403, "forbidden", "You may not do this."));
    api.on("PUT /api/installation/relays/*/drain", problem(403, "forbidden", "You may not do this."));
    relays = [heard(1, { drain: true })];
    open();
    await user.click(await screen.findByRole("button", { name: "Refuse: relay-1" }));
    const form = await dialog(/Refuse the relay relay-1\?/);
    await user.click(form.getByRole("button", { name: "Refuse" }));
    expect(await form.findByText("It was not done")).toBeDefined();
    await user.click(form.getByRole("button", { name: "Cancel" }));
    await user.click(screen.getByRole("button", { name: "Take back: relay-1" }));
    expect(await screen.findByText(/You may not do this/)).toBeDefined();
  });
});
