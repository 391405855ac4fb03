// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { id, list } from "../access/testing/samples";
import { BlockedPage } from "./BlockedPage";

const user = userEvent.setup();
const BLOCKED = {
  address: "2001:db8:1:2::/64",
  failures: 5,
  last: "2026-01-02T03:04:05Z",
  until: "2099-01-02T03:09:05Z",
};
const FREE = { address: "192.0.2.7", failures: 2, last: "2026-01-02T03:04:05Z", until: null };

let api: FakeApi;
let present: readonly unknown[];

beforeEach(() => {
  present = [BLOCKED, FREE];
  api = new FakeApi().on("GET /api/blocked-addresses", () => list(...present));
});

function open(operator: boolean) {
  const permissions = { domain: ["manage-sign-in"], anywhere: ["manage-sign-in"] };
  api.on("GET /api/me", {
    json: {
      user: { id: id(20), name: "anna" },
      domain: { id: id(9), name: "works" },
      csrf: "c",
      operator,
      permissions,
    },
  });
  renderPage("/blocked-addresses", "/blocked-addresses", <BlockedPage />);
}

describe("blocked addresses", () => {
  it("are seen and lifted by the operator", async () => {
    api.on("DELETE /api/blocked-addresses/*", () => {
      present = [FREE];
      return { status: 204 };
    });
    open(true);
    const row = within(await screen.findByRole("row", { name: /2001:db8:1:2::/ }));
    expect(row.getByText(/Blocked, ends/)).toBeDefined();
    expect(within(screen.getByRole("row", { name: /192\.0\.2\.7/ })).queryByRole("button")).toBeNull();
    await expectAccessible();
    await user.click(await row.findByRole("button", { name: "Lift block of 2001:db8:1:2::/64" }));
    const question = within(await screen.findByRole("dialog", { name: /Lift the block/ }));
    await user.click(question.getByRole("button", { name: "Lift block" }));
    await waitFor(() => expect(screen.queryByRole("row", { name: /2001:db8/ })).toBeNull());
    expect(api.of("DELETE").map(({ path }) => path)).toEqual(["/api/blocked-addresses/2001%3Adb8%3A1%3A2%3A%3A%2F64"]);
  });

  it("are seen, and no more, by who decides the sign-in of a domain", async () => {
    open(false);
    await screen.findByRole("row", { name: /2001:db8/ });
    expect(screen.getByText(/failed to sign in to this domain/)).toBeDefined();
    expect(screen.queryByRole("button", { name: /Lift/ })).toBeNull();
  });

  it("that are none say so", async () => {
    present = [];
    open(true);
    expect(await screen.findByText("No address is blocked")).toBeDefined();
    await expectAccessible();
  });
});
