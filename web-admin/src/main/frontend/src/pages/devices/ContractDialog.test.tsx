// @vitest-environment happy-dom
import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { ALL, FakeDirectory, folderId } from "../testing/directory";
import { DevicesPage } from "./DevicesPage";

const user = userEvent.setup();
const LINE = folderId(2);

const NONE = {
  folder: null,
  own: false,
  inherited: false,
  reference: null,
  purpose: "",
  from: null,
  until: null,
  terms: "",
  required: false,
  qualifications: [],
  etag: "3",
};

const OWN = {
  ...NONE,
  folder: { id: LINE, name: "Line 1" },
  own: true,
  reference: "C-17",
  purpose: "<b>Maintenance</b>",
  until: "2030-01-02T03:04:00Z",
  required: true,
  qualifications: ["High voltage", "First aid"],
};

let directory: FakeDirectory;

const permit = (permissions: readonly string[]) => {
  directory.folders = directory.folders.map((each) => ({ ...each, permissions }));
};

beforeEach(() => {
  directory = new FakeDirectory();
  permit(ALL.filter((each) => each !== "manage-permissions"));
});

const manages = () => permit(ALL);

async function open(contract: unknown) {
  directory.api.on("GET /api/folders/*/contract", { json: contract });
  renderPage("/devices", `/devices?folder=${LINE}`, <DevicesPage />);
  await user.click(await screen.findByRole("button", { name: "Folder" }));
  await user.click(await screen.findByRole("menuitem", { name: "Service contract" }));
  const dialog = await screen.findByRole("dialog", { name: "Service contract of Line 1" });
  await within(dialog).findByText(/(This contract is|There is no contract) /);
  return within(await screen.findByRole("dialog", { name: "Service contract of Line 1" }));
}

/** As soon as it was shown what it changes. */
async function press(dialog: ReturnType<typeof within>, name: string) {
  const button = dialog.getByRole("button", { name });
  await waitFor(() => expect(button).toHaveProperty("disabled", false));
  await user.click(button);
}

