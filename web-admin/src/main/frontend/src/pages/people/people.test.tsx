// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import {
  ANNA,
  anna,
  BEN,
  domain,
  group,
  list,
  OWNERS,
  PLANT,
  plantRef,
  principalLosses,
  ROOT,
  SERVICE,
  service,
  user,
} from "../access/testing/samples";
import { GroupPage, GroupsPage, UserPage, UsersPage } from ".";

const openUsers = (address = "/people/users") => renderPage("/people/users", address, <UsersPage />);
const openUser = () => renderPage("/people/users/:id", `/people/users/${ANNA}`, <UserPage />);
const openGroup = () => renderPage("/people/groups/:id", `/people/groups/${SERVICE}`, <GroupPage />);

/** As soon as it was shown what it changes. */
async function press(dialog: ReturnType<typeof within>, name: string) {
  const button = dialog.getByRole("button", { name });
  await waitFor(() => expect(button).toHaveProperty("disabled", false));
  await userEvent.click(button);
}

describe("the users", () => {
  it("are listed with their groups, and who never signed in is marked", async () => {
    domain(new FakeApi());
    openUsers();
    const table = await screen.findByRole("grid", { name: "Users" });
    const ben = within(table).getByRole("row", { name: /ben/ });
    expect(within(ben).getByText("Waiting for first sign-in")).toBeDefined();
    expect(within(ben).getByText("never")).toBeDefined();
    expect(within(table).getByRole("link", { name: "Service North" }).getAttribute("href")).toBe(
      `/people/groups/${SERVICE}`,
    );
    await expectAccessible();
  });

  it("that are in many groups are listed with the first of them and how many more there are", async () => {
    domain(new FakeApi()).on("GET /api/users", list(user({ groupCount: 23 }), user({ id: BEN, name: "ben" })));
    openUsers();
    const table = within(await screen.findByRole("grid", { name: "Users" }));
    expect(table.getByRole("row", { name: /anna/ }).textContent).toContain("Service North and 22 more");
    expect(table.getByRole("row", { name: /ben/ }).textContent).not.toContain("more");
    await expectAccessible();
  });

  it("are searched and filtered by the address, and the filter can be taken away", async () => {
    const api = domain(new FakeApi());
    const { router } = openUsers(`/people/users?q=an&group=${SERVICE}&folder=${ROOT}&cursor=abc`);
    await screen.findByRole("grid", { name: "Users" });
    expect(api.of("GET", "/api/users")[0]?.query).toEqual({
      q: "an",
      group: SERVICE,
      folder: ROOT,
      cursor: "abc",
      limit: "50",
    });
    await userEvent.click(screen.getByRole("button", { name: /In the group/ }));
    expect(router.state.location.search).toBe(`?folder=${ROOT}&q=an`);
    await userEvent.type(screen.getByRole("textbox", { name: "Search users" }), "na");
    await waitFor(() => expect(api.of("GET", "/api/users").at(-1)?.query.q).toBe("anna"));
  });

  it("are listed also where their folder is hidden from the reader", async () => {
    domain(new FakeApi()).on("GET /api/users", list(user({ folder: null })));
    openUsers();
    const row = await screen.findByRole("row", { name: /anna/ });
    expect(within(row).getByText("(not visible to you)")).toBeDefined();
  });

  it("say what to do when there are none", async () => {
    domain(new FakeApi()).on("GET /api/users", list());
    openUsers();
    expect(await screen.findByText("No users yet")).toBeDefined();
    expect(screen.getAllByRole("button", { name: "Add user" }).length).toBe(2);
    await expectAccessible();
  });

  it("are added before their first sign-in", async () => {
    const api = domain(new FakeApi()).on("POST /api/users", { status: 201, json: user({ id: BEN, name: "carla" }) });
    const { router } = openUsers();
    await userEvent.click((await screen.findAllByRole("button", { name: "Add user" }))[0] as HTMLElement);
    const dialog = await screen.findByRole("dialog");
    await userEvent.type(within(dialog).getByRole("textbox", { name: /Name/ }), " carla ");
    await userEvent.type(within(dialog).getByRole("combobox", { name: /Folder/ }), "plant");
    await userEvent.click(await within(dialog).findByRole("option", { name: /Plant 1/ }));
    await userEvent.click(within(dialog).getByRole("radio", { name: "None from here" }));
    await expectAccessible();
    await userEvent.click(within(dialog).getByRole("button", { name: "Add user" }));
    await waitFor(() => expect(router.state.location.pathname).toBe(`/people/users/${BEN}`));
    expect(api.of("POST", "/api/users")[0]?.body).toEqual({ name: "carla", folder: plantRef.id });
  });
});

