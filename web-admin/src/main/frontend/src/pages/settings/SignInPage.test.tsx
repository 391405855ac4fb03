// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderRoutes } from "../../app/testing/page";
import { ANNA, domain, SERVICE, service } from "../access/testing/samples";
import { SettingsPage } from "./SettingsPage";
import { SignInPage } from "./SignInPage";

const user = userEvent.setup();
const settings = {
  password: { minLength: 8, classes: 3, history: 5, notUserName: true },
  secondFactor: { mode: "voluntary", principals: [] as string[] },
  passwordless: false,
  session: { idleMinutes: 30, maxHours: 10 },
  freshFactor: { permissions: ["manage-permissions"], minutes: 5 },
  principals: [] as unknown[],
  mail: true,
  state: { applied: true, error: null },
  etag: "3",
};

let api: FakeApi;
let present: Record<string, unknown>;

beforeEach(() => {
  present = settings;
  api = domain(new FakeApi(), ["manage-permissions", "manage-sign-in"])
    .on("GET /api/identity-providers", { json: { items: [] } })
    .on("GET /api/sign-in-settings", () => ({ json: present }))
    .on("PUT /api/sign-in-settings", ({ body, ifMatch }) => {
      if (ifMatch !== `"${present.etag}"`) return problem(412, "precondition-failed");
      present = { ...(body as object), principals: [], state: { applied: false }, etag: `${present.etag}0` };
      return { json: present };
    });
});

const open = (language: "en" | "de" = "en") =>
  renderRoutes(
    [
      { path: "/settings", element: <SettingsPage /> },
      { path: "/settings/sign-in", element: <SignInPage /> },
    ],
    "/settings/sign-in",
    { language },
  );

const retype = async (name: string, text: string) => {
  const box = await screen.findByRole("textbox", { name });
  await user.clear(box);
  await user.type(box, text);
};

describe("settings of sign-in", () => {
  it("are changed as a whole with the version that was read, and say when they are taken over", async () => {
    open();
    expect(await screen.findByText("The identity provider works by these settings.")).toBeDefined();
    await retype("Least number of characters", "12");
    await user.selectOptions(screen.getByRole("combobox", { name: "Kinds of characters" }), "At least 4 of 4");
    await user.click(screen.getByRole("radio", { name: "For everybody" }));
    await user.click(screen.getByRole("checkbox", { name: "Sign in with a passkey alone" }));
    await retype("Minutes without use until it ends", "15");
    await user.click(await screen.findByRole("checkbox", { name: "Terminal" }));
    await expectAccessible();
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/is taking these settings over/)).toBeDefined();
    expect(api.of("PUT")).toMatchObject([
      {
        ifMatch: '"3"',
        body: {
          password: { minLength: 12, classes: 4, history: 5, notUserName: true },
          secondFactor: { mode: "everybody", principals: [] },
          passwordless: true,
          session: { idleMinutes: 15, maxHours: 10 },
          freshFactor: { permissions: ["manage-permissions", "terminal"], minutes: 5 },
        },
      },
    ]);
    present = { ...present, state: { applied: true } };
    expect(await screen.findByText("The identity provider works by these settings.")).toBeDefined();
  });

  it("ask for a second factor of chosen groups and users, by their names", async () => {
    present = { ...settings, secondFactor: { mode: "chosen", principals: [SERVICE] }, principals: [service] };
    open();
    await user.click(await screen.findByRole("button", { name: "Remove Service North" }));
    expect(screen.getByText("Choose at least one group or user.")).toBeDefined();
    const save = screen.getByRole("button", { name: "Save" });
    expect(save).toHaveProperty("disabled", true);
    await user.type(screen.getByRole("combobox", { name: "Add a group or user" }), "an");
    await user.click(await screen.findByRole("option", { name: /anna/ }));
    await expectAccessible();
    await user.click(save);
    await waitFor(() =>
      expect(api.of("PUT")[0]?.body).toMatchObject({ secondFactor: { mode: "chosen", principals: [ANNA] } }),
    );
  });

  it("are not sent while a number is none that can be", async () => {
    open();
    await retype("Least number of characters", "7");
    expect(screen.getByText("A whole number from 8 to 64.")).toBeDefined();
    expect(screen.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
  });

  it("say in plain words why the identity provider has not taken them over", async () => {
    present = { ...settings, state: { applied: false, error: "The identity provider does not answer." } };
    open();
    expect(await screen.findByText("The identity provider does not answer.")).toBeDefined();
    expect(screen.getByText(/tried again by itself/)).toBeDefined();
    await screen.findByRole("checkbox", { name: "Manage permissions" });
    await expectAccessible();
  });

  it("say what somebody else made of them, and overwrite that only when asked again", async () => {
    open();
    await retype("Minutes without use until it ends", "20");
    present = { ...settings, passwordless: true, etag: "5" };
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/Sign in with a passkey alone: on/)).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Overwrite" }));
    expect(await screen.findByText("The settings are saved")).toBeDefined();
  });

  it("have a tab beside the others, in German", async () => {
    api.on("GET /api/domain/options", problem(409, "conflict"));
    const { router } = open("de");
    const tabs = within(await screen.findByRole("navigation", { name: "Einstellungen" }));
    expect(tabs.getByRole("link", { name: "Anmeldung" }).getAttribute("aria-current")).toBe("page");
    await user.click(tabs.getByRole("link", { name: "Allgemein" }));
    expect(router.state.location.pathname).toBe("/settings");
    expect(await screen.findByRole("link", { name: "Anmeldung" })).toBeDefined();
  });

  it("have no tab for who may not decide them", async () => {
    domain(api, ["manage-permissions"]).on("GET /api/domain/options", problem(409, "conflict"));
    renderRoutes([{ path: "/settings", element: <SettingsPage /> }], "/settings");
    await screen.findByText("The settings could not be loaded");
    expect(screen.queryByRole("navigation", { name: "Settings" })).toBeNull();
  });
});
