// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, LOST, problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { domain, id, list, PLANT, plantRef } from "../access/testing/samples";
import { AccountPage } from "./AccountPage";

const user = userEvent.setup();

const signIn = (n: number, more: Record<string, unknown> = {}) => ({
  id: id(450 + n),
  client: "browser",
  since: "2026-01-02T03:04:05Z",
  lastUsed: "2026-01-02T04:04:05Z",
  address: "192.0.2.7",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
  current: false,
  ...more,
});

const token = (n: number, more: Record<string, unknown> = {}) => ({
  id: id(400 + n),
  name: `backup ${n}`,
  permissions: ["terminal"],
  folders: [plantRef],
  created: "2026-01-02T03:04:05Z",
  expires: "2099-01-02T03:04:05Z",
  lastUsed: null,
  lastAddress: null,
  ...more,
});

let api: FakeApi;

beforeEach(() => {
  api = domain(new FakeApi(), ["see-resources", "terminal", "manage-users"])
    .on("GET /api/me/factors", {
      json: {
        required: true,
        provedAt: "2026-01-02T03:04:05Z",
        items: [
          { id: id(460), kind: "otp", label: "phone", created: "2026-01-02T03:04:05Z" },
          { id: id(461), kind: "recovery-codes", label: "Recovery codes", created: "2026-01-02T03:04:05Z" },
        ],
      },
    })
    .on("GET /api/me/sign-ins", list(signIn(1, { current: true }), signIn(2, { userAgent: "bascule/1.0 (Linux)" })))
    .on("GET /api/me/tokens", list(token(1, { lastUsed: "2026-01-03T00:00:00Z", lastAddress: "192.0.2.9" })));
});

const open = (language: "en" | "de" = "en") => renderPage("/account", "/account", <AccountPage />, { language });

