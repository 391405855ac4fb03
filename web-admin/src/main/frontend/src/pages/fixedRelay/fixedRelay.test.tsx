// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { type Answered, FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage, renderRoutes } from "../../app/testing/page";
import { ANNA, domain, user as person } from "../access/testing/samples";
import { DevicePage, OverviewTab } from "../device";
import { DevicesPage } from "../devices/DevicesPage";
import { UserPage } from "../people";
import { ALL, device, deviceId, FakeDirectory, folderId } from "../testing/directory";

const user = userEvent.setup();
const UID = deviceId(1);
const LINE = folderId(2);
const NONE = { relay: null, own: false, folder: null, etag: "7" };
const SET = { relay: "relay-2", own: true, folder: null, etag: "8" };
const INHERITED = { ...SET, own: false, folder: { id: LINE, name: "Line 1" } };

let directory: FakeDirectory;
let api: FakeApi;

function relays(to: FakeApi): FakeApi {
  return to.on("GET /api/relays", {
    json: {
      relays: [
        { id: "relay-1", name: "relay-1", region: "", url: "wss://relay-1.example" },
        { id: "relay-2", name: "Relay North", region: "Hamburg", url: "wss://relay-2.example" },
      ],
      probe: "token",
      refreshSeconds: 600,
    },
  });
}

beforeEach(() => {
  directory = new FakeDirectory();
  api = relays(directory.api);
});

function openDevice(fixed: unknown, permissions: readonly string[] = ALL, language: "en" | "de" = "en") {
  api.on("GET /api/fixed-relays/*", { json: fixed });
  directory.devices = [
    device(1, { inventory: null, certificate: null, addresses: [], words: [], permissions, tools: [] }),
  ];
  renderRoutes(
    [{ path: "/devices/:uid", element: <DevicePage />, children: [{ index: true, element: <OverviewTab /> }] }],
    `/devices/${UID}`,
    { language },
  );
}

async function openFolder(fixed: unknown) {
  api.on("GET /api/fixed-relays/*", { json: fixed });
  renderPage("/devices", `/devices?folder=${LINE}`, <DevicesPage />);
  await user.click(await screen.findByRole("button", { name: "Folder" }));
  await user.click(await screen.findByRole("menuitem", { name: "Relay" }));
}

const dialog = async (name: string) => within(await screen.findByRole("dialog", { name }));
/** The same once it is a form: until then another one stands in its place. */
const opened = async (name: string) => {
  await screen.findByRole("combobox", { name: "Relay" });
  return dialog(name);
};
const options = (form: Awaited<ReturnType<typeof dialog>>) =>
  form.getAllByRole("option").map((each) => each.textContent);

