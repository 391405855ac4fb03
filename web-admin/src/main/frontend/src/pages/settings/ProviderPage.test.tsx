// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { ANNA, BEN, domain, id, PLANT, ROOT, SERVICE } from "../access/testing/samples";
import { NewProviderPage, ProviderPage } from "./ProviderPage";
import { SignInPage } from "./SignInPage";

const user = userEvent.setup();

const OIDC = id(401);
const SAML = id(402);
const LDAP = id(403);
const ADDRESS = "https://id.example/realms/works";

const settings = {
  password: { minLength: 8, classes: 3, history: 5, notUserName: true },
  secondFactor: { mode: "voluntary", principals: [] },
  passwordless: false,
  session: { idleMinutes: 30, maxHours: 10 },
  freshFactor: { permissions: [], minutes: 5 },
  corporateOnly: false,
  breakGlass: null,
  principals: [],
  mail: true,
  state: { applied: true, error: null },
  etag: "3",
};

const company = {
  id: OIDC,
  kind: "oidc",
  name: "Company",
  enabled: true,
  oidc: { issuer: "https://login.example", clientId: "bascule", groupsClaim: "groups" },
  saml: null,
  ldap: null,
  secretSet: true,
  groups: [{ theirs: "engineers", ours: SERVICE }],
  partner: null,
  redirectUri: `${ADDRESS}/broker/${OIDC}/endpoint`,
  logoutUri: `${ADDRESS}/protocol/openid-connect/logout/backchannel-logout`,
  spMetadataUri: null,
  users: 12,
  groupNames: [{ id: SERVICE, name: "Service North" }],
  folderNames: [],
  etag: "1",
};

const partner = {
  ...company,
  id: SAML,
  kind: "saml",
  name: "Partner",
  oidc: null,
  saml: { metadataUrl: "https://partner.example/metadata", groupsAttribute: "groups" },
  secretSet: false,
  groups: [],
  partner: { folders: [PLANT, id(4)], ends: "2020-01-01T00:00:00Z" },
  redirectUri: `${ADDRESS}/broker/${SAML}/endpoint`,
  logoutUri: `${ADDRESS}/broker/${SAML}/endpoint`,
  spMetadataUri: `${ADDRESS}/broker/${SAML}/endpoint/descriptor`,
  users: 3,
  groupNames: [],
  folderNames: [
    { id: PLANT, name: "Plant 1" },
    { id: id(4), name: null },
  ],
};

const directory = {
  ...company,
  id: LDAP,
  kind: "ldap",
  name: "Directory",
  enabled: false,
  oidc: null,
  ldap: {
    url: "ldap://127.0.0.1:389",
    bindDn: "cn=admin",
    usersDn: "ou=people",
    groupsDn: null,
    userNameAttribute: "uid",
    startTls: false,
  },
  groups: [],
  redirectUri: null,
  logoutUri: null,
  users: 0,
  groupNames: [],
};

let api: FakeApi;
let present: Record<string, unknown>;

beforeEach(() => {
  present = company;
  api = domain(new FakeApi(), ["see-resources", "manage-sign-in"])
    .on("GET /api/sign-in-settings", { json: settings })
    .on("GET /api/identity-providers", { json: { items: [company, partner, directory] } })
    .on("GET /api/identity-providers/*", (_sent, at) =>
      at === present.id ? { json: present } : problem(404, "not-found"),
    )
    .on("PUT /api/identity-providers/*", ({ body, ifMatch }) => {
      if (ifMatch !== `"${present.etag}"`) return problem(412, "precondition-failed");
      present = { ...present, ...(body as object), etag: `${present.etag}0` };
      return { json: present };
    });
});

const open = (address: string, language: "en" | "de" = "en") =>
  renderRoutes(
    [
      { path: "/settings/sign-in", element: <SignInPage /> },
      { path: "/settings/sign-in/providers/new", element: <NewProviderPage /> },
      { path: "/settings/sign-in/providers/:id", element: <ProviderPage /> },
    ],
    address,
    { language },
  );

