// @vitest-environment happy-dom
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { domainOptions } from "../../app/testing/options";
import { expectAccessible, renderPage, says } from "../../app/testing/page";
import { SettingsPage } from "./SettingsPage";

const user = userEvent.setup();
const options = domainOptions();

const ID = "01900000-0000-7000-8000-000000000001";
const me = (...permissions: readonly string[]) => ({
  user: { id: ID, name: "anna" },
  domain: { id: ID, name: "works" },
  csrf: "c",
  permissions: { domain: permissions, anywhere: permissions },
});

let api: FakeApi;
let present: Record<string, unknown>;

beforeEach(() => {
  present = options;
  api = new FakeApi()
    .on("GET /api/domain/options", () => ({ json: present }))
    .on("GET /api/me", { json: me("manage-permissions") });
});

const open = (language: "en" | "de" = "en") => renderPage("/settings", "/settings", <SettingsPage />, { language });

describe("settings of the domain", () => {
  it("are changed with the version that was read", async () => {
    api.on("PATCH /api/domain/options", ({ body }) => {
      present = { ...options, ...(body as object), etag: "4" };
      return { json: present };
    });
    open();
    await user.click(await screen.findByRole("checkbox", { name: "Whoever ends a session says what was done" }));
    await user.type(screen.getByRole("textbox", { name: "Sessions at the same time" }), "12");
    await user.click(screen.getByRole("checkbox", { name: "E-mail address" }));
    const days = screen.getByRole("textbox", { name: "Days for which audit records are kept" });
    await user.clear(days);
    await user.type(days, "36");
    expect(screen.getByRole("button", { name: "Save" }).hasAttribute("disabled")).toBe(true);
    await user.type(days, "5");
    const addresses = screen.getByRole("textbox", { name: "Addresses for notifications" });
    await user.clear(addresses);
    await user.type(addresses, "b@example.org{Enter}{Enter} c@example.org ");
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText("The settings are saved")).toBeDefined();
    expect(api.of("PATCH")[0]).toMatchObject({
      ifMatch: '"3"',
      body: {
        commentRequired: true,
        fullSessionLog: false,
        assistance: { enabled: true, contactFields: ["name", "email"], expiresHours: 24 },
        notificationAddresses: ["b@example.org", "c@example.org"],
        quota: 12,
        auditDays: 365,
      },
    });
    await expectAccessible();
  });

  it("are changed twice in a row, the second time upon the first", async () => {
    api.on("PATCH /api/domain/options", ({ body, ifMatch }) => {
      if (ifMatch !== `"${present.etag}"`) return problem(412, "precondition-failed");
      present = { ...options, ...(body as object), etag: String(Number(present.etag) + 1) };
      return { json: present };
    });
    open();
    const comment = await screen.findByRole("checkbox", { name: "Whoever ends a session says what was done" });
    const save = screen.getByRole("button", { name: "Save" });
    await user.click(comment);
    await user.click(save);
    await screen.findByText("The settings are saved");
    await user.click(comment);
    await user.click(save);
    await waitFor(() => expect(present).toMatchObject({ etag: "5", commentRequired: false }));
    expect(screen.queryByText(/Somebody else/)).toBeNull();
  });

  it("say what they do", async () => {
    open();
    const log = await screen.findByRole("checkbox", { name: "Log sessions in full" });
    const addresses = screen.getByRole("textbox", { name: "Addresses for notifications" });
    const help = (control: HTMLElement) =>
      document.getElementById(control.getAttribute("aria-describedby") ?? "")?.textContent;
    expect(help(addresses)).toContain("told when a device asks for help");
    expect(help(log)).toContain("The devices record each thing");
  });

  it("are not sent while a number is none", async () => {
    open();
    const hours = await screen.findByRole("textbox", { name: "Hours until a request expires" });
    await user.clear(hours);
    await user.type(hours, "721");
    expect(screen.getByText("A whole number from 1 to 720.")).toBeDefined();
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Save" }).disabled).toBe(true);
    await expectAccessible();
  });

  it("show what somebody else makes of them, except to who is typing", async () => {
    open();
    const quota = await screen.findByRole<HTMLInputElement>("textbox", { name: "Sessions at the same time" });
    present = { ...options, quota: 77, etag: "4" };
    says({ type: "options" });
    await waitFor(() => expect(quota.value).toBe("77"));
    await user.type(quota, "8");
    present = { ...options, quota: 5, etag: "5" };
    const asked = api.of("GET", "/api/domain/options").length;
    says({ type: "options" });
    await waitFor(() => expect(api.of("GET", "/api/domain/options").length).toBeGreaterThan(asked));
    expect(quota.value).toBe("778");
  });

  it("say what somebody else made of them, and overwrite that only when asked again", async () => {
    api.on("PATCH /api/domain/options", ({ ifMatch, body }) =>
      ifMatch === '"5"'
        ? { json: { ...options, ...(body as object), etag: "6" } }
        : problem(412, "precondition-failed"),
    );
    open();
    await user.click(await screen.findByRole("checkbox", { name: "Log sessions in full" }));
    present = { ...options, quota: 77, etag: "5" };
    await user.click(screen.getByRole("button", { name: "Save" }));
    expect(await screen.findByText(/Sessions at the same time: 77/)).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Overwrite" }));
    expect(await screen.findByText("The settings are saved")).toBeDefined();
  });

  it("show the field that the server refuses", async () => {
    api.on("PATCH /api/domain/options", () => ({
      status: 422,
      json: {
        type: "urn:bascule:problem:invalid",
        status: 422,
        title: "invalid",
        errors: [{ field: "notificationAddresses", detail: "One of these is not an e-mail address." }],
      },
    }));
    open();
    await user.click(await screen.findByRole("button", { name: "Save" }));
    expect((await screen.findAllByText("One of these is not an e-mail address."))[0]).toBeDefined();
    await expectAccessible();
  });

  it("can be read by who may not change them, in German", async () => {
    present = { ...options, notificationAddresses: null, editable: false };
    open("de");
    expect(await screen.findByText(/Nur wer die Berechtigungen der ganzen Domäne verwaltet/)).toBeDefined();
    expect(
      screen.getByRole<HTMLInputElement>("checkbox", { name: "Sitzungen vollständig protokollieren" }).disabled,
    ).toBe(true);
    expect(screen.queryByRole("button", { name: "Speichern" })).toBeNull();
    expect(screen.queryByRole("textbox", { name: "Adressen für Benachrichtigungen" })).toBeNull();
    await expectAccessible();
  });
});
