import { afterEach, describe, expect, it, vi } from "vitest";
import { onSignedOut, queryString, quoted, read, request, setCsrf } from "./http";
import { asProblem, importProblem, Problem } from "./problem";

describe("importProblem", () => {
  it("takes code, sentence, reference and fields from a problem", () => {
    const problem = importProblem(422, {
      type: "urn:bascule:problem:invalid",
      title: "Invalid",
      status: 422,
      detail: "The name is empty.",
      reference: "R-1",
      errors: [{ field: "name", detail: "is empty" }],
    });
    expect(problem).toMatchObject({
      code: "invalid",
      status: 422,
      detail: "The name is empty.",
      reference: "R-1",
      errors: [{ field: "name", detail: "is empty" }],
    });
  });

  const bodies: readonly (readonly [string, number, unknown, string])[] = [
    ["a page of a proxy", 502, undefined, "unavailable"],
    ["an empty object", 403, {}, "forbidden"],
    ["a foreign type", 404, { type: "about:blank" }, "not-found"],
    ["a code that is markup", 500, { type: "urn:bascule:problem:<b>" }, "internal"],
    ["a list", 429, [], "too-many-requests"],
    ["fields of the wrong type", 412, { type: "urn:bascule:problem:invalid", errors: "x" }, "precondition-failed"],
    ["an unknown status", 418, null, "internal"],
  ];
  it.each(bodies)("makes a problem of %s", (_name, status, body, code) => {
    expect(importProblem(status, body)).toMatchObject({ code, status });
  });
});

describe("asProblem", () => {
  it("keeps a problem and turns anything else into one without its text", () => {
    const problem = new Problem("conflict", 409, null, null);
    expect(asProblem(problem)).toBe(problem);
    expect(asProblem(new TypeError("x is undefined"))).toMatchObject({ code: "internal", detail: null });
    expect(asProblem("thrown text")).toMatchObject({ code: "internal", detail: null });
  });
});

describe("request", () => {
  afterEach(() => {
    setCsrf(null);
    onSignedOut(() => undefined);
    vi.unstubAllGlobals();
  });

  function answer(status: number, body: string, headers: Record<string, string> = {}) {
    const fetch = vi.fn(
      async (_path: string, _init: RequestInit) => new Response(body === "" ? null : body, { status, headers }),
    );
    vi.stubGlobal("fetch", fetch);
    return fetch;
  }

  it("sends the token and the version with a change, and no token with a question", async () => {
    const fetch = answer(200, "{}", { ETag: '"8"' });
    setCsrf("token");
    const changed = await request("PATCH", "/api/devices/1", { body: { name: "x" }, ifMatch: "7" });
    expect(changed.etag).toBe('"8"');
    expect(fetch.mock.calls[0]?.[1].headers).toMatchObject({
      "X-CSRF-Token": "token",
      "If-Match": '"7"',
      "Content-Type": "application/json",
    });
    await request("GET", "/api/me");
    expect(fetch.mock.calls[1]?.[1].headers).not.toHaveProperty("X-CSRF-Token");
  });

  it("says offline when no answer comes", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("failed");
    });
    await expect(request("GET", "/api/me")).rejects.toMatchObject({ code: "offline", status: 0 });
  });

  it("says that an answer was not understood", async () => {
    answer(200, "<html>");
    await expect(request("GET", "/api/me")).rejects.toMatchObject({ code: "bad-answer" });
    answer(200, "{}");
    const importer = () => {
      throw new Error("a bug is not an answer that was not understood");
    };
    await expect(read("GET", "/api/me", importer)).rejects.toThrow("a bug");
  });

  it("tells once that nobody is signed in", async () => {
    const told = vi.fn();
    onSignedOut(told);
    answer(401, '{"type":"urn:bascule:problem:not-signed-in"}');
    await expect(request("GET", "/api/me")).rejects.toMatchObject({ code: "not-signed-in" });
    expect(told).toHaveBeenCalledTimes(1);
  });

  it("accepts an empty answer", async () => {
    answer(204, "");
    expect(await request("DELETE", "/api/devices/1")).toEqual({ value: undefined, etag: null });
  });
});

it("leaves out what a query does not say", () => {
  expect(queryString({ a: null, b: "", c: undefined, d: 0, e: "ä &" })).toBe("?d=0&e=%C3%A4+%26");
  expect(queryString(undefined)).toBe("");
});

it("quotes an entity tag once", () => {
  expect(["7", '"7"', 'W/"7"'].map(quoted)).toEqual(['"7"', '"7"', 'W/"7"']);
});