const one = (at: string) => `/settings/sign-in/providers/${at}`;
const box = (name: string) => screen.findByRole("textbox", { name });
const save = () => screen.getByRole<HTMLButtonElement>("button", { name: "Save" });
const type = async (name: string, text: string) => {
  const field = await box(name);
  await user.clear(field);
  await user.type(field, text);
};
const choose = async (box: string, option: RegExp, typed = "") => {
  const field = screen.getByRole("combobox", { name: box });
  await user.click(field);
  if (typed !== "") await user.type(field, typed);
  await user.click(await screen.findByRole("option", { name: option }));
};

describe("the list of providers", () => {
  it("says of each what it is, whether people get in, whose they are and how many", async () => {
    const { router } = open("/settings/sign-in");
    const list = within(await screen.findByRole("grid", { name: "Companies' identity providers and directories" }));
    const row = (name: string) => within(list.getByRole("row", { name: new RegExp(`^${name}`) }));
    expect(row("Company").getByText("OpenID Connect")).toBeDefined();
    expect(row("Company").getByText("In use")).toBeDefined();
    expect(row("Company").getByText("Of this domain")).toBeDefined();
    expect(row("Company").getByText("12")).toBeDefined();
    expect(row("Partner").getAllByText("Ended")[0]).toBeDefined();
    expect(row("Partner").getByText("A partner's, in Plant 1, (not visible to you)")).toBeDefined();
    expect(row("Directory").getByText("Switched off")).toBeDefined();
    await expectAccessible();
    await user.click(list.getByRole("link", { name: "Company" }));
    expect(router.state.location.pathname).toBe(one(OIDC));
  });

  it("leads to the form for another one", async () => {
    api.on("GET /api/identity-providers", { json: { items: [] } });
    const { router } = open("/settings/sign-in", "de");
    expect(await screen.findByText(/Es gibt keinen/)).toBeDefined();
    await user.click(screen.getByRole("link", { name: "Anbieter hinzufügen" }));
    expect(router.state.location.pathname).toBe(one("new"));
    await screen.findByRole("heading", { level: 1, name: "Einen Anbieter hinzufügen" });
    await expectAccessible();
  });
});