describe("a user", () => {
  it("has groups, qualifications and rights everywhere", async () => {
    domain(new FakeApi()).on(
      "GET /api/access/person",
      list({ resource: plantRef, permissions: ["terminal"], devices: 214 }),
    );
    openUser();
    expect(await screen.findByRole("grid", { name: "Rights of anna" })).toBeDefined();
    expect(screen.getByText("High voltage")).toBeDefined();
    expect(screen.getByText("Expired")).toBeDefined();
    expect(screen.getByRole("link", { name: "Explain the rights on a resource" }).getAttribute("href")).toBe(
      `/access/effective?user=${ANNA}`,
    );
    await expectAccessible();
  });

  it("is deleted after it was shown what goes, and the name was typed", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/person", list())
      .on("GET /api/users/*/deletion", { json: principalLosses({ apiTokens: 2, sessions: 3 }) })
      .on("DELETE /api/users/*", { status: 204 });
    const { router } = openUser();
    await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("Leaves the groups: Service North.")).toBeDefined();
    expect(await within(dialog).findByText("API tokens: 2")).toBeDefined();
    expect(within(dialog).getByText("Open sessions, which end at once: 3")).toBeDefined();
    expect(within(dialog).queryByText(/Permission entries/)).toBeNull();
    expect(api.of("GET", `/api/users/${ANNA}/deletion`)).toHaveLength(1);
    expect(await within(dialog).findByText("No running session ends.")).toBeDefined();
    expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({ remove: [], delete: [ANNA] });
    const remove = within(dialog).getByRole("button", { name: "Delete" });
    expect(remove).toHaveProperty("disabled", true);
    await userEvent.type(within(dialog).getByRole("textbox", { name: /Type anna/ }), "anna");
    await userEvent.click(remove);
    await waitFor(() => expect(router.state.location.pathname).toBe("/people/users"));
    expect(api.of("DELETE")).toMatchObject([{ path: `/api/users/${ANNA}`, ifMatch: '"u1"' }]);
  });

  it("gets qualifications with their ends, and loses them", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/person", list())
      .on("POST /api/access/preview", {
        json: {
          effects: [
            {
              principal: anna,
              permission: "terminal",
              lost: 2,
              gained: 0,
              placesLost: 0,
              placesGained: 0,
              users: 1,
            },
          ],
          ownersLeft: true,
          sessionsEnding: 0,
        },
      })
      .on("PUT /api/users/*/qualifications", { json: { items: [], etag: "u2" } });
    openUser();
    await userEvent.click(await screen.findByRole("button", { name: "Edit qualifications" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Qualifications of anna" }));
    await userEvent.click(dialog.getByRole("button", { name: "Add a qualification" }));
    const [, second] = dialog.getAllByRole("group", { name: /^Qualification/ }) as [HTMLElement, HTMLElement];
    await userEvent.type(within(second).getByRole("textbox", { name: "Qualification" }), " First aid ");
    fireEvent.change(within(second).getByLabelText("Until"), { target: { value: "2099-01-02T03:04" } });
    await expectAccessible();
    await userEvent.click(dialog.getByRole("button", { name: "Remove the qualification High voltage" }));
    expect(await dialog.findByText("Takes “Terminal” on 2 devices away from anna.")).toBeDefined();
    expect(dialog.getByText(/What begins or ends later changes access only then/)).toBeDefined();
    expect(api.of("POST", "/api/access/preview").at(-1)?.body).toMatchObject({
      qualifications: [
        { user: ANNA, items: [{ name: "First aid", until: new Date("2099-01-02T03:04").toISOString() }] },
      ],
    });
    expect(api.of("PUT")).toEqual([]);
    await press(dialog, "Save");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PUT")).toMatchObject([
      {
        body: { items: [{ name: "First aid", until: new Date("2099-01-02T03:04").toISOString() }] },
        ifMatch: '"u1"',
      },
    ]);
  });

  it("of whom somebody else changed the qualifications meanwhile keeps them until both were seen", async () => {
    let now = { items: [] as unknown[], etag: "u1" };
    const api = domain(new FakeApi())
      .on("GET /api/access/person", list())
      .on("GET /api/users/*/qualifications", () => ({ json: now }))
      .on("PUT /api/users/*/qualifications", problem(412, "precondition-failed"));
    openUser();
    await userEvent.click(await screen.findByRole("button", { name: "Edit qualifications" }));
    const dialog = within(await screen.findByRole("dialog"));
    now = { items: [{ name: "Crane", until: null }], etag: "u2" };
    await userEvent.type(dialog.getByRole("textbox", { name: "Qualification" }), "First aid");
    await press(dialog, "Save");
    expect(await dialog.findByText(/Crane/)).toBeDefined();
    await press(dialog, "Overwrite");
    await waitFor(() => expect(api.of("PUT").map(({ ifMatch }) => ifMatch)).toEqual(['"u1"', '"u2"']));
  });

  it("is moved after it was shown whose rights on him change", async () => {
    const api = domain(new FakeApi())
      .on("GET /api/access/person", list())
      .on("POST /api/access/preview", {
        json: {
          effects: [
            {
              principal: service,
              permission: "manage-users",
              lost: 0,
              gained: 0,
              placesLost: 1,
              placesGained: 0,
              users: 12,
            },
          ],
          ownersLeft: true,
          sessionsEnding: 0,
        },
      })
      .on("PATCH /api/users/*", { json: user() });
    openUser();
    await userEvent.click(await screen.findByRole("button", { name: "Move" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Move anna" }));
    expect(api.of("POST", "/api/access/preview")).toEqual([]);
    await userEvent.type(dialog.getByRole("combobox", { name: /New folder/ }), "plant");
    await userEvent.click(await dialog.findByRole("option", { name: /Plant 1/ }));
    expect(await dialog.findByText(/^Takes “Manage users and groups” on 1 .* away from Service North/)).toBeDefined();
    expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
      move: [{ resource: ANNA, folder: PLANT }],
    });
    await expectAccessible();
    await press(dialog, "Move");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PATCH")).toMatchObject([{ path: `/api/users/${ANNA}`, body: { folder: PLANT }, ifMatch: '"u1"' }]);
  });

  it("whom the caller does not manage shows qualifications alone", async () => {
    domain(new FakeApi())
      .on("GET /api/access/person", list())
      .on("GET /api/users/*", { json: user({ permissions: ["see-users"] }) });
    openUser();
    expect(await screen.findByText("High voltage")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Edit qualifications" })).toBeNull();
  });

  it("that is the last owner stays, in plain words", async () => {
    domain(new FakeApi())
      .on("GET /api/access/person", list())
      .on("DELETE /api/groups/*/members/*", problem(409, "last-owner", "last owner"));
    openUser();
    await userEvent.click(await screen.findByRole("button", { name: "Remove from the group Service North" }));
    const dialog = await screen.findByRole("dialog");
    await waitFor(() =>
      expect(within(dialog).getByRole("button", { name: "Remove" })).toHaveProperty("disabled", false),
    );
    await userEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
    expect(await within(dialog).findByText(/No owner who can sign in would be left/)).toBeDefined();
  });

  it("that nobody may see is as one that does not exist", async () => {
    domain(new FakeApi()).on("GET /api/users/*", problem(404, "not-found"));
    openUser();
    expect(await screen.findByText("This user does not exist any more, or you may not see him.")).toBeDefined();
  });
});

