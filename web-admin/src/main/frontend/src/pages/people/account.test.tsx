// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { ANNA, BEN, domain, id, list, plantRef, user } from "../access/testing/samples";
import { UserPage, UsersPage } from ".";

const person = userEvent.setup();
const account = (more: Record<string, unknown> = {}) => ({
  exists: true,
  enabled: true,
  expires: null,
  email: "anna@example.org",
  passwordChange: false,
  factors: [
    { kind: "password", label: null, created: "2026-01-02T03:04:05Z" },
    { kind: "otp", label: "phone", created: null },
  ],
  available: true,
  ...more,
});

let api: FakeApi;
let present: Record<string, unknown>;

beforeEach(() => {
  present = account();
  api = domain(new FakeApi())
    .on("GET /api/access/person", list())
    .on("GET /api/users/*/account", () => ({ json: present }))
    .on("GET /api/users/*/sign-ins", list())
    .on("GET /api/users/*/tokens", list());
});

const openUser = (language: "en" | "de" = "en") =>
  renderPage("/people/users/:id", `/people/users/${ANNA}`, <UserPage />, { language });

async function press(name: string) {
  await person.click(await screen.findByRole("button", { name }));
  return within(await screen.findByRole("dialog"));
}

describe("a new user", () => {
  async function fillIn(name: string) {
    renderPage("/people/users", "/people/users", <UsersPage />);
    await person.click((await screen.findAllByRole("button", { name: "Add user" }))[0] as HTMLElement);
    const dialog = within(await screen.findByRole("dialog"));
    await person.type(dialog.getByRole("textbox", { name: /Name/ }), name);
    await person.type(dialog.getByRole("combobox", { name: /Folder/ }), "plant");
    await person.click(await dialog.findByRole("option", { name: /Plant 1/ }));
    return dialog;
  }

  it("gets a first password that is shown once", async () => {
    api.on("POST /api/users", {
      status: 201,
      json: { ...user({ id: BEN, name: "carla" }), firstPassword: "Quite-1-secret" },
    });
    const dialog = await fillIn(" carla ");
    fireEvent.change(dialog.getByLabelText("Expires"), { target: { value: "2099-01-02T03:04" } });
    await expectAccessible();
    await person.click(dialog.getByRole("button", { name: "Add user" }));
    const shown = within(await screen.findByRole("dialog", { name: "First password of carla" }));
    expect(shown.getByRole("textbox", { name: "First password" })).toHaveProperty("value", "Quite-1-secret");
    await expectAccessible();
    expect(api.of("POST", "/api/users").map(({ body }) => body)).toEqual([
      {
        name: "carla",
        folder: plantRef.id,
        account: { firstPassword: true },
        expires: `${new Date("2099-01-02T03:04").toISOString().slice(0, 19)}Z`,
      },
    ]);
    await person.click(shown.getByRole("button", { name: "I have copied it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.body.innerHTML).not.toContain("Quite-1-secret");
  });

  it("is invited at an address", async () => {
    api.on("POST /api/users", { status: 201, json: { ...user({ id: BEN, name: "carla" }), firstPassword: null } });
    const dialog = await fillIn("carla");
    await person.click(dialog.getByRole("radio", { name: "By an invitation" }));
    const add = dialog.getByRole("button", { name: "Add user" });
    expect(add).toHaveProperty("disabled", true);
    await person.type(dialog.getByRole("textbox", { name: /E-mail/ }), "carla@example.org");
    await person.click(add);
    expect(await screen.findByText("The user was added and invited")).toBeDefined();
    expect(api.of("POST", "/api/users")[0]?.body).toEqual({
      name: "carla",
      folder: plantRef.id,
      account: { invite: true },
      email: "carla@example.org",
    });
  });

  it("whose address is refused stays to be corrected", async () => {
    api.on("POST /api/users", {
      status: 422,
      json: {
        type: "urn:bascule:problem:invalid",
        status: 422,
        errors: [{ field: "email", detail: "This is no e-mail address." }],
      },
    });
    const dialog = await fillIn("carla");
    await person.type(dialog.getByRole("textbox", { name: /E-mail/ }), "carla");
    await person.click(dialog.getByRole("button", { name: "Add user" }));
    expect((await dialog.findAllByText("This is no e-mail address.")).length).toBe(2);
    expect(dialog.getByRole("textbox", { name: /E-mail/ })).toHaveProperty("value", "carla");
  });
});

describe("the account of a user", () => {
  it("is shown with what he signs in by", async () => {
    openUser();
    expect(await screen.findByText("anna@example.org")).toBeDefined();
    expect(screen.getByText("Enabled")).toBeDefined();
    expect(screen.getByText("Authenticator app: phone")).toBeDefined();
    await screen.findByText("No API tokens.");
    await expectAccessible();
  });

  it("is disabled and enabled after a question, with the version that was read", async () => {
    api.on("PATCH /api/users/*", ({ body }) => {
      present = account(body as Record<string, unknown>);
      return { json: user() };
    });
    openUser();
    const disable = await press("Disable");
    expect(disable.getByText(/Groups and rights are kept/)).toBeDefined();
    await person.click(disable.getByRole("button", { name: "Disable" }));
    const enable = await press("Enable");
    await person.click(enable.getByRole("button", { name: "Enable" }));
    expect(await screen.findByRole("button", { name: "Disable" })).toBeDefined();
    expect(api.of("PATCH")).toMatchObject([
      { body: { enabled: false }, ifMatch: '"u1"' },
      { body: { enabled: true }, ifMatch: '"u1"' },
    ]);
  });

  it("gets an address and an end, and only what was changed is sent", async () => {
    api.on("PATCH /api/users/*", { json: user() });
    openUser();
    const dialog = await press("E-mail and expiry");
    expect(dialog.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    fireEvent.change(dialog.getByLabelText("Expires"), { target: { value: "2099-01-02T03:04" } });
    await expectAccessible();
    await person.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    const again = await press("E-mail and expiry");
    await person.clear(again.getByRole("textbox", { name: "E-mail address" }));
    await person.click(again.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PATCH").map(({ body }) => body)).toEqual([
      { expires: `${new Date("2099-01-02T03:04").toISOString().slice(0, 19)}Z` },
      { email: null },
    ]);
  });

  it("gets another name with the version that was read", async () => {
    api.on("PATCH /api/users/*", { json: user({ name: "anna.berg" }) });
    openUser();
    const dialog = await press("Rename");
    expect(dialog.getByText(/This is the name to sign in with/)).toBeDefined();
    await expectAccessible();
    const name = dialog.getByRole("textbox", { name: /Name/ });
    await person.clear(name);
    await person.type(name, " anna.berg ");
    await person.click(dialog.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(api.of("PATCH")).toMatchObject([{ body: { name: "anna.berg" }, ifMatch: `"${user().etag}"` }]);
  });

  it("that comes from a provider is renamed there", async () => {
    const detail = "The name of this user comes from an identity provider or directory: it is changed there.";
    api.on("PATCH /api/users/*", {
      status: 409,
      json: { type: "urn:bascule:problem:conflict", status: 409, detail },
    });
    openUser();
    const dialog = await press("Rename");
    await person.type(dialog.getByRole("textbox", { name: /Name/ }), "x");
    await person.click(dialog.getByRole("button", { name: "Save" }));
    expect(await dialog.findByText(detail)).toBeDefined();
  });

  it("gets a new first password", async () => {
    api.on("POST /api/users/*/password-reset", () => {
      present = account({ passwordChange: true });
      return { json: { firstPassword: "Another-1" } };
    });
    openUser();
    const dialog = await press("Reset password");
    await person.click(dialog.getByRole("button", { name: "Reset password" }));
    const shown = within(await screen.findByRole("dialog", { name: "First password of anna" }));
    expect(shown.getByRole("textbox", { name: "First password" })).toHaveProperty("value", "Another-1");
    await person.click(shown.getByRole("button", { name: "I have copied it" }));
    expect(await screen.findByText("The password must be changed at the next sign-in.")).toBeDefined();
    api.on("POST /api/users/*/invitation", { status: 204 });
    const invite = await press("Send invitation");
    await person.click(invite.getByRole("button", { name: "Send invitation" }));
    expect(await screen.findByText("The invitation was sent")).toBeDefined();
  });

  it("loses its second factors after a warning, and a refusal says why", async () => {
    let refused = true;
    api.on("POST /api/users/*/factor-reset", () => {
      if (refused) return problem(403, "delegation");
      present = account({ factors: [{ kind: "password", label: null, created: null }] });
      return { status: 204 };
    });
    openUser();
    const dialog = await press("Reset second factor");
    await person.click(dialog.getByRole("button", { name: "Reset second factor" }));
    expect(await dialog.findByText(/You can only give or deny what you hold yourself/)).toBeDefined();
    refused = false;
    await person.click(dialog.getByRole("button", { name: "Reset second factor" }));
    expect(await screen.findByText("No second factor yet.")).toBeDefined();
    expect(screen.queryByRole("button", { name: "Reset second factor" })).toBeNull();
  });

  it("that does not exist says so", async () => {
    present = account({ exists: false });
    openUser();
    expect(await screen.findByText(/There is no account of this name/)).toBeDefined();
  });

  it("that cannot be asked for now says what is known, in German", async () => {
    present = { exists: true, enabled: true, expires: "2020-01-01T00:00:00Z", available: false };
    openUser("de");
    const state = within(
      (await screen.findByText(/Der Identitätsanbieter antwortet nicht/)).closest(".pf-v6-c-card") as HTMLElement,
    );
    expect(state.getByText("Abgelaufen")).toBeDefined();
    expect(screen.queryByRole("button", { name: "E-Mail und Ablauf" })).toBeNull();
  });

  it("and its sign-ins and tokens are ended by who manages him", async () => {
    api
      .on(
        "GET /api/users/*/sign-ins",
        list({
          id: id(451),
          client: "browser",
          address: "192.0.2.7",
          userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
          since: "2026-01-02T03:04:05Z",
          lastUsed: "2026-01-02T04:04:05Z",
          current: false,
        }),
      )
      .on("DELETE /api/users/*/sign-ins/*", { status: 204 });
    openUser();
    const dialog = await press("End the sign-in of Firefox, Linux");
    await person.click(dialog.getByRole("button", { name: "End" }));
    expect(await screen.findByText("The sign-in was ended")).toBeDefined();
    expect(api.of("DELETE").map(({ path }) => path)).toEqual([`/api/users/${ANNA}/sign-ins/${id(451)}`]);
    expect(screen.queryByRole("button", { name: "Create token" })).toBeNull();
  });

  it("is not shown to who does not manage him", async () => {
    api.on("GET /api/users/*", { json: user({ permissions: ["see-users"] }) });
    openUser();
    await screen.findByText("High voltage");
    expect(screen.queryByRole("heading", { name: "Account" })).toBeNull();
    expect(api.of("GET", `/api/users/${ANNA}/account`)).toEqual([]);
  });
});
