// @vitest-environment happy-dom
import { cleanup, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { problem } from "../../app/testing/api";
import { expectAccessible, renderPage, says } from "../../app/testing/page";
import { ALL, device, deviceId, FakeDirectory, folderId, losses } from "../testing/directory";
import { DevicesPage } from "./DevicesPage";

let directory: FakeDirectory;
/** Looks after folders, but not after who may do what in them. */
const FOLDERS = ALL.filter((each) => each !== "manage-permissions");
const user = userEvent.setup();

beforeEach(() => {
  directory = new FakeDirectory();
});

const open = (address = "/devices", language: "en" | "de" = "en") =>
  renderPage("/devices", address, <DevicesPage />, { language });
const click = async (role: string, name: string | RegExp) => user.click(await screen.findByRole(role, { name }));
const row = async (name: string) => (await screen.findByRole("link", { name })).closest("tr") as HTMLElement;
const dialog = async (name: string | RegExp) => within(await screen.findByRole("dialog", { name }));

describe("the list", () => {
  it("asks for one page and for the counts apart, and shows both", async () => {
    open();
    await row("press-1");
    expect(screen.getAllByRole("link", { name: /^press-/ })).toHaveLength(50);
    expect(await screen.findByRole("button", { name: "Online (100)" })).toBeDefined();
    expect(await screen.findByText("1 – 50 of 120")).toBeDefined();
    for (const { query } of directory.api.of("GET", "/api/devices"))
      expect(query).toEqual({ sort: "name", limit: "50" });
    await expectAccessible();
  });

  it("goes on with the server's cursor, and back", async () => {
    const { router } = open("/devices?q=press&sort=-name");
    await row("press-1");
    await click("link", "Next page");
    await row("press-51");
    expect(router.state.location.search).toBe("?cursor=50&q=press&sort=-name");
    await click("link", "Previous page");
    await row("press-1");
    expect(router.state.location.search).toBe("?q=press&sort=-name");
  });

  it("says what is wrong with a search, and keeps what was typed", async () => {
    directory.api.on("GET /api/devices", problem(422, "invalid", "A quote is not closed."));
    open("/devices?q=%22line");
    expect(await screen.findByText("A quote is not closed.")).toBeDefined();
    expect(screen.getByRole("textbox", { name: "Search devices" })).toHaveProperty("value", '"line');
  });

  it("adds a tag to the search when it is clicked", async () => {
    directory.devices = [device(1, { tags: ["spindle"] })];
    const { router } = open("/devices?q=press&cursor=50");
    directory.devices = [device(1, { tags: ["spindle"] })];
    await router.navigate("/devices?q=press");
    await click("link", /^spindle/);
    expect(router.state.location.search).toBe("?q=press+tag%3Aspindle");
  });

  it("changes a row when its device goes, without asking for the list again", async () => {
    open();
    const line = within(await row("press-1"));
    // once, and once more when the live channel is open
    await waitFor(() => expect(directory.api.of("GET", "/api/devices")).toHaveLength(2));
    expect(line.getByText("Online")).toBeDefined();
    says({ type: "device", uid: deviceId(1), state: "offline", lastSeen: "2026-01-02T03:04:05Z", name: "press-1" });
    expect(await line.findByText("Offline")).toBeDefined();
    expect(directory.api.of("GET", "/api/devices")).toHaveLength(2);
  });

  it("shows a call for help, a revoked certificate, other hardware and a second registration", async () => {
    const assistance = { id: deviceId(9), state: "open", text: "It hums", raised: "2026-01-02T03:04:05Z" };
    const claimed = new Date(Date.now() - 3_600_000).toISOString();
    directory.devices = [
      device(1, { assistance, revoked: true, hardware: "changed", claimed }),
      device(2, { claimed: "2020-01-02T03:04:05Z" }),
      device(3),
    ];
    open();
    const line = within(await row("press-1"));
    expect(line.getByText("Registered again?")).toBeDefined();
    expect(within(await row("press-2")).getByText("Registered again?")).toBeDefined();
    expect(within(await row("press-3")).queryByText("Registered again?")).toBeNull();
    expect(line.getByRole("link", { name: /Asks for help/ }).getAttribute("href")).toBe("/assistance");
    expect(line.getByText("Revoked")).toBeDefined();
    expect(line.getByText("Other hardware")).toBeDefined();
  });

  it("counts the calls for help and the alarms, and finds their devices", async () => {
    directory.api.on("GET /api/devices/counts", {
      json: { online: 100, offline: 19, quarantined: 1, assistance: 3, alarm: 2, total: 120 },
    });
    const { router } = open("/devices?q=press");
    await row("press-1");
    await click("button", "Asks for help (3)");
    await waitFor(() => expect(router.state.location.search).toBe("?q=press+assistance"));
    await click("button", "Asks for help (3)");
    await waitFor(() => expect(router.state.location.search).toBe("?q=press"));
    await click("button", "Look at the machine (2)");
    await waitFor(() => expect(router.state.location.search).toBe("?q=press+alarm"));
    await click("button", "Look at the machine (2)");
    await waitFor(() => expect(router.state.location.search).toBe("?q=press"));
  });

  it("has one box for all of the page, which knows none, some and all", async () => {
    const said = vi.spyOn(console, "error");
    open();
    await row("press-1");
    const all = screen.getByRole("checkbox", { name: "Choose all on this page" }) as HTMLInputElement;
    const state = () => (all.indeterminate ? "some" : all.checked ? "all" : "none");
    expect(state()).toBe("none");
    await click("checkbox", "Choose press-1");
    expect(state()).toBe("some");
    await user.click(all);
    expect(state()).toBe("all");
    await user.click(all);
    expect(state()).toBe("none");
    expect(said.mock.calls.map(([text]) => String(text)).filter((text) => text.includes("controlled"))).toEqual([]);
    said.mockRestore();
  });

  it("is in German throughout", async () => {
    open("/devices?q=x", "de");
    expect(await screen.findByRole("button", { name: "Gerät hinzufügen" })).toBeDefined();
    await click("button", "Suchhilfe");
    expect(await screen.findByText("Genau dieser Text")).toBeDefined();
    await expectAccessible();
  });

  it("invites to add the first device", async () => {
    directory.devices = [];
    directory.api.on("GET /api/devices/counts", {
      json: { online: 0, offline: 0, quarantined: 0, assistance: 0, alarm: 0, total: 0 },
    });
    open();
    expect(await screen.findByRole("heading", { name: "Add your first device" })).toBeDefined();
    await expectAccessible();
  });
});

describe("the folders", () => {
  it("load a branch when it is opened", async () => {
    open();
    await screen.findByRole("link", { name: /^Line 1/ });
    const asked = () => [...new Set(directory.api.of("GET", "/api/folders").map(({ query }) => query.parent))];
    expect(asked()).toEqual([undefined, folderId(1)]);
    await click("button", "Folders in Line 1");
    await screen.findByRole("link", { name: /^Cell/ });
    expect(asked()).toEqual([undefined, folderId(1), folderId(2)]);
    // once, and once more where it was asked for before the live channel was open
    expect(directory.api.of("GET", "/api/folders").length).toBeLessThanOrEqual(6);
  });

  it("are open down to the folder of the address", async () => {
    open(`/devices?folder=${folderId(4)}`);
    const cell = await screen.findByRole("link", { name: /^Cell/ });
    expect(cell.getAttribute("aria-current")).toBe("true");
    expect(await screen.findByRole("heading", { name: "Cell", level: 1 })).toBeDefined();
    await expectAccessible();
  });

  it("are found by name, with the way to them", async () => {
    open();
    await user.type(await screen.findByRole("textbox", { name: "Search folders" }), "cell");
    expect(await screen.findByText("Folders found: 1")).toBeDefined();
    expect(screen.getByText("Plant › Line 1")).toBeDefined();
  });

  it("that are not there say so", async () => {
    open(`/devices?folder=${folderId(99)}`);
    expect(await screen.findByRole("heading", { name: "This folder is not there" })).toBeDefined();
  });

  const menu = async (item: string) => {
    await click("button", "Folder");
    await click("menuitem", item);
  };

  it("are created, and shown at once", async () => {
    directory.api.on("POST /api/folders", ({ body }) => {
      const made = { ...directory.folders[2], id: folderId(9), name: (body as { name: string }).name };
      directory.folders.push(made as (typeof directory.folders)[number]);
      return { status: 201, json: made };
    });
    const { router } = open(`/devices?folder=${folderId(2)}`);
    await menu("New folder in it");
    const form = await dialog("New folder in Line 1");
    await user.type(form.getByRole("textbox", { name: /^Name/ }), " Annex ");
    await expectAccessible();
    await user.click(form.getByRole("button", { name: "Create folder" }));
    expect(await screen.findByText("Annex was created")).toBeDefined();
    expect(directory.api.of("POST")[0]?.body).toEqual({ parent: folderId(2), name: "Annex", description: "" });
    expect(router.state.location.search).toBe(`?folder=${folderId(9)}`);
  });

  it("are not overwritten unseen: the other version is shown first", async () => {
    let etag = "3";
    directory.api.on("PATCH /api/folders/*", ({ ifMatch }) =>
      ifMatch === `"${etag}"` ? { json: directory.folders[1] } : problem(412, "precondition-failed"),
    );
    open(`/devices?folder=${folderId(2)}`);
    await menu("Rename and describe");
    const form = await dialog("Edit the folder Line 1");
    const name = form.getByRole("textbox", { name: /^Name/ });
    await user.clear(name);
    await user.type(name, "Line A");
    etag = "4";
    directory.folders[1] = { ...(directory.folders[1] as (typeof directory.folders)[number]), name: "Line B", etag };
    await user.click(form.getByRole("button", { name: "Save" }));
    expect(await form.findByText("Meanwhile somebody else changed it", { exact: false })).toBeDefined();
    expect(form.getByText("Line B")).toBeDefined();
    expect(name).toHaveProperty("value", "Line A");
    await user.click(form.getByRole("button", { name: "Overwrite" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(directory.api.of("PATCH").map(({ ifMatch }) => ifMatch)).toEqual(['"3"', '"4"']);
  });

  it.each([
    ["20", 20],
    ["", null],
  ])("are limited to %j sessions by who manages the permissions above", async (typed, quota) => {
    directory.api.on("PATCH /api/folders/*", { json: directory.folders[1] });
    directory.folders = directory.folders.map((each) =>
      each.id === folderId(1) ? each : { ...each, permissions: FOLDERS, quota: each.id === folderId(2) ? 5 : null },
    );
    open(`/devices?folder=${folderId(2)}`);
    expect(await screen.findByText("At most 5 sessions at the same time")).toBeDefined();
    await menu("Rename and describe");
    const form = await dialog("Edit the folder Line 1");
    const field = await form.findByRole("textbox", { name: "Sessions at the same time" });
    await user.clear(field);
    await user.type(field, "0");
    expect(form.getByText("A whole number from 1 to 100,000, or nothing.")).toBeDefined();
    expect(form.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    await user.clear(field);
    if (typed !== "") await user.type(field, typed);
    await user.click(form.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(directory.api.of("PATCH")[0]?.body).toEqual({ quota }));
  });

  it("are not limited by who manages the permissions below alone", async () => {
    directory.folders = directory.folders.map((each) =>
      each.id === folderId(2) ? each : { ...each, permissions: FOLDERS },
    );
    open(`/devices?folder=${folderId(2)}`);
    await menu("Rename and describe");
    const form = await dialog("Edit the folder Line 1");
    await waitFor(() => expect(directory.api.of("GET", `/api/folders/${folderId(1)}`)).not.toEqual([]));
    expect(form.queryByRole("textbox", { name: "Sessions at the same time" })).toBeNull();
  });

  it("are moved by nobody who does not manage the permissions there and at the new place", async () => {
    directory.folders = directory.folders.map((each) =>
      each.id === folderId(2) ? each : { ...each, permissions: FOLDERS },
    );
    open(`/devices?folder=${folderId(2)}`);
    await menu("Move");
    const form = await dialog("Move the folder Line 1");
    expect(await form.findByRole("radio", { name: "Line 2" })).toHaveProperty("disabled", true);
    cleanup();
    open(`/devices?folder=${folderId(3)}`);
    await click("button", "Folder");
    expect(await screen.findByRole("menuitem", { name: "Delete folder" })).toBeDefined();
    expect(screen.queryByRole("menuitem", { name: "Move" })).toBeNull();
  });

  it("are moved to a place that is chosen in the tree, and not below themselves", async () => {
    directory.api.on("PATCH /api/folders/*", { json: directory.folders[1] }).on("POST /api/access/preview", {
      json: {
        effects: [
          {
            principal: { id: "01900000-0009-7000-8000-000000000001", name: "Service North", kind: "group" },
            permission: "control-desktop",
            lost: 214,
            gained: 0,
            placesLost: 1,
            placesGained: 0,
            users: 3,
          },
        ],
        ownersLeft: true,
        sessionsEnding: 0,
      },
    });
    open(`/devices?folder=${folderId(2)}`);
    await menu("Move");
    const form = await dialog("Move the folder Line 1");
    expect(form.getByRole("button", { name: "Move" })).toHaveProperty("disabled", true);
    await user.click(await form.findByRole("radio", { name: "Line 2" }));
    expect(await form.findByText(/Takes .* on 214 devices away from .*Service North/)).toBeDefined();
    expect(directory.api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
      move: [{ resource: folderId(2), folder: folderId(3) }],
    });
    await user.click(await form.findByRole("button", { name: "Folders in Line 1" }));
    expect(await form.findByRole("radio", { name: "Cell" })).toHaveProperty("disabled", true);
    expect(form.getByRole("radio", { name: "Line 1" })).toHaveProperty("disabled", true);
    await expectAccessible();
    await user.click(form.getByRole("button", { name: "Move" }));
    expect(await screen.findByText("Line 1 is in Line 2 now")).toBeDefined();
    expect(directory.api.of("PATCH")[0]).toMatchObject({ body: { parent: folderId(3) }, ifMatch: '"3"' });
  });

  it("are deleted only after what goes with them was shown and the name was typed", async () => {
    directory.api
      .on("GET /api/folders/*/deletion", {
        json: {
          folders: 2,
          devices: 25,
          subDevices: 0,
          users: 0,
          groups: 2,
          entries: 3,
          tokens: 0,
          accessRequests: 0,
          assistance: 0,
          settings: 0,
          contracts: 2,
          apiTokens: 0,
          limitedTokens: 0,
          partnerFolders: 0,
          memberships: 0,
          qualifications: 0,
          signIns: 0,
          signInRules: 0,
          sessions: 1,
          names: Array.from({ length: 20 }, (_, n) => `press-${n}`),
        },
      })
      .on("POST /api/access/preview", {
        json: {
          effects: [
            {
              principal: { id: "0192a000-0000-7000-8000-00000000000b", name: "Night shift", kind: "group" },
              permission: "terminal",
              lost: 12,
              gained: 0,
              placesLost: 2,
              placesGained: 0,
              users: 3,
            },
          ],
          ownersLeft: true,
          sessionsEnding: 0,
        },
      })
      .on("DELETE /api/folders/*", { status: 204 });
    const { router } = open(`/devices?folder=${folderId(2)}`);
    await menu("Delete folder");
    const form = await dialog(/Delete the folder Line 1/);
    expect(await form.findByText("Devices, which must be enrolled again to come back: 25")).toBeDefined();
    expect(form.getByText("Folders below it: 1")).toBeDefined();
    expect(form.getByText("Open sessions, which end at once: 1")).toBeDefined();
    expect(form.getByText("Contracts: 2")).toBeDefined();
    expect(form.queryByText(/Sub-devices/)).toBeNull();
    expect(form.getByText(/and 5 more/)).toBeDefined();
    const elsewhere = within(await form.findByRole("region", { name: "What this changes elsewhere" }));
    expect(await elsewhere.findByText(/Takes .* on 12 devices away from .*Night shift/)).toBeDefined();
    expect(directory.api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({ delete: [folderId(2)] });
    const button = form.getByRole("button", { name: "Delete folder" });
    expect(button).toHaveProperty("disabled", true);
    await user.type(form.getByRole("textbox", { name: "Type Line 1 to confirm" }), "Line 2");
    expect(button).toHaveProperty("disabled", true);
    await expectAccessible();
    await user.type(form.getByRole("textbox", { name: "Type Line 1 to confirm" }), "{Backspace}1");
    await user.click(button);
    expect(await screen.findByText("Line 1 was deleted")).toBeDefined();
    expect(directory.api.of("DELETE")[0]?.ifMatch).toBe('"3"');
    expect(router.state.location.search).toBe(`?folder=${folderId(1)}`);
  });
});

describe("many devices at once", () => {
  const choose = async (...names: string[]) => {
    for (const name of names) await click("checkbox", `Choose ${name}`);
  };

  it("are tagged, also over several pages, each with the version that was seen", async () => {
    directory.api.on("POST /api/devices/bulk", { json: { done: [deviceId(1), deviceId(51)], refused: [] } });
    open();
    await choose("press-1");
    await click("link", "Next page");
    await choose("press-51");
    expect(screen.getByText("Chosen: 2")).toBeDefined();
    await click("button", "Add tags");
    const form = await dialog("Add tags to devices: 2");
    await user.type(form.getByRole("combobox", { name: "Tags" }), "Spindle{Enter}");
    await expectAccessible();
    await user.click(form.getAllByRole("button", { name: "Add" }).at(-1) as HTMLElement);
    expect(await screen.findByText("Devices tagged: 2")).toBeDefined();
    expect(directory.api.of("POST")[0]?.body).toEqual({
      devices: [
        { uid: deviceId(1), etag: "7" },
        { uid: deviceId(51), etag: "7" },
      ],
      action: "tag",
      tags: ["spindle"],
    });
    expect(screen.queryByText(/^Chosen/)).toBeNull();
  });

  it("say which was refused and why, and keep those chosen", async () => {
    directory.api.on("POST /api/devices/bulk", {
      json: {
        done: [deviceId(1)],
        refused: [{ uid: deviceId(2), type: "urn:bascule:problem:forbidden", detail: null }],
      },
    });
    open();
    await choose("press-1", "press-2");
    await click("button", "Move");
    const form = await dialog("Move devices: 2");
    await user.click(await form.findByRole("radio", { name: "Line 2" }));
    await waitFor(() =>
      expect(directory.api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
        move: [
          { resource: deviceId(1), folder: folderId(3) },
          { resource: deviceId(2), folder: folderId(3) },
        ],
      }),
    );
    await user.click(form.getByRole("button", { name: "Move" }));
    const result = await dialog("Not all of it was done");
    expect(result.getByText("Done: 1. Refused: 1.", { exact: false })).toBeDefined();
    expect(within(result.getByRole("grid")).getByText("press-2")).toBeDefined();
    expect(result.getByText("You do not have the permission for this.")).toBeDefined();
    await user.click(result.getAllByRole("button", { name: "Close" }).at(-1) as HTMLElement);
    expect(screen.getByRole("checkbox", { name: "Choose press-2" })).toHaveProperty("checked", true);
    expect(screen.getByRole("checkbox", { name: "Choose press-1" })).toHaveProperty("checked", false);
  });

  it("may ask for help from now on, until a time, or no more", async () => {
    directory.api.on("POST /api/devices/bulk", { json: { done: [deviceId(1), deviceId(2)], refused: [] } });
    open();
    await choose("press-1", "press-2");
    await click("button", "Requests for help");
    const form = await dialog("Requests for help from devices: 2");
    const save = form.getByRole("button", { name: "Save" });
    expect(save).toHaveProperty("disabled", true);
    await user.click(form.getByRole("radio", { name: "Nobody at the device may ask for help" }));
    expect(form.queryByLabelText("Until")).toBeNull();
    await user.click(form.getByRole("radio", { name: "People at the device may ask for help" }));
    fireEvent.change(form.getByLabelText("Until"), { target: { value: "2020-01-02T03:04" } });
    expect(form.getByText("This time is over: nobody may ask any more.")).toBeDefined();
    expect(save).toHaveProperty("disabled", true);
    fireEvent.change(form.getByLabelText("Until"), { target: { value: "2099-01-02T03:04" } });
    await expectAccessible();
    await user.click(save);
    expect(await screen.findByText("Devices whose requests for help were switched: 2")).toBeDefined();
    expect(directory.api.of("POST")[0]?.body).toEqual({
      devices: [
        { uid: deviceId(1), etag: "7" },
        { uid: deviceId(2), etag: "7" },
      ],
      action: "assistance",
      assistance: { enabled: true, until: new Date("2099-01-02T03:04").toISOString() },
    });
  });

  it.each([
    ["configure-devices", ["Add tags", "Take tags off", "Requests for help"]],
    ["remove-devices", ["Remove"]],
    ["manage-permissions", []],
  ])("are offered with %s alone what the server lets do with it", async (permission, offered) => {
    directory.devices = [device(1, { permissions: ["see-resources", permission] }), device(2)];
    open();
    await choose("press-1");
    const bar = within(screen.getByRole("region", { name: "Actions for the chosen devices" }));
    const names = () => bar.getAllByRole("button").map((button) => button.textContent);
    expect(names()).toEqual([...offered, "Choose none"]);
    await choose("press-2");
    expect(names()).toEqual(["Move", "Add tags", "Take tags off", "Requests for help", "Remove", "Choose none"]);
  });

  it.each([
    ["install-devices", true],
    ["manage-permissions", true],
    ["nothing", false],
  ])("are moved only into a folder that takes them: one where %s is lacking", async (lacking, disabled) => {
    const permissions = ALL.filter((each) => each !== lacking);
    directory.folders = directory.folders.map((each) => (each.id === folderId(3) ? { ...each, permissions } : each));
    open();
    await choose("press-1");
    await click("button", "Move");
    const form = await dialog("Move devices: 1");
    expect(await form.findByRole("radio", { name: "Line 2" })).toHaveProperty("disabled", disabled);
  });

  it("are removed only after their number was typed", async () => {
    directory.devices = [device(1), device(2), device(3, { permissions: ["see-resources", "configure-devices"] })];
    directory.api
      .on("POST /api/devices/deletion", { json: losses({ devices: 2, subDevices: 7, assistance: 1 }) })
      .on("POST /api/devices/bulk", { json: { done: [1, 2, 3].map(deviceId), refused: [] } });
    open();
    await choose("press-1", "press-2", "press-3");
    await click("button", "Remove");
    const form = await dialog(/Remove devices: 3/);
    expect(form.getByRole("button", { name: "Remove" })).toHaveProperty("disabled", true);
    expect(await form.findByText("Sub-devices: 7")).toBeDefined();
    expect(form.getByText("Open requests for help: 1")).toBeDefined();
    expect(directory.api.of("POST", "/api/devices/deletion")[0]?.body).toEqual({ devices: [1, 2].map(deviceId) });
    await expectAccessible();
    await user.type(form.getByRole("textbox", { name: "Type 3 to confirm" }), "3");
    await user.click(form.getByRole("button", { name: "Remove" }));
    expect(await screen.findByText("Devices removed: 3")).toBeDefined();
  });

  it("are not removed where nobody can say what goes with them", async () => {
    directory.devices = [device(1)];
    directory.api.on("POST /api/devices/deletion", problem(503, "unavailable"));
    open();
    await choose("press-1");
    await click("button", "Remove");
    const form = await dialog(/Remove devices: 1/);
    expect(await form.findByText("What goes with it could not be found out")).toBeDefined();
    await user.type(form.getByRole("textbox", { name: "Type 1 to confirm" }), "1");
    expect(form.getByRole("button", { name: "Remove" })).toHaveProperty("disabled", true);
  });

  it("cannot be chosen by who can do nothing with them", async () => {
    directory.devices = [device(1, { permissions: ["see-resources"] })];
    open();
    await row("press-1");
    expect(screen.queryByRole("checkbox")).toBeNull();
  });
});

describe("a pairing code", () => {
  it("lets a device in only after the words were compared", async () => {
    directory.api
      .on("GET /api/pairings/*", {
        json: {
          code: "K7QF-2MXD",
          name: "mill",
          fingerprint: "3f2a 91bc 07de 55a1",
          words: ["acid", "lemon"],
          address: "192.0.2.1",
          expires: "2099-01-01T00:00:00Z",
        },
      })
      .on("POST /api/pairings/*/accept", { status: 201, json: device(7, { name: "mill" }) });
    const { router } = open();
    await click("button", "Add device");
    await user.click(await screen.findByRole("radio", { name: /pairing code/ }));
    await user.type(await screen.findByRole("textbox", { name: /Pairing code/ }), "k7qf 2mxd{Enter}");
    const form = await dialog("Let mill in?");
    expect(form.getByText("lemon")).toBeDefined();
    const accept = form.getByRole("button", { name: "Let it in" });
    expect(accept).toHaveProperty("disabled", true);
    await user.click(form.getByRole("checkbox", { name: "The words at the device are the same" }));
    await expectAccessible();
    await user.click(accept);
    await waitFor(() => expect(router.state.location.pathname).toBe(`/devices/${deviceId(7)}`));
    expect(directory.api.of("POST")[0]).toMatchObject({
      path: "/api/pairings/K7QF-2MXD/accept",
      body: { folder: folderId(1), fingerprint: "3f2a 91bc 07de 55a1" },
    });
  });

  it("that nobody shows is told apart from a fault", async () => {
    directory.api.on("GET /api/pairings/*", problem(404, "not-found"));
    open();
    await click("button", "Add device");
    await user.click(await screen.findByRole("radio", { name: /pairing code/ }));
    await user.type(await screen.findByRole("textbox", { name: /Pairing code/ }), "AAAA-BBBB{Enter}");
    expect(await screen.findByText("No device waits with this code", { exact: false })).toBeDefined();
  });
});