describe("the groups", () => {
  it("are listed, and those that come with the domain are marked", async () => {
    domain(new FakeApi());
    renderPage("/people/groups", "/people/groups", <GroupsPage />);
    const table = await screen.findByRole("grid", { name: "Groups" });
    expect(within(within(table).getByRole("row", { name: /Owners/ })).getByText("Built in")).toBeDefined();
    await expectAccessible();
  });

  it("get members that are found while typing, and refuse a circle in plain words", async () => {
    const api = domain(new FakeApi()).on("PUT /api/groups/*/members/*", problem(409, "group-cycle", "cycle"));
    openGroup();
    await userEvent.click(await screen.findByRole("button", { name: "Add member" }));
    const dialog = await screen.findByRole("dialog");
    const who = within(dialog).getByRole("combobox", { name: /User or group/ });
    await userEvent.type(who, "own");
    const own = await within(dialog).findByRole("option", { name: /Service North/ });
    expect(own.getAttribute("aria-disabled")).toBe("true");
    await userEvent.click(await within(dialog).findByRole("option", { name: /Owners/ }));
    await waitFor(() =>
      expect(within(dialog).getByRole("button", { name: "Add member" })).toHaveProperty("disabled", false),
    );
    expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
      join: [{ group: SERVICE, member: OWNERS }],
    });
    await userEvent.click(within(dialog).getByRole("button", { name: "Add member" }));
    expect(await within(dialog).findByText(/A group cannot be a member of itself/)).toBeDefined();
    expect(within(dialog).getByText("Reference: ref-1")).toBeDefined();
    expect(api.of("PUT").length).toBe(1);
    await expectAccessible();
  });

  it("lose members", async () => {
    const api = domain(new FakeApi()).on("DELETE /api/groups/*/members/*", { status: 204 });
    openGroup();
    await userEvent.click(await screen.findByRole("button", { name: "Remove anna" }));
    const dialog = await screen.findByRole("dialog");
    expect(await within(dialog).findByText("No running session ends.")).toBeDefined();
    expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({
      leave: [{ group: SERVICE, member: ANNA }],
    });
    await userEvent.click(within(dialog).getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("DELETE")[0]?.path).toBe(`/api/groups/${SERVICE}/members/${ANNA}`);
  });

  it("are deleted after it was shown what their members lose, with what the groups around them give", async () => {
    const api = domain(new FakeApi())
      .on("POST /api/access/preview", {
        json: {
          effects: [
            {
              principal: { id: SERVICE, name: "Service North", kind: "group" },
              permission: "terminal",
              lost: 214,
              gained: 0,
              placesLost: 9,
              placesGained: 0,
              users: 6,
            },
          ],
          ownersLeft: true,
          sessionsEnding: 0,
        },
      })
      .on("GET /api/groups/*/deletion", { json: principalLosses({ memberships: 7, signInRules: 1 }) })
      .on("DELETE /api/groups/*", { status: 204 });
    openGroup();
    await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(await dialog.findByText("Memberships in groups: 7")).toBeDefined();
    expect(dialog.getByText("Places in the settings of the sign-in and of identity providers: 1")).toBeDefined();
    expect(await dialog.findByText(/Takes .* on 214 devices away from .*\(users concerned: 6\)/)).toBeDefined();
    expect(api.of("POST", "/api/access/preview")[0]?.body).toMatchObject({ remove: [], delete: [SERVICE] });
    await expectAccessible();
    await userEvent.type(dialog.getByRole("textbox", { name: /Type Service North/ }), "Service North");
    await userEvent.click(dialog.getByRole("button", { name: "Delete" }));
    await waitFor(() => expect(api.of("DELETE")[0]?.path).toBe(`/api/groups/${SERVICE}`));
  });

  it("that would take the last owner along stay", async () => {
    domain(new FakeApi()).on("POST /api/access/preview", {
      json: { effects: [], ownersLeft: false, sessionsEnding: 0 },
    });
    openGroup();
    await userEvent.click(await screen.findByRole("button", { name: "Delete" }));
    const dialog = within(await screen.findByRole("dialog"));
    expect(await dialog.findByText("Owners would lose what they could not give back")).toBeDefined();
    await userEvent.type(dialog.getByRole("textbox", { name: /Type Service North/ }), "Service North");
    expect(dialog.getByRole("button", { name: "Delete" })).toHaveProperty("disabled", true);
  });

  it("are renamed with the version that was read", async () => {
    const api = domain(new FakeApi()).on("PATCH /api/groups/*", { json: group() });
    openGroup();
    await userEvent.click(await screen.findByRole("button", { name: "Rename" }));
    const dialog = await screen.findByRole("dialog");
    const name = within(dialog).getByRole("textbox", { name: /Name/ });
    await userEvent.clear(name);
    await userEvent.type(name, "Service South");
    await userEvent.click(within(dialog).getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PATCH")).toMatchObject([{ body: { name: "Service South" }, ifMatch: '"g1"' }]);
  });

  it("that come with the domain cannot be deleted or moved", async () => {
    domain(new FakeApi()).on("GET /api/groups/*", { json: group({ builtIn: true }) });
    openGroup();
    await screen.findByText("Built in");
    expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Move" })).toBeNull();
    await expectAccessible();
  });
});
