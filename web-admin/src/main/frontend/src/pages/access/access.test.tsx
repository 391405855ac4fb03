// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { AccessPage, EffectivePage, EverybodyPage, PersonPage } from ".";
import {
  ANNA,
  anna,
  catalogue,
  domain,
  entry,
  id,
  list,
  OWNERS,
  PLANT,
  PRESS,
  plantRef,
  pressRef,
  ROOT,
  rootRef,
  SERVICE,
  service,
} from "./testing/samples";

const lost = {
  effects: [
    {
      principal: service,
      permission: "control-desktop",
      lost: 214,
      gained: 0,
      placesLost: 7,
      placesGained: 0,
      users: 12,
    },
  ],
  ownersLeft: true,
  sessionsEnding: 3,
};

const owners = { id: OWNERS, name: "Owners", kind: "group" };
const above = (n: number, permission: string) =>
  entry(n, { resource: rootRef, principal: owners, permission, editable: false, delegable: true });

describe("access by resource", () => {
  const open = (address = `/access?resource=${PLANT}`) => renderPage("/access", address, <AccessPage />);

  it("shows what is set here and what comes from above, by whom it is for", async () => {
    domain(new FakeApi()).on(
      "GET /api/access/entries",
      list(
        entry(1),
        entry(2, { permission: "read-files" }),
        entry(3, { effect: "deny", permission: "control-desktop" }),
        above(4, "see-resources"),
      ),
    );
    open();
    const here = await screen.findByRole("grid", { name: "Set on Plant 1" });
    const rows = within(here).getAllByRole("row").slice(1);
    expect(rows.map((row) => within(row).getAllByText(/^(Allowed|Denied)$/)[0]?.textContent)).toEqual([
      "Denied",
      "Allowed",
    ]);
    expect(within(rows[1] as HTMLElement).getByText("Terminal")).toBeDefined();
    expect(within(rows[1] as HTMLElement).getByText("Read files")).toBeDefined();
    const inherited = screen.getByRole("grid", { name: "Inherited from Works" });
    expect(within(inherited).getByText("May pass on")).toBeDefined();
    expect(within(inherited).queryByRole("button", { name: /Remove/ })).toBeNull();
    await expectAccessible();
  });

  it("shows entries of those whom the caller does not see, without a name and without a way to their page", async () => {
    domain(new FakeApi())
      .on("GET /api/access/entries", list(entry(1, { principal: { ...service, name: null } })))
      .on("POST /api/access/preview", { json: { ...lost, effects: [] } });
    open();
    const here = await screen.findByRole("grid", { name: "Set on Plant 1" });
    expect(within(here).getByText("(not visible to you)")).toBeDefined();
    expect(within(here).queryByRole("link", { name: /not visible/ })).toBeNull();
    await userEvent.click(within(here).getByRole("button", { name: "Remove the entry for (not visible to you)" }));
    expect(await screen.findByRole("dialog", { name: /\(not visible to you\)/ })).toBeDefined();
  });

  it("opens with the topmost folder, and finds a device by name", async () => {
    const api = domain(new FakeApi());
    const { router } = open("/access");
    expect(await screen.findByRole("heading", { name: /Access to Works/ })).toBeDefined();
    await userEvent.click(screen.getByRole("button", { name: "Change: Folder or device" }));
    await userEvent.type(screen.getByRole("combobox", { name: "Folder or device" }), 'press "1');
    await waitFor(() => expect(api.of("GET", "/api/devices").at(-1)?.query.q).toBe('"press" "1"'));
    await userEvent.click(await screen.findByRole("option", { name: /press-01/ }));
    expect(router.state.location.search).toBe(`?resource=${PRESS}`);
    expect(await screen.findByText("Rights from above end here")).toBeDefined();
  });

  it("says before it takes something away what that does, and then takes it", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/entries", list(entry(1, { permission: "control-desktop" })))
      .on("POST /api/access/preview", { json: lost })
      .on("DELETE /api/access/entries/*", { status: 204 });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Remove the entry for Service North" }));
    const dialog = await screen.findByRole("dialog");
    expect(
      await within(dialog).findByText(
        "Takes “Control desktop” on 214 devices away from Service North. (users concerned: 12)",
      ),
    ).toBeDefined();
    expect(within(dialog).getByText("Running sessions that end or lose a tool: 3.")).toBeDefined();
    expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({ add: [], remove: [id(101)], inherit: [] });
    await expectAccessible();
    await userEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("DELETE")).toMatchObject([{ path: `/api/access/entries/${id(101)}`, ifMatch: '"e1"' }]);
  });

  it("says that administration is lost where there is no device, and warns whom it takes it from", async () => {
    const none = { lost: 0, gained: 0, placesLost: 0, placesGained: 0, users: 1 };
    const effects = [
      { ...none, principal: anna, permission: "manage-permissions", placesLost: 1 },
      { ...none, principal: service, permission: "manage-permissions", placesLost: 3, users: 12 },
      { ...none, principal: service, permission: "manage-users", placesLost: 3, users: 12 },
      { ...none, principal: service, permission: "see-resources", lost: 2, placesLost: 3, placesGained: 1, users: 12 },
    ];
    domain(new FakeApi())
      .on("GET /api/access/entries", list(entry(1, { permission: "manage-permissions", principal: anna })))
      .on("POST /api/access/preview", { json: { effects, ownersLeft: true, sessionsEnding: 0 } });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Remove the entry for anna" }));
    const dialog = within(await screen.findByRole("dialog"));
    const consequences = within(await dialog.findByRole("region", { name: "What this changes" }));
    await consequences.findByText(/You take this from yourself/);
    expect(consequences.getAllByRole("listitem").map((item) => item.textContent)).toEqual([
      "Takes “Manage permissions” on 1 folder, user or group away from anna, but on no device.",
      "Takes “Manage users and groups”, “Manage permissions” on 3 folders, users or groups away from Service North, but on no device. (users concerned: 12)",
      "Takes “See resources” on 2 devices away from Service North. (users concerned: 12)",
      "Gives “See resources” on 1 folder, user or group to Service North, but on no device. (users concerned: 12)",
    ]);
    expect(consequences.queryByText(/Nobody's rights/)).toBeNull();
    await expectAccessible();
  });

  it("does not lock the last owner out", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/entries", list(entry(1)))
      .on("POST /api/access/preview", { json: { ...lost, ownersLeft: false } });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Remove the entry for Service North" }));
    const dialog = await screen.findByRole("dialog");
    await within(dialog).findByText("Owners would lose what they could not give back");
    expect(within(dialog).getByRole("button", { name: "Remove" })).toHaveProperty("disabled", true);
    expect(api.of("DELETE")).toEqual([]);
  });

  it("says in clear words that somebody else was faster, and shows what is there now", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/entries", list(entry(1)))
      .on("DELETE /api/access/entries/*", problem(412, "precondition-failed"));
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Remove the entry for Service North" }));
    const dialog = await screen.findByRole("dialog");
    await waitFor(() =>
      expect(within(dialog).getByRole("button", { name: "Remove" })).toHaveProperty("disabled", false),
    );
    const before = api.of("GET", "/api/access/entries").length;
    await userEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
    expect(await within(dialog).findByText(/Somebody else changed it meanwhile/)).toBeDefined();
    expect(within(dialog).getByText("Reference: ref-1")).toBeDefined();
    await waitFor(() => expect(api.of("GET", "/api/access/entries").length).toBeGreaterThan(before));
  });

  it("adds an entry with a weekly window for a group that is found while typing", async () => {
    const api = domain(new FakeApi())
      .on("POST /api/access/preview", { json: lost })
      .on("POST /api/access/entries", { status: 201, json: { items: [entry(1)] } });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Add entry" }));
    const dialog = await screen.findByRole("dialog");
    const add = within(dialog).getByRole("button", { name: "Add" });
    expect(add).toHaveProperty("disabled", true);
    const who = within(dialog).getByRole("combobox", { name: /User or group/ });
    await userEvent.type(who, "north");
    await waitFor(() => expect(api.of("GET", "/api/groups").at(-1)?.query.q).toBe("north"));
    await within(dialog).findByRole("option", { name: /Service North/ });
    await userEvent.keyboard("{ArrowDown}{ArrowDown}{Enter}");
    expect(await within(dialog).findByText("Service North")).toBeDefined();
    await userEvent.click(within(dialog).getByRole("radio", { name: "Deny" }));
    await userEvent.click(within(dialog).getByRole("button", { name: "Contributor" }));
    await userEvent.click(within(dialog).getByRole("checkbox", { name: "View desktop" }));
    await userEvent.click(within(dialog).getByRole("checkbox", { name: "Only at certain hours of the week" }));
    await userEvent.click(within(dialog).getByRole("checkbox", { name: "Friday" }));
    await userEvent.selectOptions(within(dialog).getByRole("combobox", { name: "Time zone" }), "Europe/Vienna");
    await expectAccessible();
    await waitFor(() => expect(add).toHaveProperty("disabled", false));
    await userEvent.click(add);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST", "/api/access/entries")[0]?.body).toEqual({
      resource: PLANT,
      principal: SERVICE,
      permissions: ["see-resources", "terminal"],
      effect: "deny",
      from: null,
      until: null,
      window: { days: ["mon", "tue", "wed", "thu"], start: "08:00", end: "17:00", zone: "Europe/Vienna" },
      delegable: false,
    });
  });

  it("says of a permission that nothing asks for that it does nothing yet", async () => {
    const vpn = { code: "vpn", kind: "device-access", text: "VPN", freshFactor: false, used: false };
    domain(new FakeApi()).on("GET /api/permissions", { json: { ...catalogue, items: [...catalogue.items, vpn] } });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Add entry" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(await dialog.findByRole("checkbox", { name: /VPN/ })).toHaveProperty("disabled", false);
    expect(dialog.getAllByText("Not used by this version: it changes nothing yet.")).toHaveLength(1);
    await expectAccessible();
  });

  it("changes when the entries of a row count, each with its own version", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/entries", list(entry(1), entry(2, { permission: "read-files" })))
      .on("PATCH /api/access/entries/*", { json: entry(1) });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Change the entry for Service North" }));
    const dialog = await screen.findByRole("dialog");
    await userEvent.click(within(dialog).getByRole("checkbox", { name: "May pass this on" }));
    const save = within(dialog).getByRole("button", { name: "Save" });
    await waitFor(() => expect(save).toHaveProperty("disabled", false));
    await userEvent.click(save);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PATCH")).toMatchObject([
      { path: `/api/access/entries/${id(101)}`, ifMatch: '"e1"', body: { delegable: true, window: null } },
      { path: `/api/access/entries/${id(102)}`, ifMatch: '"e2"' },
    ]);
  });

  it("ends the inheritance with the version of the folder", async () => {
    const api = domain(new FakeApi()).on("PUT /api/access/inheritance/*", { status: 204 });
    open();
    await userEvent.click(await screen.findByRole("button", { name: "Stop inheriting" }));
    const dialog = await screen.findByRole("dialog");
    const stop = within(dialog).getByRole("button", { name: "Stop inheriting" });
    await waitFor(() => expect(stop).toHaveProperty("disabled", false));
    await userEvent.click(stop);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PUT")).toMatchObject([
      { path: `/api/access/inheritance/${PLANT}`, body: { inherit: false }, ifMatch: '"f1"' },
    ]);
  });

  it("joins again what is cut off from a folder, though it can be read nowhere", async () => {
    const vault = id(77);
    const api = domain(new FakeApi())
      .on("GET /api/folders/*/cut-off", list({ id: vault, name: "Vault", kind: "folder", etag: "v3" }))
      .on("PUT /api/access/inheritance/*", { status: 204 });
    open();
    expect(await screen.findByText("Cut off from here")).toBeDefined();
    await expectAccessible();
    await userEvent.click(screen.getByRole("button", { name: "Inherit again: Vault" }));
    const dialog = await screen.findByRole("dialog");
    const again = within(dialog).getByRole("button", { name: "Inherit again" });
    await waitFor(() => expect(again).toHaveProperty("disabled", false));
    await userEvent.click(again);
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
      inherit: [{ resource: vault, inherit: true }],
    });
    expect(api.of("PUT")).toMatchObject([
      { path: `/api/access/inheritance/${vault}`, body: { inherit: true }, ifMatch: '"v3"' },
    ]);
    expect(api.of("GET").filter((sent) => sent.path === `/api/folders/${vault}`)).toEqual([]);
  });

  it("offers no change to who may not manage permissions", async () => {
    const api = domain(new FakeApi(), ["see-resources"]).on(
      "GET /api/access/entries",
      list(entry(1, { editable: false })),
    );
    open();
    await screen.findByRole("grid", { name: "Set on Plant 1" });
    expect(screen.queryByRole("button", { name: /Add entry|Remove|Stop/ })).toBeNull();
    expect(api.of("GET").filter((sent) => sent.path.endsWith("/cut-off"))).toEqual([]);
  });
});

