// @vitest-environment happy-dom
import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi, problem } from "../../app/testing/api";
import { expectAccessible, renderPage, says } from "../../app/testing/page";
import { deviceId } from "../testing/directory";
import { TransferPage } from "./TransferPage";

const user = userEvent.setup();
const none = { created: 0, updated: 0, moved: 0, deleted: 0, unchanged: 0, skipped: 0 };
const dry = {
  id: deviceId(1),
  format: "csv",
  dryRun: true,
  state: "done",
  phase: "ended",
  done: 2,
  total: 2,
  changes: { ...none, created: 1, moved: 1 },
  problems: [],
  created: "2026-01-02T03:04:05Z",
  finished: "2026-01-02T03:04:06Z",
};
const created = { line: 2, action: "create", kind: "folder", path: "/A\u202e", detail: "name: '' → 'A'" };
const moved = { line: 3, action: "move", kind: "sub-device", path: "/B", detail: "folder: '/' → '/A'" };

let api: FakeApi;
let jobs: Record<string, Record<string, unknown>>;

beforeEach(() => {
  jobs = { [dry.id]: dry };
  api = new FakeApi()
    .on("GET /api/imports/*", (_sent, id) => ({ json: jobs[id ?? ""] }))
    .on("GET /api/imports/*/changes", ({ query }) =>
      query.cursor === undefined
        ? { json: { items: [created], next: "more" } }
        : { json: { items: [moved], next: null } },
    );
});

const open = (search = "", language: "en" | "de" = "en") =>
  renderPage("/transfer", `/transfer${search}`, <TransferPage />, { language });

const file = (name = "directory.csv") => new File(["kind,path\nfolder,/A\n"], name);

describe("import and export", () => {
  it("offers both forms of the export", async () => {
    open();
    const csv = await screen.findByRole("link", { name: "Download as CSV" });
    expect(csv.getAttribute("href")).toBe("/api/export?format=csv");
    expect(screen.getByRole("link", { name: "Download as JSON" }).getAttribute("href")).toBe("/api/export?format=json");
    await expectAccessible();
  });

  it("lists every change before any is made, then makes them", async () => {
    const applied = { ...dry, id: deviceId(2), dryRun: false };
    jobs[applied.id] = applied;
    api.on("POST /api/imports", ({ query }) => ({ status: 202, json: query.dryRun === "true" ? dry : applied }));
    open();
    await user.upload(await screen.findByLabelText(/File/), file());
    expect(screen.getByRole<HTMLSelectElement>("combobox", { name: "Format" }).value).toBe("csv");
    await user.click(screen.getByRole("checkbox", { name: "Leave out devices that are not there" }));
    await user.click(screen.getByRole("button", { name: "List the changes" }));
    expect(await screen.findByText("This would change; nothing is changed yet")).toBeDefined();
    expect(api.of("POST")[0]?.query).toEqual({ format: "csv", dryRun: "true", unknownDevices: "skip" });
    expect(await screen.findByText("/A[U+202E]")).toBeDefined();
    await user.click(screen.getByRole("button", { name: "Show more" }));
    expect(await screen.findByText("Sub-device")).toBeDefined();
    await expectAccessible();
    await user.click(screen.getByRole("button", { name: "Make the changes (2)" }));
    expect(await screen.findByText("The file was imported")).toBeDefined();
    expect(api.of("POST")[1]?.query.dryRun).toBe("false");
    expect(screen.queryByRole("button", { name: /Make the changes/ })).toBeNull();
  });

  it("lists the changes anew when something else is chosen", async () => {
    api.on("POST /api/imports", { status: 202, json: dry });
    open();
    await user.upload(await screen.findByLabelText(/File/), file());
    await user.click(screen.getByRole("button", { name: "List the changes" }));
    expect(await screen.findByRole("button", { name: "Make the changes (2)" })).toBeDefined();
    await user.selectOptions(screen.getByRole("combobox", { name: "Format" }), "json");
    expect(screen.queryByRole("button", { name: "Make the changes (2)" })).toBeNull();
  });

  it("shows how far it is, and the end as it is told", async () => {
    jobs[dry.id] = { ...dry, state: "running", phase: "checking", done: 500, total: 2_000 };
    open(`?import=${dry.id}`);
    const bar = await screen.findByRole("progressbar", { name: /Checking the lines/ });
    expect(bar.getAttribute("aria-valuenow")).toBe("25");
    expect(screen.getByText("Checking the lines")).toBeDefined();
    await expectAccessible();
    jobs[dry.id] = { ...dry, dryRun: false };
    says({ type: "import", id: dry.id, state: "done", done: 2, total: 2 });
    expect(await screen.findByText("The file was imported")).toBeDefined();
  });

  it("names line, column and reason of what cannot be done", async () => {
    jobs[dry.id] = {
      ...dry,
      state: "failed",
      changes: none,
      problems: [
        { line: 3, column: "quota", reason: "This is not a whole number." },
        { line: 0, column: "", reason: "As a whole." },
      ],
    };
    open(`?import=${dry.id}`, "de");
    expect(await screen.findByText("Die Datei kann nicht importiert werden")).toBeDefined();
    expect(screen.getByRole("row", { name: /3 quota This is not a whole number/ })).toBeDefined();
    expect(screen.getByRole("row", { name: /das Ganze – As a whole/ })).toBeDefined();
    await expectAccessible();
  });

  it("says why nothing was started", async () => {
    api.on("POST /api/imports", () => problem(409, "conflict", "Another import of your domain is under way."));
    open();
    await user.upload(await screen.findByLabelText(/File/), file("directory.json"));
    await user.click(screen.getByRole("button", { name: "List the changes" }));
    expect(await screen.findByText("Another import of your domain is under way.")).toBeDefined();
  });
});
