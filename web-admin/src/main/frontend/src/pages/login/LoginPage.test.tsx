// @vitest-environment happy-dom
import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { expectAccessible, renderPage } from "../../app/testing/page";
import { LoginPage } from "./LoginPage";

const open = (query: string, language: "en" | "de" = "en") =>
  renderPage("/login", `/login${query}`, <LoginPage />, { language });

it.each([
  ["account-expired", "Your account has expired. Ask your administrator."],
  ["account-disabled", "Your account is switched off. Ask your administrator."],
  ["other-user", "Somebody else signed in than was signed in here. Nothing was changed."],
  ["provider-off", /sign-in with your company is switched off here/],
  ["partner-ended", /time for which your organisation's people were let in is over/],
  ["provider-missing", /signs in with your company and in no other way/],
  ["corporate-only", /with their company's account alone/],
  ["something-new", "Signing in did not succeed. Please try again."],
])("a login that ended with %s says so", async (error, sentence) => {
  open(`?error=${error}`);
  expect(await screen.findByText(sentence)).toBeDefined();
  await expectAccessible();
});

it.each([
  ["?factor=fresh&next=/devices?q=a", { factor: "fresh", next: "/devices?q=a" }],
  ["?factor=other&next=//elsewhere.example", {}],
])("what one came for goes along with the domain: %s", (query, along) => {
  const { container } = open(query);
  const hidden = [...container.querySelectorAll<HTMLInputElement>("input[type=hidden]")];
  expect(Object.fromEntries(hidden.map(({ name, value }) => [name, value]))).toEqual(along);
});
