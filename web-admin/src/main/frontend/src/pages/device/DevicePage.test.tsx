// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { toLocalInput } from "../../app/localTime";
import { problem } from "../../app/testing/api";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { ALL, device, deviceId, FakeDirectory, folderId, losses } from "../testing/directory";
import { DevicePage, OverviewTab, SubDevicesTab } from ".";

let directory: FakeDirectory;
const user = userEvent.setup();
const UID = deviceId(1);

const detail = (more: Record<string, unknown> = {}) =>
  device(1, { inventory: null, certificate: null, addresses: [], words: ["acid", "lemon", "orbit"], ...more });

beforeEach(() => {
  directory = new FakeDirectory();
  directory.devices = [detail()];
});

const open = (tab = "") =>
  renderRoutes(
    [
      {
        path: "/devices/:uid",
        element: <DevicePage />,
        children: [
          { index: true, element: <OverviewTab /> },
          { path: "sub-devices", element: <SubDevicesTab /> },
        ],
      },
    ],
    `/devices/${UID}${tab}`,
  );
const click = async (role: string, name: string | RegExp) => user.click(await screen.findByRole(role, { name }));
const dialog = async (name: string | RegExp) => within(await screen.findByRole("dialog", { name }));

describe("a device", () => {
  it("shows where it is, what it is, and its fingerprint in words", async () => {
    directory.devices = [
      detail({ folder: folderId(4), folderName: "Cell", tags: ["spindle"], description: "By the gate" }),
    ];
    open();
    expect(await screen.findByRole("heading", { name: "press-1", level: 1 })).toBeDefined();
    expect(screen.getByText("lemon")).toBeDefined();
    expect(screen.getByText("By the gate")).toBeDefined();
    expect((await screen.findByRole("link", { name: "Line 1" })).getAttribute("href")).toBe(
      `/devices?folder=${folderId(2)}`,
    );
    expect(screen.getByRole("link", { name: "Permissions" }).getAttribute("href")).toBe(`/access?resource=${UID}`);
    expect(screen.getByRole("link", { name: /^spindle/ }).getAttribute("href")).toBe("/devices?q=tag%3Aspindle");
    await expectAccessible();
  });

  it("is changed only in what was changed", async () => {
    directory.api.on("PATCH /api/devices/*", { json: detail() });
    open();
    await click("button", "Edit");
    const form = await dialog("Edit press-1");
    await user.type(form.getByRole("combobox", { name: "Tags" }), "Gate,");
    await user.type(form.getByRole("textbox", { name: "Description" }), "By the gate");
    await expectAccessible();
    await user.click(form.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(directory.api.of("PATCH")[0]).toMatchObject({
      body: { description: "By the gate", tags: ["gate"] },
      ifMatch: '"7"',
    });
  });

  it("shows what the server refuses at its field", async () => {
    directory.api.on("PATCH /api/devices/*", {
      status: 422,
      json: {
        type: "urn:bascule:problem:invalid",
        detail: "Not valid.",
        errors: [{ field: "account", detail: "An account has at most 32 letters." }],
      },
    });
    open();
    await click("button", "Edit");
    const form = await dialog("Edit press-1");
    const account = form.getByRole("textbox", { name: "Account" });
    await user.type(account, "a b");
    await user.click(form.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(account.getAttribute("aria-invalid")).toBe("true"));
    const help = document.getElementById(account.getAttribute("aria-describedby") ?? "");
    expect(help?.textContent).toContain("An account has at most 32 letters.");
  });

  it("without an account says that nothing runs on it", async () => {
    open();
    expect(await screen.findByText("None: terminals and commands are refused")).toBeDefined();
    await click("button", "Edit");
    const account = (await dialog("Edit press-1")).getByRole("textbox", { name: "Account" });
    const help = document.getElementById(account.getAttribute("aria-describedby") ?? "");
    expect(help?.textContent).toContain("Empty: terminals and commands are refused.");
  });

  it("says what a move changes, and is moved where the tree says", async () => {
    directory.api.on("PATCH /api/devices/*", { json: detail() }).on("POST /api/access/preview", {
      json: { effects: [], ownersLeft: true, sessionsEnding: 2 },
    });
    open();
    await click("button", "Move");
    const form = await dialog("Move press-1");
    expect(form.getByText(/Identity, certificates and history stay/)).toBeDefined();
    await user.click(await form.findByRole("radio", { name: "Line 2" }));
    expect(await form.findByText(/Running sessions that end or lose a tool: 2/)).toBeDefined();
    expect(directory.api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
      move: [{ resource: deviceId(1), folder: folderId(3) }],
    });
    await user.click(form.getByRole("button", { name: "Move" }));
    expect(await screen.findByText("press-1 is in Line 2 now")).toBeDefined();
    expect(directory.api.of("PATCH")[0]?.body).toEqual({ folder: folderId(3) });
  });

  it("is revoked after a warning that says what ends", async () => {
    directory.api.on("POST /api/devices/*/revoke", () => {
      directory.devices = [detail({ revoked: true })];
      return { status: 204 };
    });
    open();
    await click("button", "Revoke, release, remove");
    await click("menuitem", /^Revoke/);
    const form = await dialog(/Revoke the certificate of press-1/);
    expect(form.getByText(/channel and its sessions end at once/)).toBeDefined();
    await user.click(form.getByRole("button", { name: "Revoke" }));
    expect(await screen.findByText(/The certificate of this device is revoked/)).toBeDefined();
    await expectAccessible();
  });

  it.each([
    ["Release", /^Release/, "POST", `/api/devices/${UID}/release`],
    ["Remove", /^Remove/, "DELETE", `/api/devices/${UID}`],
  ])("takes its name before: %s", async (action, item, method, path) => {
    directory.api.on(`${method} ${path}`, { status: 204 });
    const { router } = open();
    await click("button", "Revoke, release, remove");
    await click("menuitem", item);
    const form = await dialog(/press-1\?/);
    expect(form.getByRole("button", { name: action })).toHaveProperty("disabled", true);
    await user.type(form.getByRole("textbox", { name: "Type press-1 to confirm" }), "press-1");
    await user.click(form.getByRole("button", { name: action }));
    await waitFor(() =>
      expect(router.state.location.pathname + router.state.location.search).toBe(`/devices?folder=${folderId(1)}`),
    );
    expect(directory.api.of(method, path)[0]?.ifMatch).toBe('"7"');
  });

  it("is removed only after what goes with it was shown", async () => {
    directory.api
      .on("GET /api/devices/*/deletion", { json: losses({ subDevices: 2, entries: 3, sessions: 1 }) })
      .on(`DELETE /api/devices/${UID}`, { status: 204 });
    open();
    await click("button", "Revoke, release, remove");
    await click("menuitem", /^Remove/);
    const form = await dialog(/press-1\?/);
    expect(await form.findByText("Permission entries: 3")).toBeDefined();
    expect(form.getByText("Open sessions, which end at once: 1")).toBeDefined();
    expect(form.getByText("Sub-devices: 2")).toBeDefined();
    expect(form.queryByText(/Open access requests/)).toBeNull();
    await expectAccessible();
  });

  it("is not removed where what goes with it is not known, and not when it was changed meanwhile", async () => {
    directory.api
      .on("GET /api/devices/*/deletion", problem(503, "unavailable"))
      .on(`DELETE /api/devices/${UID}`, problem(412, "precondition-failed"));
    open();
    await click("button", "Revoke, release, remove");
    await click("menuitem", /^Remove/);
    const form = await dialog(/press-1\?/);
    expect(await form.findByText("What goes with it could not be found out")).toBeDefined();
    const remove = form.getByRole("button", { name: "Remove" });
    await user.type(form.getByRole("textbox", { name: "Type press-1 to confirm" }), "press-1");
    expect(remove).toHaveProperty("disabled", true);
    directory.api.on("GET /api/devices/*/deletion", { json: losses() });
    await user.click(form.getByRole("button", { name: "Try again" }));
    expect(await form.findByText("Nothing else that you see goes with it.")).toBeDefined();
    directory.devices = [detail({ etag: "8" })];
    await user.click(remove);
    expect(await form.findByText("Meanwhile somebody else changed it")).toBeDefined();
    await user.click(remove);
    await waitFor(() => expect(directory.api.of("DELETE").map((sent) => sent.ifMatch)).toEqual(['"7"', '"8"']));
  });

  it("is bound to new hardware only after the words were compared", async () => {
    directory.devices = [detail({ hardware: "changed" })];
    directory.api.on("POST /api/devices/*/rebind", { status: 204 });
    open();
    await click("button", "Bind to the new hardware");
    const form = await dialog(/Bind press-1/);
    const bind = form.getByRole("button", { name: "Bind to the new hardware" });
    expect(bind).toHaveProperty("disabled", true);
    await user.click(form.getByRole("checkbox", { name: "The words at the device are the same" }));
    await user.click(bind);
    expect(await screen.findByText("The device is bound to its new hardware")).toBeDefined();
    expect(directory.api.of("POST")[0]?.body).toEqual({ fingerprint: "3f2a 91bc 07de 55a1" });
  });

  it("of which a copy was seen says so, and is let in again after a warning", async () => {
    directory.devices = [detail({ state: "quarantined", quarantined: true })];
    directory.api.on("POST /api/devices/*/clear-quarantine", () => {
      directory.devices = [detail()];
      return { status: 204 };
    });
    open();
    expect(await screen.findByText("This device is quarantined")).toBeDefined();
    expect(screen.getByText(/Two machines used the same identity at the same time/)).toBeDefined();
    await expectAccessible();
    await click("button", "Clear the quarantine");
    const form = await dialog(/Clear the quarantine of press-1/);
    expect(form.getByText(/only when the copy is gone/)).toBeDefined();
    await user.click(form.getByRole("button", { name: "Clear the quarantine" }));
    expect(await screen.findByText("The quarantine was cleared")).toBeDefined();
    await waitFor(() => expect(screen.queryByText("This device is quarantined")).toBeNull());
    expect(directory.api.of("POST")).toMatchObject([{ path: `/api/devices/${UID}/clear-quarantine`, ifMatch: '"7"' }]);
  });

  it("of which a copy was seen is let in by nobody who may not configure it", async () => {
    directory.devices = [detail({ state: "quarantined", quarantined: true, permissions: ["see-resources"] })];
    open();
    expect(await screen.findByText("This device is quarantined")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Clear the quarantine" })).toBeNull();
  });

  it("says that its owner has switched it off, and shows his reason as it is", async () => {
    directory.devices = [
      detail({ switch: { on: false, mode: "key-switch", until: null, reason: "<b>welding</b>\u202e" } }),
    ];
    open();
    expect(await screen.findByText("Remote access was switched off at the device")).toBeDefined();
    expect(screen.getByText("Switched off")).toBeDefined();
    expect(screen.getByText(/<b>welding<\/b>/)).toBeDefined();
    expect(screen.getByText("A key switch at the device decides about it.")).toBeDefined();
    await expectAccessible();
  });

  it("offers nothing to who may do nothing", async () => {
    directory.devices = [detail({ permissions: ["see-resources"], tools: [] })];
    open();
    await screen.findByRole("heading", { name: "press-1", level: 1 });
    for (const name of ["Edit", "Move", "Revoke, release, remove"])
      expect(screen.queryByRole("button", { name })).toBeNull();
    expect(screen.queryByRole("link", { name: "Terminal" })).toBeNull();
    expect(screen.getByRole("button", { name: "Request access to press-1" })).toBeDefined();
  });

  it.each([
    ["configure-devices", ["Edit"], null],
    ["remove-devices", ["Revoke, release, remove"], ["Revoke", "Release", "Remove"]],
    ["manage-permissions", [], null],
  ])("offers with %s alone what the server lets do with it", async (permission, buttons, items) => {
    directory.devices = [detail({ permissions: ["see-resources", permission] })];
    open();
    await screen.findByRole("heading", { name: "press-1", level: 1 });
    const offered = ["Edit", "Move", "Revoke, release, remove"].filter((name) =>
      screen.queryByRole("button", { name }),
    );
    expect(offered).toEqual(buttons);
    if (items !== null) {
      await click("button", "Revoke, release, remove");
      const menu = (await screen.findAllByRole("menuitem")).map((item) => item.textContent);
      expect(menu.map((text) => items.find((each) => text?.startsWith(each)))).toEqual(items);
    }
  });

  it.each([
    ["install-devices", true],
    ["manage-permissions", true],
    ["nothing", false],
  ])("is moved only into a folder that takes it: one where %s is lacking", async (lacking, disabled) => {
    const permissions = ALL.filter((each) => each !== lacking);
    directory.folders = directory.folders.map((each) => (each.id === folderId(3) ? { ...each, permissions } : each));
    open();
    await click("button", "Move");
    const form = await dialog("Move press-1");
    expect(await form.findByRole("radio", { name: "Line 2" })).toHaveProperty("disabled", disabled);
  });

  it("may ask for help when it is allowed to, and tells of attempts to register it again", async () => {
    directory.devices = [
      detail({
        claimed: "2026-01-02T03:04:05Z",
        assistanceOption: { enabled: false, until: null },
        hardware: "unknown",
      }),
    ];
    directory.api.on("PATCH /api/devices/*", { json: detail() });
    open();
    expect(await screen.findByText(/Somebody tried to register this machine again/)).toBeDefined();
    await click("button", "Edit");
    const form = await dialog("Edit press-1");
    await user.click(form.getByRole("checkbox", { name: "People at the device may ask for help" }));
    await user.click(form.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(directory.api.of("PATCH")[0]?.body).toEqual({ assistance: { enabled: true, until: null } }),
    );
  });

  it("may ask for help until a time that is shown and can be changed", async () => {
    directory.devices = [detail({ assistanceOption: { enabled: true, until: "2020-05-06T07:08:00Z" } })];
    directory.api.on("PATCH /api/devices/*", { json: detail() });
    open();
    await click("button", "Edit");
    const form = await dialog("Edit press-1");
    const until = form.getByLabelText("Until");
    expect(until).toHaveProperty("value", toLocalInput(new Date("2020-05-06T07:08:00Z")));
    expect(form.getByText("This time is over: nobody may ask any more.")).toBeDefined();
    fireEvent.change(until, { target: { value: "2099-01-02T03:04" } });
    expect(form.getByText("Empty: without an end.")).toBeDefined();
    await user.click(form.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(directory.api.of("PATCH")[0]?.body).toEqual({
        assistance: { enabled: true, until: new Date("2099-01-02T03:04").toISOString() },
      }),
    );
  });

  it("that somebody tried to register again says so until a person has seen to it", async () => {
    directory.devices = [detail({ claimed: "2026-01-02T03:04:05Z" })];
    directory.api.on("POST /api/devices/*/acknowledge-claim", () => {
      directory.devices = [detail()];
      return { status: 204 };
    });
    open();
    await click("button", "I have seen to it");
    const form = await dialog("Take the notice of press-1 away?");
    await expectAccessible();
    await user.click(form.getByRole("button", { name: "I have seen to it" }));
    expect(await screen.findByText("The notice is gone")).toBeDefined();
    await waitFor(() => expect(screen.queryByText(/Somebody tried to register this machine again/)).toBeNull());
    expect(directory.api.of("POST")).toMatchObject([{ path: `/api/devices/${UID}/acknowledge-claim`, ifMatch: '"7"' }]);
  });

  it("offers what alarms need to those who may manage them, and nothing else with that", async () => {
    const alarming = { claimed: "2026-01-02T03:04:05Z", hardware: "changed" };
    directory.devices = [detail({ ...alarming, permissions: ["see-resources", "configure-devices"] })];
    const page = open();
    expect(await screen.findByText(/Somebody tried to register this machine again/)).toBeDefined();
    expect(screen.queryByRole("button", { name: "I have seen to it" })).toBeNull();
    expect(screen.getByRole("button", { name: "Bind to the new hardware" })).toBeDefined();
    page.unmount();
    directory.devices = [detail({ ...alarming, permissions: ["see-resources", "manage-alarms"] })];
    open();
    expect(await screen.findByRole("button", { name: "I have seen to it" })).toBeDefined();
    expect(screen.queryByRole("button", { name: "Bind to the new hardware" })).toBeNull();
  });

  it("that is not there says so", async () => {
    directory.devices = [];
    open();
    expect(await screen.findByRole("heading", { name: "There is nothing here" })).toBeDefined();
  });
});

describe("sub-devices", () => {
  const plc = {
    id: deviceId(50),
    name: "plc",
    ip: "192.0.2.17",
    mac: null,
    description: null,
    services: [{ kind: "http", port: 80 }],
    etag: "5",
  };

  it("are added with their services, each kind with its usual port", async () => {
    directory.api
      .on("GET /api/devices/*/sub-devices", { json: { items: [], next: null } })
      .on("POST /api/devices/*/sub-devices", { status: 201, json: plc });
    open("/sub-devices");
    await click("button", "Add sub-device");
    const form = await dialog("Add a sub-device");
    await user.type(form.getByRole("textbox", { name: /^Name/ }), "plc");
    await user.type(form.getByRole("textbox", { name: "IP address" }), "192.0.2.17");
    await user.click(form.getByRole("button", { name: "Add service" }));
    await user.selectOptions(form.getByRole("combobox", { name: "Kind of service 1" }), "ssh");
    expect(form.getByRole("spinbutton", { name: "Port of service 1" })).toHaveProperty("value", "22");
    await expectAccessible();
    await user.click(form.getByRole("button", { name: "Add sub-device" }));
    expect(await screen.findByText("plc was added")).toBeDefined();
    expect(directory.api.of("POST")[0]?.body).toMatchObject({
      name: "plc",
      ip: "192.0.2.17",
      services: [{ kind: "ssh", port: 22 }],
    });
  });

  it("are not overwritten unseen", async () => {
    directory.api
      .on("GET /api/devices/*/sub-devices", { json: { items: [plc], next: null } })
      .on("GET /api/sub-devices/*", { json: { ...plc, name: "plc-b", etag: "6" } })
      .on("PATCH /api/sub-devices/*", problem(412, "precondition-failed"));
    open("/sub-devices");
    await click("button", "Edit plc");
    const form = await dialog("Edit plc");
    await user.click(form.getByRole("button", { name: "Save" }));
    expect(await form.findByText("plc-b")).toBeDefined();
    expect(form.getByRole("button", { name: "Overwrite" })).toBeDefined();
  });

  it("are moved to another device that may be configured, which is found by its name", async () => {
    directory.devices = [detail(), device(2), device(3, { name: "press-3", permissions: ["see-resources"] })];
    directory.api
      .on("GET /api/devices/*/sub-devices", { json: { items: [plc], next: null } })
      .on("PATCH /api/sub-devices/*", { json: { ...plc, device: deviceId(2), etag: "6" } });
    open("/sub-devices");
    await click("button", "Move plc");
    const form = await dialog("Move plc");
    const move = form.getByRole("button", { name: "Move" });
    expect(move).toHaveProperty("disabled", true);
    await user.click(form.getByRole("combobox", { name: /^To the device/ }));
    const here = await form.findByRole("option", { name: /press-1/ });
    expect(here.getAttribute("aria-disabled")).toBe("true");
    expect(here.textContent).toContain("It is behind this device now");
    expect(form.getByRole("option", { name: /press-3/ }).getAttribute("aria-disabled")).toBe("true");
    await expectAccessible();
    await user.click(form.getByRole("option", { name: /press-2/ }));
    await user.click(move);
    expect(await screen.findByText("plc is behind press-2 now")).toBeDefined();
    expect(directory.api.of("PATCH")[0]).toMatchObject({
      path: `/api/sub-devices/${plc.id}`,
      body: { device: deviceId(2) },
      ifMatch: '"5"',
    });
  });

  it("are not moved unseen when they were changed meanwhile", async () => {
    directory.devices = [detail(), device(2)];
    directory.api
      .on("GET /api/devices/*/sub-devices", { json: { items: [plc], next: null } })
      .on("GET /api/sub-devices/*", { json: { ...plc, name: "plc-b", etag: "6" } })
      .on("PATCH /api/sub-devices/*", problem(412, "precondition-failed"));
    open("/sub-devices");
    await click("button", "Move plc");
    const form = await dialog("Move plc");
    await user.click(form.getByRole("combobox", { name: /^To the device/ }));
    await user.click(await form.findByRole("option", { name: /press-2/ }));
    await user.click(form.getByRole("button", { name: "Move" }));
    expect(await form.findByText("plc-b")).toBeDefined();
    directory.api.on("PATCH /api/sub-devices/*", { json: { ...plc, etag: "7" } });
    await user.click(form.getByRole("button", { name: "Move" }));
    expect(await screen.findByText("plc is behind press-2 now")).toBeDefined();
    expect(directory.api.of("PATCH").map((sent) => sent.ifMatch)).toEqual(['"5"', '"6"']);
  });
});
