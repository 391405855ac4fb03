// @vitest-environment happy-dom
import { render, waitFor } from "@testing-library/react";
import { useEffect } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loginAddress } from "../app/signIn";
import { loadTexts, TextProvider, useTexts } from "../i18n";
import { importLiveEvent } from "./event";
import {
  type AccountEnd,
  onFactorAsked,
  onSignedOut,
  request,
  sessionFetch,
  setRequestLanguage,
  tellWhy,
} from "./http";

/** The headers of each request that was made. */
function sent(): Headers[] {
  const all: Headers[] = [];
  vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
    all.push(new Headers(init.headers));
    return Promise.resolve(new Response("{}", { status: 200 }));
  });
  return all;
}

/** Asks as soon as it is there, and after each change of the language. */
function Asking({ change }: { readonly change?: "de" | "en" }) {
  const { language, setLanguage } = useTexts();
  useEffect(() => {
    void request("GET", `/api/me?${language}`);
    void request("PATCH", "/api/options", { body: {} });
    void sessionFetch("/api/sessions", { method: "POST", headers: { Accept: "application/json" } });
    if (change !== undefined) setLanguage(change);
  }, [language, setLanguage, change]);
  return null;
}

describe("the language of an answer", () => {
  afterEach(() => {
    localStorage.clear();
    setRequestLanguage(null);
    vi.unstubAllGlobals();
  });

  it.each(["de", "en"] as const)("is the one that was chosen for the page: %s", async (language) => {
    await loadTexts(language);
    localStorage.setItem("bascule.language", language);
    const headers = sent();
    render(
      <TextProvider>
        <Asking />
      </TextProvider>,
    );
    expect(headers.map((each) => each.get("Accept-Language"))).toEqual([language, language, language]);
  });

  it("changes with the page", async () => {
    await loadTexts("en");
    localStorage.setItem("bascule.language", "en");
    const headers = sent();
    render(
      <TextProvider>
        <Asking change="de" />
      </TextProvider>,
    );
    await waitFor(() => expect(headers).toHaveLength(6));
    expect(headers.map((each) => each.get("Accept-Language"))).toEqual(["en", "en", "en", "de", "de", "de"]);
  });
});

describe("a refusal that is about the whole page", () => {
  let told: (AccountEnd | string | null)[];

  beforeEach(() => {
    told = [];
    onSignedOut((why) => told.push(why));
    onFactorAsked((why) => told.push(why));
  });

  afterEach(() => {
    onSignedOut(() => undefined);
    onFactorAsked(() => undefined);
    vi.unstubAllGlobals();
  });

  function answering(status: number, code: string) {
    const body = JSON.stringify({ type: `urn:bascule:problem:${code}` });
    vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
  }

  it.each<readonly [number, string, readonly (string | null)[]]>([
    [401, "not-signed-in", [null]],
    [403, "account-disabled", ["account-disabled"]],
    [403, "account-expired", ["account-expired"]],
    [403, "second-factor-required", ["second-factor-required"]],
    [403, "forbidden", []],
    [404, "not-found", []],
  ])("%i %s is told with its reason", async (status, code, why) => {
    answering(status, code);
    await expect(request("GET", "/api/me")).rejects.toMatchObject({ code });
    expect(told).toEqual(why);
    told = [];
    await sessionFetch("/api/sessions", { method: "POST" });
    expect(told).toEqual(status === 403 ? why : []);
  });

  it.each([
    ['{"type":"signed-out"}', false, []],
    ['{"type":"signed-out","why":"something-new"}', false, []],
    ['{"type":"signed-out","why":"account-disabled"}', true, ["account-disabled"]],
    ['{"type":"signed-out","why":"second-factor-required"}', true, ["second-factor-required"]],
  ])("is understood in the live event %s", (text, known, why) => {
    const event = importLiveEvent(JSON.parse(text));
    expect(event?.type === "signed-out" && tellWhy(event.why)).toBe(known);
    expect(told).toEqual(why);
  });

  it("is on the login page, and the way back with it", () => {
    const here = { pathname: "/devices", search: "?q=a b" };
    expect(loginAddress("account-expired", here)).toBe("/login?error=account-expired&next=%2Fdevices%3Fq%3Da%20b");
    expect(loginAddress(null, here)).toBe("/login?next=%2Fdevices%3Fq%3Da%20b");
  });
});