describe("effective rights", () => {
  it("explain each permission, and the entries that lost", async () => {
    domain(new FakeApi()).on("GET /api/access/effective", ({ query }) => {
      expect(query).toEqual({ user: ANNA, resource: PRESS });
      return {
        json: {
          user: { id: ANNA, name: "anna" },
          resource: pressRef,
          items: [
            {
              permission: "terminal",
              granted: true,
              deciding: entry(1, { principal: anna }),
              reason: "nearer",
              lost: [{ entry: entry(2, { resource: rootRef, effect: "deny" }), why: "farther" }],
            },
            { permission: "see-resources", granted: false, deciding: null, reason: "no-entry", lost: [] },
          ],
        },
      };
    });
    renderPage("/access/effective", `/access/effective?user=${ANNA}&resource=${PRESS}`, <EffectivePage />);
    expect(await screen.findByText("anna holds 1 of 2 permissions on press-01.")).toBeDefined();
    expect(screen.getByText(/Allowed to anna on Plant 1\./)).toBeDefined();
    expect(screen.getByText("It is nearer than what says otherwise further up.")).toBeDefined();
    expect(screen.getByText("No entry says anything about it, so it is not granted.")).toBeDefined();
    const table = screen.getByRole("grid", { name: "Access to devices" });
    await userEvent.click(within(table).getByRole("button"));
    expect(within(table).getByText(/Denied to the group Service North on Works\./)).toBeDefined();
    expect(within(table).getByText("A nearer entry decides.")).toBeDefined();
    await expectAccessible();
    await userEvent.click(screen.getByRole("switch", { name: "Only what is granted" }));
    expect(screen.queryByText("See resources")).toBeNull();
  });

  it.each([
    ["en", "Not used by this version: it changes nothing yet.", /clearing a quarantine need “Configure devices”/],
    ["de", "Von dieser Version nicht verwendet: bewirkt noch nichts.", /eine Quarantäne aufzuheben, braucht „Geräte/],
  ] as const)("say what a permission does not do (%s)", async (language, unused, alarms) => {
    const explanation = (permission: string) => ({
      permission,
      granted: false,
      deciding: null,
      reason: "no-entry",
      lost: [],
    });
    const inCatalogue = (code: string, kind: string, used: boolean) => ({
      code,
      kind,
      text: code,
      freshFactor: false,
      used,
    });
    domain(new FakeApi())
      .on("GET /api/permissions", {
        json: {
          items: [
            inCatalogue("manage-alarms", "administration", true),
            inCatalogue("terminal", "device-access", true),
            inCatalogue("vpn", "device-access", false),
          ],
          presets: [],
        },
      })
      .on("GET /api/access/effective", {
        json: {
          user: { id: ANNA, name: "anna" },
          resource: pressRef,
          items: ["manage-alarms", "terminal", "vpn"].map(explanation),
        },
      });
    renderPage("/access/effective", `/access/effective?user=${ANNA}&resource=${PRESS}`, <EffectivePage />, {
      language,
    });
    const row = (await screen.findByText("VPN")).closest("tr") as HTMLElement;
    expect(within(row).getByText(unused)).toBeDefined();
    expect(screen.getAllByText(unused)).toHaveLength(1);
    expect(screen.getByText(alarms)).toBeDefined();
    await expectAccessible();
  });

  it("ask for who and where first", async () => {
    domain(new FakeApi());
    renderPage("/access/effective", "/access/effective", <EffectivePage />);
    expect(await screen.findByText("Who, and where?")).toBeDefined();
    await expectAccessible();
  });
});