describe("my account", () => {
  it("leads to the identity provider for password and factors, and back", async () => {
    open();
    expect(await screen.findByText("Authenticator app: phone")).toBeDefined();
    expect(screen.getByText("Recovery codes")).toBeDefined();
    expect(screen.getByText("Your domain requires a second factor of you.")).toBeDefined();
    const actions = [
      ["Change password", "do=password"],
      ["Add authenticator app", "do=totp"],
      ["Add passkey as second factor", "do=passkey"],
      ["Add passkey instead of password", "do=passkey-login"],
      ["Make recovery codes", "do=recovery-codes"],
      ["Remove Authenticator app: phone", `do=remove&factor=${id(460)}`],
    ] as const;
    expect(actions.map(([name]) => screen.getByRole("link", { name }).getAttribute("href"))).toEqual(
      actions.map(([, what]) => `/account/start?${what}&next=%2Faccount`),
    );
    await screen.findByRole("grid", { name: "API tokens" });
    await expectAccessible();
  });

  it("says when there is no second factor yet, in German", async () => {
    api.on("GET /api/me/factors", {
      json: { required: false, provedAt: null, items: [{ id: "p", kind: "password", label: null, created: null }] },
    });
    open("de");
    expect(await screen.findByText("Noch kein zweiter Faktor.")).toBeDefined();
    expect(screen.getByText("Passwort")).toBeDefined();
  });

  it.each([
    ["done", "Done"],
    ["cancelled", "Nothing was changed"],
    ["failed", "The identity provider could not do it"],
  ])("says once how it ended there: %s", async (end, said) => {
    const { router } = renderPage("/account", `/account?action=${end}`, <AccountPage />);
    expect(await screen.findByText(said)).toBeDefined();
    await waitFor(() => expect(router.state.location.search).toBe(""));
  });

  it("lists where one is signed in, and ends what is not this", async () => {
    let left = [signIn(1, { current: true }), signIn(2, { userAgent: "bascule/1.0 (Linux)" })];
    api
      .on("GET /api/me/sign-ins", () => list(...left))
      .on("DELETE /api/me/sign-ins/*", (_sent, which) => {
        left = left.filter((each) => each.id !== which);
        return { status: 204 };
      });
    open();
    const table = within(await screen.findByRole("grid", { name: "Sign-ins" }));
    const own = within(table.getByRole("row", { name: /Firefox, Linux/ }));
    expect(own.getByText("this one")).toBeDefined();
    expect(own.queryByRole("button")).toBeNull();
    await user.click(table.getByRole("button", { name: "End the sign-in of bascule, Linux" }));
    const question = within(await screen.findByRole("dialog", { name: /End this sign-in\?/ }));
    await user.click(question.getByRole("button", { name: "End" }));
    await waitFor(() => expect(table.queryByRole("row", { name: /bascule/ })).toBeNull());
    expect(api.of("DELETE").map(({ path }) => path)).toEqual([`/api/me/sign-ins/${id(452)}`]);
  });

  it("lists sign-ins of all pages", async () => {
    api.on("GET /api/me/sign-ins", ({ query }) => ({
      json:
        query.cursor === "abc"
          ? { items: [signIn(2, { userAgent: "bascule/1.0 (Linux)" })], next: null }
          : { items: [signIn(1, { current: true })], next: "abc" },
    }));
    open();
    const table = within(await screen.findByRole("grid", { name: "Sign-ins" }));
    expect(table.getByRole("row", { name: /Firefox, Linux/ })).toBeDefined();
    expect(table.getByRole("row", { name: /bascule, Linux/ })).toBeDefined();
  });

  it("makes a token within what one may, and shows it once", async () => {
    api.on("POST /api/me/tokens", { status: 201, json: { ...token(2), token: "bascule_secret" } });
    open();
    await user.click(await screen.findByRole("button", { name: "Create token" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Create an API token" }));
    const create = dialog.getByRole("button", { name: "Create token" });
    await user.type(dialog.getByRole("textbox", { name: /Name/ }), " nightly ");
    await user.click(await dialog.findByRole("checkbox", { name: "Terminal" }));
    expect(dialog.queryByRole("checkbox", { name: "View desktop" })).toBeNull();
    await user.selectOptions(dialog.getByRole("combobox", { name: "Valid for" }), "30 days");
    expect(create).toHaveProperty("disabled", true);
    await user.type(dialog.getByRole("combobox", { name: /Folder in which it counts/ }), "plant");
    await user.click(await dialog.findByRole("option", { name: /Plant 1/ }));
    await expectAccessible();
    await user.click(create);
    const shown = within(await screen.findByRole("dialog", { name: "The token nightly" }));
    const secret = shown.getByRole("textbox", { name: "Token" });
    expect(secret).toHaveProperty("value", "bascule_secret");
    await waitFor(() => expect(document.activeElement).toBe(secret));
    await expectAccessible();
    expect(api.of("POST", "/api/me/tokens").map(({ body }) => body)).toEqual([
      { name: "nightly", permissions: ["terminal"], folders: [PLANT], expiresIn: 30 * 86_400 },
    ]);
    await user.click(shown.getByRole("button", { name: "I have copied it" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(document.body.innerHTML).not.toContain("bascule_secret");
  });

  it("makes one token, also when the answer is lost and the button is pressed again", async () => {
    let asked = 0;
    api.on("POST /api/me/tokens", () =>
      asked++ === 0 ? LOST : { status: 201, json: { ...token(2), token: "bascule_secret" } },
    );
    open();
    await user.click(await screen.findByRole("button", { name: "Create token" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Create an API token" }));
    const create = dialog.getByRole("button", { name: "Create token" });
    await user.type(dialog.getByRole("textbox", { name: /Name/ }), "nightly");
    await user.click(await dialog.findByRole("checkbox", { name: "Terminal" }));
    await user.type(dialog.getByRole("combobox", { name: /Folder in which it counts/ }), "plant");
    await user.click(await dialog.findByRole("option", { name: /Plant 1/ }));
    await user.click(create);
    expect(await dialog.findByText("The server did not answer.", { exact: false })).toBeDefined();
    await user.click(create);
    expect(await screen.findByRole("dialog", { name: "The token nightly" })).toBeDefined();
    const [first, again] = api.of("POST", "/api/me/tokens");
    expect(again).toEqual(first);
  });

  it("says why a token was not made, and keeps what was typed", async () => {
    api.on("POST /api/me/tokens", {
      status: 422,
      json: {
        type: "urn:bascule:problem:invalid",
        status: 422,
        errors: [{ field: "name", detail: "There is one of this name." }],
      },
    });
    open();
    await user.click(await screen.findByRole("button", { name: "Create token" }));
    const dialog = within(await screen.findByRole("dialog"));
    await user.type(dialog.getByRole("textbox", { name: /Name/ }), "nightly");
    await user.click(await dialog.findByRole("checkbox", { name: "Terminal" }));
    await user.type(dialog.getByRole("combobox", { name: /Folder in which it counts/ }), "plant");
    await user.click(await dialog.findByRole("option", { name: /Plant 1/ }));
    await user.click(dialog.getByRole("button", { name: "Create token" }));
    expect((await dialog.findAllByText("There is one of this name."))[0]).toBeDefined();
    expect(dialog.getByRole("textbox", { name: /Name/ })).toHaveProperty("value", "nightly");
  });

  it("revokes a token after a question", async () => {
    api.on("DELETE /api/me/tokens/*", { status: 204 });
    open();
    const row = within(await screen.findByRole("row", { name: /backup 1/ }));
    expect(row.getByText("192.0.2.9")).toBeDefined();
    await user.click(row.getByRole("button", { name: "Revoke the token backup 1" }));
    const question = within(await screen.findByRole("dialog", { name: /Revoke the token backup 1\?/ }));
    await user.click(question.getByRole("button", { name: "Revoke" }));
    expect(await screen.findByText("The token backup 1 was revoked")).toBeDefined();
    expect(api.of("DELETE").map(({ path }) => path)).toEqual([`/api/me/tokens/${id(401)}`]);
  });

  it("shows the rest where one part is not to be had", async () => {
    api.on("GET /api/me/factors", problem(409, "conflict"));
    open();
    expect(await screen.findByText("Password and second factors could not be loaded")).toBeDefined();
    expect(await screen.findByRole("grid", { name: "Sign-ins" })).toBeDefined();
  });
});