describe("the service contract of a folder", () => {
  it("is read by everybody who sees the folder, as text", async () => {
    const dialog = await open(OWN);
    expect(dialog.getByText("C-17")).toBeDefined();
    expect(dialog.getByText("<b>Maintenance</b>")).toBeDefined();
    expect(dialog.getByText(/High voltage/)).toBeDefined();
    expect(dialog.queryByRole("button", { name: "Save" })).toBeNull();
    await expectAccessible();
  });

  it("says that there is none", async () => {
    const dialog = await open(NONE);
    expect(dialog.getByText("There is no contract on the way to this folder, and none is demanded.")).toBeDefined();
  });

  it("is set with all that was typed", async () => {
    manages();
    directory.api.on("PUT /api/folders/*/contract", { json: OWN });
    const dialog = await open(NONE);
    await user.type(dialog.getByRole("textbox", { name: "Number of the contract" }), " C-18 ");
    await user.type(dialog.getByRole("textbox", { name: "Purpose" }), "Repair");
    fireEvent.change(dialog.getByLabelText("From"), { target: { value: "2030-01-02T03:04" } });
    fireEvent.change(dialog.getByLabelText("Until"), { target: { value: "2029-01-02T03:04" } });
    expect(dialog.getByText("The end must be after the beginning.")).toBeDefined();
    expect(dialog.getByRole("button", { name: "Save" })).toHaveProperty("disabled", true);
    fireEvent.change(dialog.getByLabelText("Until"), { target: { value: "2031-01-02T03:04" } });
    await user.type(dialog.getByRole("textbox", { name: "Terms of data privacy" }), "None");
    await user.click(dialog.getByRole("checkbox", { name: "No access without a contract in force" }));
    await user.type(dialog.getByRole("textbox", { name: "Required qualifications" }), "High voltage{enter}First aid");
    await expectAccessible();
    await press(dialog, "Save");
    expect(await screen.findByText("The contract is saved")).toBeDefined();
    expect(directory.api.of("PUT")).toMatchObject([
      {
        path: `/api/folders/${LINE}/contract`,
        ifMatch: '"3"',
        body: {
          reference: "C-18",
          purpose: "Repair",
          from: new Date("2030-01-02T03:04").toISOString(),
          until: new Date("2031-01-02T03:04").toISOString(),
          terms: "None",
          required: true,
          qualifications: ["High voltage", "First aid"],
        },
      },
    ]);
  });

  it("says before it is saved who can use what no more", async () => {
    manages();
    directory.api
      .on("GET /api/permissions", {
        json: { items: [{ code: "terminal", kind: "device-access", text: "Terminal" }], presets: [] },
      })
      .on("POST /api/access/preview", {
        json: {
          effects: [
            {
              principal: { id: folderId(9), name: "Service North", kind: "group" },
              permission: "terminal",
              lost: 214,
              gained: 0,
              placesLost: 0,
              placesGained: 0,
              users: 12,
            },
          ],
          ownersLeft: true,
          sessionsEnding: 3,
        },
      });
    const dialog = await open(NONE);
    await user.click(dialog.getByRole("checkbox", { name: "No access without a contract in force" }));
    await user.type(dialog.getByRole("textbox", { name: "Required qualifications" }), "Welder");
    await user.type(dialog.getByRole("textbox", { name: "Purpose" }), "Repair");
    expect(
      await dialog.findByText("Takes “Terminal” on 214 devices away from Service North. (users concerned: 12)"),
    ).toBeDefined();
    expect(dialog.getByText("Running sessions that end or lose a tool: 3.")).toBeDefined();
    expect(dialog.getByText(/right after saving\. Permissions stay/)).toBeDefined();
    expect(directory.api.of("POST", "/api/access/preview").at(-1)?.body).toMatchObject({
      contracts: [
        {
          folder: LINE,
          contract: { reference: null, from: null, until: null, required: true, qualifications: ["Welder"] },
        },
      ],
    });
    expect(directory.api.of("PUT")).toEqual([]);
    await expectAccessible();
  });

  it("is saved although it could not be worked out what it changes", async () => {
    manages();
    directory.api
      .on("POST /api/access/preview", problem(422, "invalid", "Too much to work out."))
      .on("PUT /api/folders/*/contract", { json: OWN });
    const dialog = await open(OWN);
    expect(await dialog.findByText("What this changes could not be worked out")).toBeDefined();
    await press(dialog, "Save");
    expect(await screen.findByText("The contract is saved")).toBeDefined();
  });

  it("says where it comes from, and why it may not demand less", async () => {
    manages();
    directory.api.on("PUT /api/folders/*/contract", problem(403, "forbidden", "Only who manages permissions there."));
    const dialog = await open({ ...OWN, own: false, inherited: true, folder: { id: folderId(1), name: "Plant" } });
    expect(dialog.getByText(/This contract is set on the folder Plant/)).toBeDefined();
    expect(dialog.queryByRole("button", { name: "Remove the contract" })).toBeNull();
    await user.click(dialog.getByRole("checkbox", { name: "No access without a contract in force" }));
    await press(dialog, "Save");
    expect(await dialog.findByText("The contract was not saved")).toBeDefined();
  });

  it("is not overwritten unseen", async () => {
    manages();
    directory.api.on("PUT /api/folders/*/contract", problem(412, "precondition-failed"));
    const dialog = await open(OWN);
    directory.api.on("GET /api/folders/*/contract", { json: { ...OWN, reference: "C-99", etag: "4" } });
    await press(dialog, "Save");
    expect(await dialog.findByText("C-99")).toBeDefined();
    await press(dialog, "Overwrite");
    await waitFor(() => expect(directory.api.of("PUT").map(({ ifMatch }) => ifMatch)).toEqual(['"3"', '"4"']));
  });

  it("is removed after a warning", async () => {
    manages();
    directory.api.on("DELETE /api/folders/*/contract", { status: 204 });
    const dialog = await open(OWN);
    await user.click(dialog.getByRole("button", { name: "Remove the contract" }));
    const warning = within(await screen.findByRole("dialog", { name: /Remove the contract of Line 1/ }));
    expect(await warning.findByText("Nobody's rights change by this now.")).toBeDefined();
    expect(directory.api.of("POST", "/api/access/preview").at(-1)?.body).toMatchObject({
      contracts: [{ folder: LINE, contract: null }],
    });
    await expectAccessible();
    await press(warning, "Remove the contract");
    expect(await screen.findByText("The contract was removed")).toBeDefined();
    expect(directory.api.of("DELETE")).toMatchObject([{ path: `/api/folders/${LINE}/contract`, ifMatch: '"3"' }]);
  });
});
