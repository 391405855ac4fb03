import { afterEach, expect, it, vi } from "vitest";
import { FakeApi, problem } from "../app/testing/api";
import { Field, importSlice } from "./importer";
import { readAll } from "./pages";

const PAGES = [
  { items: ["a", "b"], next: "two" },
  { items: [], next: "three" },
  { items: ["c"], next: null },
];

const texts = (value: unknown) => importSlice(value, (each) => new Field(each).text());

afterEach(() => {
  vi.unstubAllGlobals();
});

it("a list is read to its end, also where a page of it is empty", async () => {
  const api = new FakeApi().on("GET /api/things", ({ query }) => ({
    json: PAGES[["", "two", "three"].indexOf(query.cursor ?? "")],
  }));
  expect(await readAll("/api/things", texts, new AbortController().signal)).toEqual(["a", "b", "c"]);
  expect(api.of("GET").map(({ query }) => query)).toEqual([
    { limit: "200" },
    { cursor: "two", limit: "200" },
    { cursor: "three", limit: "200" },
  ]);
});

it("a list of which a page is missing is none", async () => {
  new FakeApi().on("GET /api/things", ({ query }) =>
    query.cursor === undefined ? { json: PAGES[0] } : problem(503, "unavailable"),
  );
  await expect(readAll("/api/things", texts, new AbortController().signal)).rejects.toMatchObject({
    code: "unavailable",
  });
});
