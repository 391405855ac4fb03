// @vitest-environment happy-dom
import { render, waitFor } from "@testing-library/react";
import { useEffect } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { loadTexts, TextProvider, useTexts } from "../i18n";
import { request, sessionFetch, setRequestLanguage } from "./http";

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
