// @vitest-environment happy-dom
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { FakeApi } from "../../app/testing/api";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { id } from "../access/testing/samples";
import { DomainsPage } from "./DomainsPage";

const user = userEvent.setup();
const made = (n: number, name: string, more: Record<string, unknown> = {}) => ({
  id: id(500 + n),
  name,
  realm: `d-${n}`,
  owner: "olga",
  created: "2026-01-02T03:04:05Z",
  state: "ready",
  step: null,
  attempts: 1,
  error: null,
  realmState: { applied: true, error: null },
  ...more,
});

const open = () => renderPage("/domains", "/domains", <DomainsPage />);

async function fillIn(name: string, owner: string) {
  await user.click(await screen.findByRole("button", { name: "Create domain" }));
  const dialog = within(await screen.findByRole("dialog", { name: "Create a domain" }));
  await user.type(dialog.getByRole("textbox", { name: "Name" }), name);
  await user.type(dialog.getByRole("textbox", { name: "User name" }), owner);
  return dialog;
}

it("a domain is made with its first owner, whose password is shown once, and the list shows how far it is", async () => {
  let domains = [made(1, "works")];
  const branch = made(2, "branch", { state: "creating", step: "realm", realmState: null });
  const api = new FakeApi()
    .on("GET /api/domains", () => ({ json: { items: domains } }))
    .on("POST /api/domains", () => {
      domains = [...domains, branch];
      return { status: 202, json: { ...branch, firstPassword: "Quite-1-secret" } };
    });
  open();
  const dialog = await fillIn(" branch ", "olga");
  await expectAccessible();
  await user.click(dialog.getByRole("button", { name: "Create domain" }));
  const shown = within(await screen.findByRole("dialog", { name: "First password of olga" }));
  expect(shown.getByRole("textbox", { name: "First password" })).toHaveProperty("value", "Quite-1-secret");
  await user.click(shown.getByRole("button", { name: "I have copied it" }));
  const row = await screen.findByRole("row", { name: /branch/ });
  expect(within(row).getByText("Being made")).toBeDefined();
  expect(within(row).getByText(/setting up the identity provider/)).toBeDefined();
  expect(api.of("POST")[0]?.body).toEqual({ name: "branch", owner: { name: "olga" } });
  await expectAccessible();
  domains = [made(1, "works"), made(2, "branch")];
  await waitFor(() => expect(within(screen.getByRole("row", { name: /branch/ })).getByText("Ready")).toBeDefined());
});

it("an owner is invited where he has an address", async () => {
  const api = new FakeApi()
    .on("GET /api/domains", { json: { items: [] } })
    .on("POST /api/domains", { status: 202, json: made(2, "branch", { state: "creating" }) });
  open();
  expect(await screen.findByText("No domains")).toBeDefined();
  const dialog = await fillIn("branch", "olga");
  await user.click(dialog.getByRole("checkbox", { name: "Invite by e-mail" }));
  expect(dialog.getByRole("button", { name: "Create domain" })).toHaveProperty("disabled", true);
  await user.type(dialog.getByRole("textbox", { name: "E-mail address" }), "olga@example.org");
  await user.click(dialog.getByRole("button", { name: "Create domain" }));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  expect(api.of("POST")[0]?.body).toEqual({
    name: "branch",
    owner: { name: "olga", email: "olga@example.org", invite: true },
  });
});

it("a domain that is not made yet says why, and is taken back after a question", async () => {
  let present = made(1, "branch", {
    state: "creating",
    step: "realm",
    attempts: 3,
    error: "The identity provider does not answer.",
  });
  const beyond = made(2, "annex", { state: "creating", step: "invitation" });
  const api = new FakeApi()
    .on("GET /api/domains", () => ({ json: { items: [present, beyond] } }))
    .on("POST /api/domains/*/cancel", () => {
      present = made(1, "branch", { state: "undone" });
      return { status: 202, json: present };
    });
  open();
  expect(await screen.findByText("The identity provider does not answer.")).toBeDefined();
  expect(screen.getByText(/Tried 3 times/)).toBeDefined();
  expect(within(screen.getByRole("row", { name: /annex/ })).queryByRole("button")).toBeNull();
  await expectAccessible();
  await user.click(screen.getByRole("button", { name: "Take back the creation of branch" }));
  const question = within(await screen.findByRole("dialog", { name: /Take back the creation of branch\?/ }));
  await user.click(question.getByRole("button", { name: "Take back" }));
  expect(await screen.findByText("Taken back")).toBeDefined();
  expect(api.of("POST").map(({ path }) => path)).toEqual([`/api/domains/${id(501)}/cancel`]);
});

it("what is wrong with a name stands beside it", async () => {
  new FakeApi().on("GET /api/domains", { json: { items: [] } }).on("POST /api/domains", {
    status: 422,
    json: {
      type: "urn:bascule:problem:invalid",
      status: 422,
      errors: [{ field: "name", detail: "There is one of this name." }],
    },
  });
  open();
  const dialog = await fillIn("works", "olga");
  await user.click(dialog.getByRole("button", { name: "Create domain" }));
  expect((await dialog.findAllByText("There is one of this name."))[0]).toBeDefined();
});

it("many domains are shown page by page, and a change asks for the present one again", async () => {
  const first = [made(1, "annex"), made(2, "branch")];
  const second = [made(3, "works", { state: "creating", step: "realm" })];
  const api = new FakeApi()
    .on("GET /api/domains", ({ query }) => ({
      json: query.cursor === "abc" ? { items: second, next: null } : { items: first, next: "abc" },
    }))
    .on("POST /api/domains/*/cancel", { status: 202, json: second[0] });
  const { router } = open();
  expect(await screen.findByRole("row", { name: /branch/ })).toBeDefined();
  const pager = within(screen.getByRole("navigation", { name: "Pages of domains" }));
  await expectAccessible();
  await user.click(pager.getByRole("link", { name: "Next page" }));
  expect(await screen.findByRole("row", { name: /works/ })).toBeDefined();
  expect(screen.queryByRole("row", { name: /branch/ })).toBeNull();
  expect(router.state.location.search).toBe("?cursor=abc");
  const asked = () => api.of("GET", "/api/domains").filter(({ query }) => query.cursor === "abc").length;
  const before = asked();
  await user.click(screen.getByRole("button", { name: "Take back the creation of works" }));
  await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Take back" }));
  await waitFor(() => expect(asked()).toBeGreaterThan(before));
  expect(api.of("GET", "/api/domains")[0]?.query).toEqual({ limit: "50" });
});
