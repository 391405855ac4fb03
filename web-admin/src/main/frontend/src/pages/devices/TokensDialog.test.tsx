// @vitest-environment happy-dom
import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { enrolmentFile, importNewEnrolmentToken, isCertificates } from "../../api/enrolment";
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

describe("a device without the agent", () => {
  const line = 'd=$(mktemp -d) && curl -fsS -o "$d/i.sh" https://b.example/agent/install.sh && sudo sh "$d/i.sh"';
  const installer = {
    url: "https://b.example/agent/install.sh",
    sha256: "0f",
    command: line,
    pairCommand: `${line} -p`,
  };

  async function tokenOf(directory: FakeDirectory) {
    directory.api.on("POST /api/enrolment-tokens", {
      status: 201,
      json: { ...token(1), token: "bsc1.x", server: "https://b.example", command: "bascule-agent enrol" },
    });
    renderPage("/devices", "/devices", <DevicesPage />);
    await user.click(await screen.findByRole("button", { name: "Add device" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Add a device" }));
    const radios = await dialog.findAllByRole("radio", { name: /./ });
    await user.click(radios.find((radio) => radio.id.endsWith(folderId(1))) ?? (radios[0] as HTMLElement));
    await user.click(dialog.getByRole("button", { name: "Create token" }));
    return within(await screen.findByRole("dialog", { name: "Run this on the device" }));
  }

  it("gets it by one line, which has no token in it", async () => {
    const directory = new FakeDirectory();
    directory.api.on("GET /api/agent-installer", { json: installer });
    const shown = await tokenOf(directory);
    expect(await shown.findByLabelText("Line that installs the agent")).toHaveProperty("value", line);
    expect(shown.getByLabelText("Enrolment token")).toHaveProperty("value", "bsc1.x");
    expect(shown.getByLabelText("Command that enrols the device")).toHaveProperty("value", "bascule-agent enrol");
    await expectAccessible();
  });

  it("is told where the server has none, and may be asked about again", async () => {
    const directory = new FakeDirectory();
    const shown = await tokenOf(directory);
    expect(await shown.findByText(/This server hands out no agent/)).toBeDefined();
    expect(shown.queryByLabelText("Line that installs the agent")).toBeNull();
    expect(shown.getByText("Where the agent is installed already, run this line:")).toBeDefined();
    expect(shown.getByLabelText("Command that enrols the device")).toBeDefined();
  });

  it("shows the command all the same while nobody knows", async () => {
    const directory = new FakeDirectory();
    directory.api.on("GET /api/agent-installer", problem(503, "unavailable"));
    const shown = await tokenOf(directory);
    expect(await shown.findByText("Whether this server hands out the agent is not known")).toBeDefined();
    expect(shown.getByLabelText("Command that enrols the device")).toBeDefined();
  });

  it("may show a code instead", async () => {
    const directory = new FakeDirectory();
    directory.api.on("GET /api/agent-installer", { json: installer });
    renderPage("/devices", "/devices", <DevicesPage />);
    await user.click(await screen.findByRole("button", { name: "Add device" }));
    const dialog = within(await screen.findByRole("dialog", { name: "Add a device" }));
    await user.click(await dialog.findByRole("radio", { name: /With a pairing code/ }));
    expect(directory.api.of("GET", "/api/agent-installer")).toHaveLength(0);
    await user.click(await screen.findByRole("button", { name: "The agent is not on the device yet" }));
    expect(await screen.findByLabelText("Line that installs the agent")).toHaveProperty("value", `${line} -p`);
    expect(screen.queryByLabelText("Enrolment token")).toBeNull();
    await expectAccessible();
  });
});

describe("the enrolment file", () => {
  it("is made of the token that is shown, with the certificates that were given", () => {
    const made = importNewEnrolmentToken({ ...token(1), token: "bsc1.x", server: "https://b.example", command: "c" });
    const plain = JSON.parse(enrolmentFile(made, " "));
    expect(plain).toEqual({
      format: "bascule-enrolment",
      version: 1,
      server: "https://b.example",
      token: "bsc1.x",
      expires: "2099-01-02T03:04:05.000Z",
    });
    const pem = "-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----";
    expect(JSON.parse(enrolmentFile(made, pem)).ca).toBe(`${pem}\n`);
    expect(isCertificates(pem)).toBe(true);
    expect(isCertificates(pem.replaceAll("CERTIFICATE", "PRIVATE KEY"))).toBe(false);
  });

  it("is saved in the browser once the certificates are some", async () => {
    const saved: Blob[] = [];
    const create = vi.spyOn(URL, "createObjectURL").mockImplementation((content) => {
      saved.push(content as Blob);
      return "blob:saved";
    });
    try {
      const directory = new FakeDirectory();
      directory.api.on("POST /api/enrolment-tokens", {
        status: 201,
        json: { ...token(1), token: "bsc1.x", server: "https://b.example", command: "bascule-agent enrol" },
      });
      renderPage("/devices", "/devices", <DevicesPage />);
      await user.click(await screen.findByRole("button", { name: "Add device" }));
      const dialog = within(await screen.findByRole("dialog", { name: "Add a device" }));
      const radios = await dialog.findAllByRole("radio", { name: /./ });
      await user.click(radios.find((radio) => radio.id.endsWith(folderId(1))) ?? (radios[0] as HTMLElement));
      await user.click(dialog.getByRole("button", { name: "Create token" }));
      const shown = within(await screen.findByRole("dialog", { name: "Run this on the device" }));
      await user.click(shown.getByRole("button", { name: "Enrolment file for a device that nobody sits at" }));
      await user.type(shown.getByLabelText("Certificates of a private authority (PEM)"), "x");
      expect(shown.getByText("These are no certificates in PEM form.")).toBeDefined();
      const save = shown.getByRole("button", { name: "Save enrolment.json" });
      expect(save).toHaveProperty("disabled", true);
      await user.clear(shown.getByLabelText("Certificates of a private authority (PEM)"));
      await expectAccessible();
      await user.click(save);
      expect(JSON.parse(await (saved[0] as Blob).text()).token).toBe("bsc1.x");
    } finally {
      create.mockRestore();
    }
  });
});