it("shows one person everywhere, with the way to the reason", async () => {
  domain(new FakeApi()).on(
    "GET /api/access/person",
    list(
      { resource: plantRef, permissions: ["terminal"], devices: 214 },
      { resource: pressRef, permissions: [], devices: 1 },
    ),
  );
  renderPage("/access/person", `/access/person?user=${ANNA}`, <PersonPage />);
  const table = await screen.findByRole("grid", { name: "Rights of anna" });
  expect(within(table).getByText("214")).toBeDefined();
  expect(within(table).getByText("Nothing any more")).toBeDefined();
  expect(within(table).getByRole("link", { name: "Why on press-01?" }).getAttribute("href")).toBe(
    `/access/effective?resource=${PRESS}&user=${ANNA}`,
  );
  await expectAccessible();
});

it("shows everybody on one resource", async () => {
  const api = domain(new FakeApi()).on(
    "GET /api/access/everybody",
    list({
      user: { id: ANNA, name: "anna" },
      permissions: ["terminal", "view-desktop", "control-desktop", "read-files"],
    }),
  );
  renderPage("/access/everybody", "/access/everybody", <EverybodyPage />);
  const table = await screen.findByRole("grid", { name: "Everybody on a resource" });
  expect(within(table).getByText("All access to devices")).toBeDefined();
  expect(api.of("GET", "/api/access/everybody")[0]?.query).toEqual({ resource: ROOT, limit: "50" });
  await expectAccessible();
});

it("speaks German", async () => {
  domain(new FakeApi()).on("GET /api/access/entries", list(entry(1, { effect: "deny" })));
  renderPage("/access", `/access?resource=${PLANT}`, <AccessPage />, { language: "de" });
  expect(await screen.findByRole("grid", { name: "Auf Plant 1 gesetzt" })).toBeDefined();
  expect(screen.getByText("Verboten")).toBeDefined();
});
