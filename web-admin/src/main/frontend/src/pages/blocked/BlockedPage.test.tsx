// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it } from "vitest";
import { FakeApi } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { id, list } from "../access/testing/samples";
import { BlockedPage } from "./BlockedPage";

const user = userEvent.setup();
const WORKS = { id: id(9), name: "works" };
const attempt = (kind: string, userName: string | null, domain: unknown = WORKS) => ({
  time: "2026-01-02T03:04:05Z",
  kind,
  userName,
  domain,
});
const network = (address: string, bits: number, ...attempts: readonly unknown[]) => ({
  address,
  bits,
  since: "2026-01-02T03:04:05Z",
  until: "2099-01-02T03:09:05Z",
  failures: attempts.length,
  attempts,
});
const WIDE = network("2001:db8:1:2::", 64, attempt("password", "a\u202eb"), attempt("api-token", null, null));
const SINGLE = network("192.0.2.7", 32, attempt("password", "anna"));

let api: FakeApi;
let present: readonly unknown[];

beforeEach(() => {
  present = [WIDE, SINGLE, network("unknown", 0)];
  api = new FakeApi().on("GET /api/blocked-addresses", () => list(...present));
});

function open(operator: boolean) {
  const permissions = { domain: ["manage-sign-in"], anywhere: ["manage-sign-in"] };
  const me = { user: { id: id(20), name: "anna" }, domain: WORKS, csrf: "c", operator, permissions };
  api.on("GET /api/me", { json: me });
  renderPage("/blocked-addresses", "/blocked-addresses", <BlockedPage />);
}

describe("blocked addresses", () => {
  it("are seen and lifted by the operator", async () => {
    api.on("DELETE /api/blocked-addresses/*", () => {
      present = [SINGLE];
      return { status: 204 };
    });
    open(true);
    expect(await screen.findByRole("button", { name: "Lift block of 192.0.2.7" })).toBeDefined();
    expect(screen.queryByRole("button", { name: /unknown/ })).toBeNull();
    await user.click(screen.getByRole("button", { name: "Lift block of 2001:db8:1:2::/64" }));
    const question = within(await screen.findByRole("dialog", { name: /Lift the block of 2001:db8:1:2::\/64/ }));
    await user.click(question.getByRole("button", { name: "Lift block" }));
    await waitFor(() => expect(screen.queryByRole("row", { name: /2001:db8/ })).toBeNull());
    expect(api.of("DELETE").map(({ path }) => path)).toEqual(["/api/blocked-addresses/2001%3Adb8%3A1%3A2%3A%3A"]);
  });

  it("say what was tried from them, and a name that is given there does no harm", async () => {
    open(true);
    const row = within(await screen.findByRole("row", { name: /2001:db8/ }));
    await user.click(row.getByRole("button", { name: "Details" }));
    const attempts = within(await screen.findByRole("grid", { name: "Attempts from 2001:db8:1:2::/64" }));
    expect(attempts.getByText("a[U+202E]b")).toBeDefined();
    expect(attempts.getByText("works")).toBeDefined();
    expect(attempts.getByText("API token")).toBeDefined();
    await expectAccessible();
  });

  it("are seen, and no more, by who decides the sign-in of a domain", async () => {
    open(false);
    await screen.findByRole("row", { name: /2001:db8/ });
    expect(screen.getByText(/some of them at this domain/)).toBeDefined();
    expect(screen.queryByRole("button", { name: /Lift/ })).toBeNull();
  });

  it("that are none say so", async () => {
    present = [];
    open(true);
    expect(await screen.findByText("No address is blocked")).toBeDefined();
    await expectAccessible();
  });
});
