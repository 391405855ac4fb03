// @vitest-environment happy-dom
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { deviceId, FakeDirectory, folderId } from "../testing/directory";
import { DevicesPage } from "./DevicesPage";

const user = userEvent.setup();

const token = (n: number, more: Record<string, unknown> = {}) => ({
  id: deviceId(n),
  folder: folderId(2),
  folderName: `Line ${n}`,
  expires: "2099-01-02T03:04:05Z",
  uses: 10,
  used: 3,
  createdBy: "anna",
  created: "2026-01-02T03:04:05Z",
  ...more,
});

/** The list, opened from where tokens are made. */
async function open() {
  renderPage("/devices", "/devices", <DevicesPage />);
  await user.click(await screen.findByRole("button", { name: "Add device" }));
  await user.click(await screen.findByRole("button", { name: "Tokens that were made" }));
  return within(await screen.findByRole("dialog", { name: "Enrolment tokens" }));
}

describe("the enrolment tokens", () => {
  it("are listed with what is left of them, and deleted after a question", async () => {
    const directory = new FakeDirectory();
    let tokens = [token(1), token(2, { expires: "2026-01-03T00:00:00Z", createdBy: null })];
    directory.api
      .on("GET /api/enrolment-tokens", () => ({ json: { items: tokens, next: null } }))
      .on("DELETE /api/enrolment-tokens/*", (_sent, id) => {
        tokens = tokens.filter((each) => each.id !== id);
        return { status: 204 };
      });
    const dialog = await open();
    const first = within(await dialog.findByRole("row", { name: /Line 1/ }));
    expect(first.getByText("3 of 10")).toBeDefined();
    expect(first.getByText("anna")).toBeDefined();
    expect(first.queryByText("Expired")).toBeNull();
    expect(within(dialog.getByRole("row", { name: /Line 2/ })).getByText("Expired")).toBeDefined();
    await expectAccessible();
    await user.click(dialog.getByRole("button", { name: "Delete the token for Line 1" }));
    const question = within(await screen.findByRole("dialog", { name: /Delete the token for Line 1/ }));
    await user.click(question.getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("The token was deleted")).toBeDefined();
    const left = within(await screen.findByRole("dialog", { name: "Enrolment tokens" }));
    expect(left.queryByRole("row", { name: /Line 1/ })).toBeNull();
    expect(left.getByRole("row", { name: /Line 2/ })).toBeDefined();
    expect(directory.api.of("DELETE").map(({ path }) => path)).toEqual([`/api/enrolment-tokens/${deviceId(1)}`]);
  });

  it("say why one was not deleted, and stay", async () => {
    const directory = new FakeDirectory();
    directory.api
      .on("GET /api/enrolment-tokens", { json: { items: [token(1)], next: null } })
      .on("DELETE /api/enrolment-tokens/*", problem(403, "forbidden"));
    const dialog = await open();
    await user.click(await dialog.findByRole("button", { name: "Delete the token for Line 1" }));
    const question = within(await screen.findByRole("dialog", { name: /Delete the token/ }));
    await user.click(question.getByRole("button", { name: "Delete" }));
    expect(await question.findByText("The token was not deleted")).toBeDefined();
    await user.click(question.getByRole("button", { name: "Cancel" }));
    expect(await screen.findByRole("row", { name: /Line 1/ })).toBeDefined();
  });

  it("that are none say so", async () => {
    new FakeDirectory().api.on("GET /api/enrolment-tokens", { json: { items: [] } });
    const dialog = await open();
    expect(await dialog.findByText("There are none where you may install devices.")).toBeDefined();
  });
});
