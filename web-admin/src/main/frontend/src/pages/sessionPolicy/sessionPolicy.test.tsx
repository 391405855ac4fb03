// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { type FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage, renderRoutes } from "../../app/testing/page";
import { DevicePage, OverviewTab } from "../device";
import { DevicesPage } from "../devices/DevicesPage";
import { ALL, device, deviceId, FakeDirectory, folderId } from "../testing/directory";

const user = userEvent.setup();
const UID = deviceId(1);
const LINE = folderId(2);
const MAY = [...ALL, "set-consent-policy"];
const NONE = {
  consent: "never",
  reasonRequired: false,
  fullLog: false,
  timeoutSeconds: 60,
  own: false,
  set: false,
  folder: null,
  etag: "7",
};
const ABOVE = { ...NONE, consent: "device", reasonRequired: true, set: true, folder: { id: LINE, name: "Line 1" } };

let directory: FakeDirectory;
let api: FakeApi;

beforeEach(() => {
  directory = new FakeDirectory();
  api = directory.api;
});

function openDevice(policy: unknown, permissions: readonly string[] = MAY, language: "en" | "de" = "en") {
  api.on("GET /api/session-policies/*", { json: policy });
  directory.devices = [
    device(1, { inventory: null, certificate: null, addresses: [], words: [], permissions, tools: [] }),
  ];
  renderRoutes(
    [{ path: "/devices/:uid", element: <DevicePage />, children: [{ index: true, element: <OverviewTab /> }] }],
    `/devices/${UID}`,
    { language },
  );
}

const dialog = async (name: string) => within(await screen.findByRole("dialog", { name }));

describe("the session policy of a device", () => {
  it.each([
    [NONE, "en", "Nobody is asked (not set anywhere)"],
    [ABOVE, "en", "The person at the device is asked, reason required (set for folder Line 1)"],
    [
      { ...ABOVE, own: true, folder: null },
      "de",
      "Die Person am Gerät wird gefragt, Begründung nötig (hier festgelegt)",
    ],
  ] as const)("is said with where it comes from: %o in %s", async (policy, language, said) => {
    openDevice(policy, MAY, language);
    expect(await screen.findByText(said)).toBeDefined();
  });

  it("is set and taken back with the version that was read", async () => {
    openDevice(NONE);
    const own = { ...NONE, consent: "approver", fullLog: true, timeoutSeconds: 30, own: true, set: true, etag: "8" };
    api.on("PUT /api/session-policies/*", { json: own }).on("DELETE /api/session-policies/*", { status: 204 });
    const change = { name: "Change the session policy of press-1" };
    await user.click(await screen.findByRole("button", change));
    const form = await dialog("Session policy of press-1");
    const save = () => form.getByRole("button", { name: "Save" });
    await user.click(await form.findByRole("checkbox", { name: /Set here/ }));
    await expectAccessible();
    await user.selectOptions(form.getByRole("combobox"), "approver");
    await user.click(form.getByRole("checkbox", { name: /Full log/ }));
    const seconds = form.getByRole("spinbutton");
    await user.clear(seconds);
    await user.type(seconds, "5");
    expect(save()).toHaveProperty("disabled", true);
    await user.clear(seconds);
    await user.type(seconds, "30");
    api.on("GET /api/session-policies/*", { json: own });
    await user.click(save());
    expect(await screen.findByText("The session policy is set")).toBeDefined();
    expect(api.of("PUT", `/api/session-policies/${UID}`)[0]).toMatchObject({
      body: { consent: "approver", reasonRequired: false, fullLog: true, timeoutSeconds: 30 },
      ifMatch: '"7"',
    });
    await user.click(await screen.findByRole("button", change));
    const again = await dialog("Session policy of press-1");
    await user.click(await again.findByRole("checkbox", { name: /Set here/ }));
    await user.click(again.getByRole("button", { name: "Save" }));
    await waitFor(() => expect(api.of("DELETE", `/api/session-policies/${UID}`)[0]?.ifMatch).toBe('"8"'));
  });

  it("is not overwritten unseen", async () => {
    openDevice({ ...NONE, own: true, set: true });
    api.on("PUT /api/session-policies/*", problem(412, "precondition-failed"));
    await user.click(await screen.findByRole("button", { name: "Change the session policy of press-1" }));
    const form = await dialog("Session policy of press-1");
    await user.selectOptions(await form.findByRole("combobox"), "device");
    api.on("GET /api/session-policies/*", { json: { ...ABOVE, own: true, etag: "9" } });
    await user.click(form.getByRole("button", { name: "Save" }));
    expect(await form.findByText(/The person at the device is asked, reason required/)).toBeDefined();
  });

  it("is read by who may not change it, of a folder too", async () => {
    directory.folders = directory.folders.map((folder) => ({ ...folder, permissions: ["see-resources"] }));
    api.on("GET /api/session-policies/*", { json: ABOVE });
    renderPage("/devices", `/devices?folder=${LINE}`, <DevicesPage />);
    await user.click(await screen.findByRole("button", { name: "Folder" }));
    await user.click(await screen.findByRole("menuitem", { name: "Session policy" }));
    const shown = await screen.findByRole("dialog");
    expect(await within(shown).findByText(/The person at the device is asked/)).toBeDefined();
    expect(within(shown).queryByRole("button", { name: "Save" })).toBeNull();
  });
});