describe("the relay of a device", () => {
  it("is chosen by the server, or set here or above", async () => {
    openDevice(NONE);
    expect(await screen.findByText(/chosen by the server/)).toBeDefined();
    await expectAccessible();
  });

  it.each([
    [INHERITED, "en", /\(set for folder Line 1\)/],
    [{ ...INHERITED, folder: null }, "en", /\(set for a folder above that you do not see\)/],
    [SET, "de", /\(hier festgelegt\)/],
  ] as const)("says where it was set: %o in %s", async (fixed, language, said) => {
    openDevice(fixed, ALL, language);
    expect(await screen.findByText(said)).toBeDefined();
    expect(screen.getByText("relay-2")).toBeDefined();
  });

  it("is read by who may not change it", async () => {
    openDevice(INHERITED, ["see-resources"]);
    expect(await screen.findByText("relay-2")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Change the relay of press-1" })).toBeNull();
  });

  it("is set, and taken back, with the version that was read last", async () => {
    let fixed = NONE;
    openDevice(NONE);
    api
      .on("GET /api/fixed-relays/*", () => ({ json: fixed }))
      .on("PUT /api/fixed-relays/*", ({ body }): Answered => {
        fixed = (body as { relay: string | null }).relay === null ? { ...NONE, etag: "10" } : (SET as never);
        return { json: fixed };
      });
    const change = { name: "Change the relay of press-1" };
    await screen.findByText(/chosen by the server/);
    // something else of the device was changed since the page was opened, and will be once more
    fixed = { ...NONE, etag: "9" };
    await user.click(screen.getByRole("button", change));
    const form = await opened("Relay of press-1");
    const select = await form.findByRole("combobox", { name: "Relay" });
    expect(options(form)).toEqual(["Chosen by the server", "relay-1", "Relay North (relay-2), Hamburg"]);
    expect(form.getByText(/while it is away they are refused/)).toBeDefined();
    expect(form.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    await expectAccessible();
    await user.selectOptions(select, "relay-2");
    const before = api.of("GET", `/api/devices/${UID}`).length;
    await user.click(form.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("The relay is set")).toBeDefined();
    expect(await screen.findByText(/\(set here\)/)).toBeDefined();
    // its version is another now
    await waitFor(() => expect(api.of("GET", `/api/devices/${UID}`).length).toBeGreaterThan(before));
    fixed = { ...SET, etag: "11" } as never;
    await user.click(screen.getByRole("button", change));
    const again = await opened("Relay of press-1");
    const unset = "As above, or chosen by the server";
    await user.selectOptions(await again.findByRole("combobox", { name: "Relay" }), unset);
    await user.click(again.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PUT")).toMatchObject([
      { path: `/api/fixed-relays/${UID}`, body: { relay: "relay-2" }, ifMatch: '"9"' },
      { path: `/api/fixed-relays/${UID}`, body: { relay: null }, ifMatch: '"11"' },
    ]);
  });

  it("is not overwritten unseen", async () => {
    openDevice({ ...SET, relay: "relay-9" });
    api.on("PUT /api/fixed-relays/*", problem(412, "precondition-failed"));
    await user.click(await screen.findByRole("button", { name: "Change the relay of press-1" }));
    const form = await opened("Relay of press-1");
    const select = await form.findByRole("combobox", { name: "Relay" });
    expect(select).toHaveProperty("value", "relay-9");
    expect(options(form)).toContain("relay-9 (not there now)");
    await user.selectOptions(select, "relay-1");
    api.on("GET /api/fixed-relays/*", { json: { ...INHERITED, etag: "12" } });
    await user.click(form.getByRole("button", { name: "Save" }));
    expect(await form.findByText("Meanwhile somebody else changed it")).toBeDefined();
    expect(form.getByText(/Relay: /).textContent).toBe("Relay: relay-2 (set for folder Line 1)");
    expect(options(form)[0]).toBe("As above: relay-2");
    await expectAccessible();
    await user.click(form.getByRole("button", { name: "Overwrite" }));
    await waitFor(() => expect(api.of("PUT").map(({ ifMatch }) => ifMatch)).toEqual(['"8"', '"12"']));
  });

  it("that there is not any more says so at its field", async () => {
    openDevice(NONE);
    api.on("PUT /api/fixed-relays/*", {
      status: 422,
      json: {
        type: "urn:bascule:problem:invalid",
        status: 422,
        errors: [{ field: "relay", detail: "There is no relay of this name." }],
      },
    });
    await user.click(await screen.findByRole("button", { name: "Change the relay of press-1" }));
    const form = await opened("Relay of press-1");
    const select = await form.findByRole("combobox", { name: "Relay" });
    await user.selectOptions(select, "relay-1");
    await user.click(form.getByRole("button", { name: "Save" }));
    await waitFor(() =>
      expect(document.getElementById(select.getAttribute("aria-describedby") ?? "")?.textContent).toContain(
        "There is no relay of this name.",
      ),
    );
  });

  it("that cannot be loaded can be asked for again", async () => {
    openDevice(NONE);
    api.on("GET /api/fixed-relays/*", problem(500, "internal"));
    expect(await screen.findByText(/The relay could not be loaded/)).toBeDefined();
    api.on("GET /api/fixed-relays/*", { json: NONE });
    await user.click(screen.getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/chosen by the server/)).toBeDefined();
  });
});

describe("the relay of a folder", () => {
  it("is set in its menu", async () => {
    api.on("PUT /api/fixed-relays/*", { json: SET });
    await openFolder(NONE);
    const form = await opened("Relay of Line 1");
    await user.selectOptions(await form.findByRole("combobox", { name: "Relay" }), "relay-1");
    expect(form.getByText(/in this folder and below/)).toBeDefined();
    await user.click(form.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("The relay is set")).toBeDefined();
    expect(api.of("PUT")).toMatchObject([
      { path: `/api/fixed-relays/${LINE}`, body: { relay: "relay-1" }, ifMatch: '"7"' },
    ]);
  });

  it("is read by who may not configure devices there", async () => {
    directory.folders = directory.folders.map((each) => ({ ...each, permissions: ["see-resources"] }));
    await openFolder(INHERITED);
    expect(await screen.findByText("relay-2")).toBeDefined();
    const form = await dialog("Relay of Line 1");
    expect(form.queryByRole("button", { name: "Save" })).toBeNull();
    expect(api.of("GET", "/api/relays")).toEqual([]);
    await expectAccessible();
  });
});

describe("the relay of a user", () => {
  const openUser = () => renderPage("/people/users/:id", `/people/users/${ANNA}`, <UserPage />);
  const prepare = (...permissions: string[]) =>
    relays(domain(new FakeApi()))
      .on("GET /api/access/person", { json: { items: [], next: null } })
      .on("GET /api/users/*", { json: person({ permissions }) });

  it("is set by who manages him", async () => {
    const people = prepare("see-users", "manage-users").on("PUT /api/fixed-relays/*", { json: SET });
    openUser();
    await user.click(await screen.findByRole("button", { name: "Change the relay of anna" }));
    const form = await opened("Relay of anna");
    await user.selectOptions(await form.findByRole("combobox", { name: "Relay" }), "relay-2");
    expect(form.getByText(/New sessions of this user/)).toBeDefined();
    await user.click(form.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("The relay is set")).toBeDefined();
    expect(people.of("PUT")).toMatchObject([
      { path: `/api/fixed-relays/${ANNA}`, body: { relay: "relay-2" }, ifMatch: '"u1"' },
    ]);
  });

  it("is read by who sees him", async () => {
    prepare("see-users");
    openUser();
    expect(await screen.findByText(/chosen by the server/)).toBeDefined();
    expect(screen.queryByRole("button", { name: "Change the relay of anna" })).toBeNull();
  });
});
