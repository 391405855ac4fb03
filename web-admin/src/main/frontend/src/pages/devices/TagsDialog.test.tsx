// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it } from "vitest";
import { problem } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { FakeDirectory } from "../testing/directory";
import { TagsDialog } from "./TagsDialog";

const user = userEvent.setup();

const tags = [
  { name: "hall/2", devices: 3 },
  { name: "spindle", devices: 1200 },
];

async function open(directory: FakeDirectory) {
  directory.api.on("GET /api/tags", { json: { items: tags, next: null } });
  let closed = false;
  renderPage(
    "/devices",
    "/devices",
    <TagsDialog
      onClose={() => {
        closed = true;
      }}
    />,
  );
  const dialog = within(await screen.findByRole("dialog", { name: "Manage tags" }));
  await dialog.findByRole("row", { name: /spindle/ });
  return { dialog, closed: () => closed };
}

describe("the tags as such", () => {
  it("are listed with their devices and renamed by name", async () => {
    const directory = new FakeDirectory();
    directory.api.on("PATCH /api/tags", { json: { devices: 3 } });
    const { dialog } = await open(directory);
    expect(dialog.getByText("1,200")).toBeDefined();
    await expectAccessible();
    await user.click(dialog.getByRole("button", { name: "Rename the tag hall/2" }));
    const rename = within(await screen.findByRole("dialog", { name: "Rename the tag hall/2" }));
    const name = rename.getByRole("textbox", { name: "New name" });
    await user.clear(name);
    await user.type(name, "Hall-3");
    await user.click(rename.getByRole("button", { name: "Rename" }));
    expect(await screen.findByText("The tag was renamed")).toBeDefined();
    expect(directory.api.of("PATCH")[0]).toMatchObject({ body: { name: "hall-3", merge: false } });
  });

  it("become one only after a warning and a tick", async () => {
    const directory = new FakeDirectory();
    directory.api.on("PATCH /api/tags", { json: { devices: 3 } });
    const { dialog } = await open(directory);
    await user.click(dialog.getByRole("button", { name: "Rename the tag hall/2" }));
    const rename = within(await screen.findByRole("dialog", { name: "Rename the tag hall/2" }));
    const name = rename.getByRole("textbox", { name: "New name" });
    await user.clear(name);
    await user.type(name, "spindle");
    const merge = rename.getByRole("button", { name: "Merge" });
    expect(merge).toHaveProperty("disabled", true);
    expect(rename.getByText(/There is a tag spindle already/)).toBeDefined();
    await expectAccessible();
    await user.click(rename.getByRole("checkbox", { name: "Merge the two" }));
    await user.click(merge);
    await waitFor(() => expect(directory.api.of("PATCH")[0]).toMatchObject({ body: { name: "spindle", merge: true } }));
  });

  it("are deleted after a question, and say why not", async () => {
    const directory = new FakeDirectory();
    directory.api.on("DELETE /api/tags", problem(403, "forbidden"));
    const { dialog } = await open(directory);
    await user.click(dialog.getByRole("button", { name: "Delete the tag spindle" }));
    const question = within(await screen.findByRole("dialog", { name: /Delete the tag spindle/ }));
    await user.click(question.getByRole("button", { name: "Delete" }));
    expect(await question.findByText("The tag was not changed")).toBeDefined();
    directory.api.on("DELETE /api/tags", { status: 204 });
    await user.click(question.getByRole("button", { name: "Delete" }));
    expect(await screen.findByText("The tag was deleted")).toBeDefined();
  });
});