describe("a new provider", () => {
  it("by OpenID Connect is sent whole, and then says what it must be told", async () => {
    api.on("POST /api/identity-providers", ({ body }) => {
      present = { ...company, ...(body as object), users: 0 };
      return { status: 201, json: present };
    });
    const { router } = open(one("new"));
    await type("Name", " Company ");
    await type("Issuer", "https://login.example");
    await type("Client ID", "bascule");
    const add = screen.getByRole<HTMLButtonElement>("button", { name: "Add provider" });
    expect(add.disabled).toBe(true);
    const secret = screen.getByLabelText<HTMLInputElement>(/^Client secret/);
    expect(secret.type).toBe("password");
    await user.type(secret, "pssst");
    await user.click(screen.getByRole("button", { name: "Add mapping" }));
    expect(add.disabled).toBe(true);
    await type("Their group", "engineers");
    await choose("Our group", /Service North/);
    await expectAccessible();
    await user.click(add);
    await waitFor(() => expect(router.state.location.pathname).toBe(one(OIDC)));
    expect(api.of("POST")[0]?.body).toEqual({
      kind: "oidc",
      name: "Company",
      enabled: true,
      oidc: {
        issuer: "https://login.example",
        clientId: "bascule",
        clientSecret: "pssst",
        groupsClaim: "groups",
      },
      groups: [{ theirs: "engineers", ours: SERVICE }],
      partner: null,
    });
    expect(await screen.findByDisplayValue(company.redirectUri)).toBeDefined();
    expect(screen.getByDisplayValue(company.logoutUri)).toBeDefined();
    expect(screen.getByRole("button", { name: "Copy: Redirect URI" })).toBeDefined();
    expect(document.body.innerHTML).not.toContain("pssst");
    await expectAccessible();
  });

  it("by SAML takes its metadata out of a file, and a partner's limits", async () => {
    api.on("POST /api/identity-providers", { status: 201, json: partner });
    open(one("new"));
    await user.click(await screen.findByRole("radio", { name: "SAML 2.0" }));
    await type("Name", "Partner");
    await user.click(screen.getByRole("radio", { name: "As a document" }));
    await user.upload(
      screen.getByLabelText("Take it from a file"),
      new File(["<EntityDescriptor/>"], "metadata.xml", { type: "text/xml" }),
    );
    expect(await screen.findByDisplayValue("<EntityDescriptor/>")).toBeDefined();
    await user.click(screen.getByRole("checkbox", { name: "These are an outside organisation's people" }));
    const add = screen.getByRole<HTMLButtonElement>("button", { name: "Add provider" });
    expect(add.disabled).toBe(true);
    await choose("Add a folder", /Plant 1/, "plant");
    fireEvent.change(screen.getByLabelText(/^End/), { target: { value: "2030-06-30T18:00" } });
    await expectAccessible();
    await user.click(add);
    await waitFor(() => expect(api.of("POST")).toHaveLength(1));
    expect(api.of("POST")[0]?.body).toEqual({
      kind: "saml",
      name: "Partner",
      enabled: true,
      saml: { metadataUrl: "", metadata: "<EntityDescriptor/>", userNameAttribute: "", groupsAttribute: "groups" },
      groups: [],
      partner: { folders: [PLANT], ends: new Date("2030-06-30T18:00").toISOString() },
    });
  });

  it("does not send metadata that is too long", async () => {
    open(one("new"));
    await user.click(await screen.findByRole("radio", { name: "SAML 2.0" }));
    await type("Name", "Long");
    await user.click(screen.getByRole("radio", { name: "As a document" }));
    const file = (length: number) => new File(["x".repeat(length)], "metadata.xml", { type: "text/xml" });
    for (const length of [50_001, 200_001]) {
      await user.upload(screen.getByLabelText("Take it from a file"), file(length));
      expect(await screen.findByText(/At most 50,000 characters/)).toBeDefined();
      expect(screen.getByRole<HTMLButtonElement>("button", { name: "Add provider" }).disabled).toBe(true);
    }
    await user.upload(screen.getByLabelText("Take it from a file"), file(50_000));
    await waitFor(() =>
      expect(screen.getByRole<HTMLButtonElement>("button", { name: "Add provider" }).disabled).toBe(false),
    );
  });

  it("that is a directory warns of passwords in the clear, and shows errors at their fields", async () => {
    api.on("POST /api/identity-providers", {
      status: 422,
      json: {
        type: "urn:bascule:problem:invalid",
        status: 422,
        title: "invalid",
        errors: [{ field: "ldap.url", detail: "The name of the host is not known." }],
      },
    });
    open(one("new"));
    await user.click(await screen.findByRole("radio", { name: "Directory (LDAP, Active Directory)" }));
    expect(screen.queryByRole("checkbox", { name: /outside organisation/ })).toBeNull();
    await type("Name", "Directory");
    await type("Address", "ldap://nowhere.example");
    expect(screen.getByText(/everybody's password crosses the network readable/)).toBeDefined();
    await user.click(screen.getByRole("checkbox", { name: "Encrypt with StartTLS" }));
    expect(screen.queryByText(/crosses the network readable/)).toBeNull();
    await type("Account that reads the directory", "cn=admin");
    await user.type(screen.getByLabelText(/^Password of this account/), "secret");
    await type("Where the users are", "ou=people");
    await user.click(screen.getByRole("button", { name: "Add provider" }));
    expect(await screen.findByText("The provider was not saved")).toBeDefined();
    const field = await box("Address");
    expect(field.getAttribute("aria-invalid")).toBe("true");
    expect(document.getElementById(field.getAttribute("aria-describedby") ?? "")?.textContent).toContain(
      "The name of the host is not known.",
    );
    expect(api.of("POST")[0]?.body).toMatchObject({
      kind: "ldap",
      ldap: { bindPassword: "secret", startTls: true, groupsDn: "" },
      partner: null,
    });
    await expectAccessible();
  });
});

describe("a provider", () => {
  it("is changed with the version that was read, and keeps its secret", async () => {
    open(one(OIDC));
    expect(await screen.findByText("One is stored. Leave this empty to keep it.")).toBeDefined();
    await type("Name", "The company");
    await user.click(screen.getByRole("button", { name: "Remove the mapping of engineers" }));
    await user.click(save());
    expect(await screen.findByText("The provider is saved")).toBeDefined();
    expect(api.of("PUT")[0]).toMatchObject({
      ifMatch: '"1"',
      body: { kind: "oidc", name: "The company", enabled: true, oidc: { clientSecret: "" }, groups: [], partner: null },
    });
    await type("Name", "Company");
    await user.click(save());
    await waitFor(() => expect(api.of("PUT")[1]?.ifMatch).toBe('"10"'));
  });

  it("asks for the secret again when it would be sent elsewhere", async () => {
    open(one(OIDC));
    await type("Issuer", "https://other.example");
    expect(screen.getByText(/is not sent elsewhere: type it again/)).toBeDefined();
    expect(save().disabled).toBe(true);
    await user.type(screen.getByLabelText(/^Client secret/), "new");
    await user.click(save());
    await waitFor(() =>
      expect(api.of("PUT")[0]?.body).toMatchObject({ oidc: { issuer: "https://other.example", clientSecret: "new" } }),
    );
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>(/^Client secret/).value).toBe(""));
  });

  it("says what somebody else made of it, and is overwritten only when asked again", async () => {
    open(one(OIDC));
    await type("Name", "Mine");
    present = { ...company, name: "Theirs", groups: [], etag: "5" };
    await user.click(save());
    expect(await screen.findByText("Name: Theirs")).toBeDefined();
    expect(screen.getByText("Groups: –")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Overwrite" }));
    expect(await screen.findByText("The provider is saved")).toBeDefined();
    expect(present).toMatchObject({ name: "Mine", groups: [{ theirs: "engineers", ours: SERVICE }], etag: "50" });
  });

  it.each([
    [
      { ok: true, code: "ok", detail: "x" },
      "The connection works.",
      "It answers, and takes the client and its secret.",
    ],
    [{ ok: true, code: "unproved", detail: "x" }, /Whether it takes the secret, it does not tell/, null],
    [{ ok: false, code: "refused", detail: "Not it." }, "It answers, but does not take what it is shown.", "Not it."],
    [{ ok: false, code: "something-new", detail: "Who knows." }, "The connection does not work.", "Who knows."],
  ])("is tried, and says what came of it: %s", async (result, sentence, more) => {
    api.on("POST /api/identity-providers/*/test", { json: result });
    open(one(OIDC));
    await user.click(await screen.findByRole("button", { name: "Test connection" }));
    expect(await screen.findByText(sentence)).toBeDefined();
    if (more !== null) expect(screen.getByText(more)).toBeDefined();
    await expectAccessible();
  });

  it("no longer says what came of a trial once it is changed", async () => {
    api.on("POST /api/identity-providers/*/test", { json: { ok: true, code: "ok", detail: "Fine." } });
    open(one(OIDC));
    await user.click(await screen.findByRole("button", { name: "Test connection" }));
    await screen.findByText("The connection works.");
    await type("Name", "Other");
    await user.click(save());
    await waitFor(() => expect(screen.queryByText("The connection works.")).toBeNull());
  });

  it("is switched off and on, which says what comes of it and sends nothing that is only typed", async () => {
    open(one(OIDC));
    await type("Name", "Half typed");
    await user.click(screen.getByRole("button", { name: "Switch off" }));
    expect(screen.getByText(/whoever is signed in with it is signed out now.*: 12\./)).toBeDefined();
    await expectAccessible();
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Switch off" }));
    expect(await screen.findByText("Company is switched off")).toBeDefined();
    expect(api.of("PUT")[0]?.body).toMatchObject({ name: "Company", enabled: false, oidc: { clientSecret: "" } });
    expect(screen.getByText("Switched off")).toBeDefined();
    expect(await box("Name")).toHaveProperty("value", "Half typed");
    await user.click(save());
    await waitFor(() => expect(api.of("PUT")[1]?.body).toMatchObject({ name: "Half typed", enabled: false }));
    await user.click(await screen.findByRole("button", { name: "Switch on" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Switch on" }));
    await waitFor(() => expect(api.of("PUT")[2]?.body).toMatchObject({ enabled: true }));
  });

  it("that is the last way in stays, and says why", async () => {
    api.on("PUT /api/identity-providers/*", problem(409, "conflict", "This is the last one. Allow other ways first."));
    open(one(OIDC));
    await user.click(await screen.findByRole("button", { name: "Switch off" }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Switch off" }));
    expect(await screen.findByText("This is the last one. Allow other ways first.")).toBeDefined();
  });

  it("says what one must hold to decide who is believed", async () => {
    api.on("PUT /api/identity-providers/*", problem(403, "delegation"));
    open(one(OIDC));
    await type("Name", "Mine");
    await user.click(save());
    expect(await screen.findByText(/could be anybody who comes with this provider/)).toBeDefined();
  });

  it("asks for a fresh second factor where the domain does", async () => {
    api.on("PUT /api/identity-providers/*", problem(403, "factor-not-fresh"));
    open(one(OIDC));
    await type("Name", "Mine");
    await user.click(save());
    expect(await screen.findByRole("dialog", { name: "Show your second factor again" })).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Not now" }));
    expect(await box("Name")).toHaveProperty("value", "Mine");
  });

  it("of a partner whose time is over says so, stays a partner, and is removed by its name", async () => {
    present = partner;
    api.on("DELETE /api/identity-providers/*", { status: 204 });
    const { router } = open(one(SAML));
    expect(await screen.findByText(/The time of this organisation is over/)).toBeDefined();
    const checkbox = screen.getByRole<HTMLInputElement>("checkbox", { name: /outside organisation/ });
    expect([checkbox.checked, checkbox.disabled]).toEqual([true, true]);
    expect(screen.getByDisplayValue(partner.spMetadataUri)).toBeDefined();
    expect(screen.getByRole("button", { name: "Remove Plant 1" })).toBeDefined();
    await expectAccessible();
    await user.click(screen.getByRole("button", { name: "Remove" }));
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.getByText(/all their entries and memberships are taken away too/)).toBeDefined();
    await user.type(dialog.getByRole("textbox"), "Partner");
    await user.click(dialog.getByRole("button", { name: "Remove" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/settings/sign-in"));
    expect(api.of("DELETE")).toMatchObject([{ path: `/api/identity-providers/${SAML}`, ifMatch: '"1"' }]);
    expect(await screen.findByText("Partner was removed")).toBeDefined();
  });

  it("that is gone is said to be", async () => {
    open(one(id(499)));
    expect(await screen.findByText("There is no such provider, or it was removed.")).toBeDefined();
  });

  it("speaks German", async () => {
    present = directory;
    open(one(LDAP), "de");
    expect(await screen.findByRole("button", { name: "Verbindung prüfen" })).toBeDefined();
    expect(screen.getByText("Abgeschaltet")).toBeDefined();
    expect(screen.queryByText("Was der Anbieter wissen muss")).toBeNull();
    await expectAccessible();
  });
});

describe("sign-in with the company alone", () => {
  const only = /provider or directory alone$/;

  it("is switched on after a warning, with an owner who may sign in all the same", async () => {
    api.on("PUT /api/sign-in-settings", ({ body }) => ({ json: { ...settings, ...(body as object), etag: "4" } }));
    open("/settings/sign-in");
    await user.click(await screen.findByRole("checkbox", { name: only }));
    expect(screen.getByText("Choose an owner.")).toBeDefined();
    expect(save().disabled).toBe(true);
    await choose("Owner who may sign in all the same", /ben/);
    expect(screen.getByDisplayValue(`${location.origin}/login?local=true&domain=works`)).toBeDefined();
    await expectAccessible();
    await user.click(save());
    const dialog = within(screen.getByRole("dialog", { name: /Let people in with their company alone/ }));
    expect(dialog.getByText(/is out at once; so are you, unless you came with the company or are ben/)).toBeDefined();
    expect(dialog.getByText(/API tokens of accounts of this domain stop working, except those of ben/)).toBeDefined();
    expect(api.of("PUT")).toEqual([]);
    await expectAccessible();
    await user.click(dialog.getByRole("button", { name: "Save and switch on" }));
    expect(await screen.findByText("The settings are saved")).toBeDefined();
    expect(api.of("PUT")[0]?.body).toMatchObject({ corporateOnly: true, breakGlass: BEN });
  });

  it("stays on when something else is changed, without a warning", async () => {
    api
      .on("GET /api/sign-in-settings", { json: { ...settings, corporateOnly: true, breakGlass: ANNA } })
      .on("PUT /api/sign-in-settings", ({ body }) => ({ json: { ...settings, ...(body as object), etag: "4" } }));
    open("/settings/sign-in");
    expect((await screen.findAllByText("anna"))[0]).toBeDefined();
    await user.click(screen.getByRole("checkbox", { name: "Sign in with a passkey alone" }));
    await user.click(save());
    await waitFor(() =>
      expect(api.of("PUT")[0]?.body).toMatchObject({ passwordless: true, corporateOnly: true, breakGlass: ANNA }),
    );
  });

  it("says at its field why it cannot be", async () => {
    api.on("PUT /api/sign-in-settings", {
      status: 422,
      json: {
        type: "urn:bascule:problem:invalid",
        status: 422,
        title: "invalid",
        errors: [{ field: "corporateOnly", detail: "There is no provider that is switched on." }],
      },
    });
    open("/settings/sign-in");
    await user.click(await screen.findByRole("checkbox", { name: only }));
    await choose("Owner who may sign in all the same", /anna/);
    await user.click(save());
    await user.click(screen.getByRole("button", { name: "Save and switch on" }));
    expect(await screen.findAllByText("There is no provider that is switched on.")).toHaveLength(2);
  });
});

it("of the folders the root is offered too, and the server's refusal stands there", async () => {
  api.on("POST /api/identity-providers", {
    status: 422,
    json: {
      type: "urn:bascule:problem:invalid",
      status: 422,
      title: "invalid",
      errors: [{ field: "partner.folders", detail: "One of these is not a folder below the root." }],
    },
  });
  open(one("new"));
  await user.click(await screen.findByRole("radio", { name: "SAML 2.0" }));
  await type("Name", "Partner");
  await type("Address of the metadata", "https://partner.example/metadata");
  await user.click(screen.getByRole("checkbox", { name: "These are an outside organisation's people" }));
  await choose("Add a folder", /^Folder: Works$/);
  fireEvent.change(screen.getByLabelText(/^End/), { target: { value: "2030-06-30T18:00" } });
  await user.click(screen.getByRole("button", { name: "Add provider" }));
  expect(await screen.findAllByText("One of these is not a folder below the root.")).toHaveLength(2);
  expect(api.of("POST")[0]?.body).toMatchObject({ partner: { folders: [ROOT] } });
});
