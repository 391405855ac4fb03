// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Shell } from "./Shell";
import { FakeApi } from "./testing/api";
import { renderPage, says } from "./testing/page";

const ID = "01900000-0000-7000-8000-000000000001";

async function links(
  domain: readonly string[],
  anywhere: readonly string[],
  operator = false,
): Promise<(string | null)[]> {
  const empty = { json: { items: [], next: null } };
  new FakeApi()
    .on("GET /api/me", {
      json: {
        user: { id: ID, name: "anna" },
        domain: { id: ID, name: "works" },
        csrf: "c",
        operator,
        permissions: { domain, anywhere },
      },
    })
    .on("GET /api/access/requests", empty)
    .on("GET /api/assistance", empty);
  renderPage("/devices", "/devices", <Shell />);
  // without a layout the window is narrow, and the navigation folded away
  await userEvent.click(await screen.findByRole("button", { name: "Navigation" }));
  const navigation = await screen.findByRole("navigation", { name: "Navigation" });
  return within(navigation)
    .getAllByRole("link")
    .map((link) => link.textContent);
}

const EVERYBODY = ["Devices", "Sessions", "Access", "Requests", "Users and groups"];

describe("the navigation", () => {
  it("offers to everybody what everybody may open", async () => {
    expect(await links([], [])).toEqual(EVERYBODY);
  });

  it.each([
    ["the connections of one folder", [], ["view-connection-log"], ["Audit"]],
    ["the operations of the domain", ["view-operations-log"], ["view-operations-log"], ["Audit"]],
    ["operations of a part, which no page shows", [], ["view-operations-log"], []],
    ["a folder to look after", [], ["see-resources", "manage-permissions"], ["Import and export", "Settings"]],
    ["the sign-in of the domain", ["manage-sign-in"], ["manage-sign-in"], ["Settings", "Blocked addresses"]],
    ["a device to see", [], ["see-resources"], ["Import and export"]],
  ])("offers to who has %s what he may do there", async (_name, domain, anywhere, more) => {
    expect(await links(domain, anywhere)).toEqual([...EVERYBODY, ...more]);
  });

  it("offers to the operator what is of the whole installation", async () => {
    expect(await links([], [], true)).toEqual([...EVERYBODY, "Blocked addresses", "Relays", "Domains"]);
  });

  it("offers calls for help to who receives those of one device", async () => {
    expect(await links([], ["receive-assistance-requests"])).toContain("Assistance");
  });
});

/** Files that downloads have left in this browser, each of a user. */
function kept(...users: readonly string[]): Set<string> {
  const left = new Set(users);
  const folder = (user: string) => ({
    getFileHandle: async (name: string) => ({
      getFile: async () => new File([JSON.stringify({ user, device: ID, path: "/a", size: 2e6, modified: 1 })], name),
    }),
  });
  const downloads = {
    removeEntry: async (user: string) => left.delete(user),
    async *[Symbol.asyncIterator]() {
      for (const user of [...left]) yield [user, folder(user)];
    },
  };
  const storage = { getDirectory: async () => ({ getDirectoryHandle: async () => downloads }) };
  Object.defineProperty(navigator, "storage", { value: storage, configurable: true });
  vi.stubGlobal("Worker", class {});
  return left;
}

describe("signing in", () => {
  it("removes what another user's downloads have left in this browser", async () => {
    const left = kept("another", ID);
    await links([], []);
    await waitFor(() => expect([...left]).toEqual([ID]));
  });
});

describe("signing out", () => {
  it("goes to the realm, and nowhere else when the page hears that the sign-in has ended", async () => {
    const left = kept(ID);
    await links([], []);
    let leftThen = left.size;
    const submit = vi.spyOn(HTMLFormElement.prototype, "submit").mockImplementation(() => {
      leftThen = left.size;
    });
    expect(left.size).toBe(1);
    const assign = vi.spyOn(window.location, "assign").mockImplementation(() => undefined);
    await userEvent.click(await screen.findByRole("button", { name: /settings and sign out/ }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Sign out" }));
    await waitFor(() => expect(submit).toHaveBeenCalledOnce());
    expect([leftThen, left.size]).toEqual([0, 0]);
    says({ type: "signed-out" });
    expect(assign).not.toHaveBeenCalled();
  });
});
