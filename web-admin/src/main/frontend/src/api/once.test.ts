import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Answered, FakeApi, LOST, problem } from "../app/testing/api";
import { request } from "./http";
import { startImport } from "./transfer";

const KEY = /^[A-Za-z0-9_-]{16,64}$/;

let api: FakeApi;
let answers: Answered[];

beforeEach(() => {
  answers = [];
  api = new FakeApi().on("POST /api/*", () => answers.shift() ?? { status: 201, json: {} });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const create = (name: string) => request("POST", "/api/folders", { body: { name } }).catch(() => undefined);
const keys = () => api.of("POST").map(({ idempotencyKey }) => idempotencyKey);

describe("a creation", () => {
  it.each<readonly [string, Answered]>([
    ["the answer was lost", LOST],
    ["somebody in between answered", { status: 502, json: "no" }],
    ["the server failed", problem(500, "internal")],
    ["the first one was still under way", problem(409, "idempotency-conflict")],
    ["it was not heard to its end", { status: 408, json: {} }],
    ["it came too early", { status: 425, json: {} }],
    ["it was too much for now", problem(429, "too-many-requests")],
  ])("is repeated under the same name when %s", async (_why, answer) => {
    answers = [answer, answer];
    await create("lathe");
    await create("lathe");
    await create("lathe");
    const [first, ...rest] = keys();
    expect(first).toMatch(KEY);
    expect(rest).toEqual([first, first]);
  });

  it.each<readonly [string, Answered]>([
    ["it was answered", { status: 201, json: {} }],
    ["it was refused", problem(403, "forbidden")],
  ])("has another name the next time when %s", async (_why, answer) => {
    answers = [LOST, answer];
    await create("mill");
    await create("mill");
    await create("mill");
    const [lost, answered, next] = keys();
    expect(answered).toBe(lost);
    expect(next).toMatch(KEY);
    expect(next).not.toBe(lost);
  });

  it("has another name when something else is asked for, which does not take the first one away", async () => {
    answers = [LOST, LOST];
    await create("saw");
    await create("drill");
    await create("saw");
    const [saw, drill, again] = keys();
    expect(drill).not.toBe(saw);
    expect(again).toBe(saw);
  });

  it("is forgotten when many others had no answer since", async () => {
    answers = Array.from({ length: 21 }, () => LOST);
    for (let n = 0; n < 21; n++) await create(`robot ${n}`);
    await create("robot 20");
    await create("robot 0");
    expect(keys()[21]).toBe(keys()[20]);
    expect(keys()[22]).not.toBe(keys()[0]);
  });

  it("is forgotten ten minutes after it was sent last", async () => {
    vi.useFakeTimers();
    answers = [LOST, LOST, LOST];
    await create("press");
    vi.advanceTimersByTime(599_000);
    await create("press");
    vi.advanceTimersByTime(599_000);
    await create("press");
    vi.advanceTimersByTime(600_000);
    await create("press");
    const [first, second, third, fourth] = keys();
    expect([second, third]).toEqual([first, first]);
    expect(fourth).toMatch(KEY);
    expect(fourth).not.toBe(first);
  });

  it("has no name where it may be broken off, and takes none away", async () => {
    answers = Array.from({ length: 22 }, () => LOST);
    await create("lift");
    const { signal } = new AbortController();
    for (let n = 0; n < 20; n++) await request("POST", "/api/previews", { body: { n }, signal }).catch(() => undefined);
    await create("lift");
    expect(keys().slice(1, -1)).toEqual(Array.from({ length: 20 }, () => null));
    expect(keys().at(-1)).toBe(keys()[0]);
  });

  it("is what is posted: nothing else has a name", async () => {
    api.on("GET /api/folders", { json: {} }).on("PATCH /api/folders", { json: {} });
    await request("GET", "/api/folders");
    await request("PATCH", "/api/folders", { body: { name: "x" } });
    expect(api.sent.map(({ idempotencyKey }) => idempotencyKey)).toEqual([null, null]);
  });
});

describe("an import", () => {
  const start = (text: string, dryRun: boolean) =>
    startImport({
      file: new File([text], "plant.csv", { lastModified: 7 }),
      format: "csv",
      dryRun,
      skip: false,
    }).catch(() => undefined);

  it("whose answer was lost is repeated under the same name, and one of another kind or file is not", async () => {
    answers = [LOST, LOST, LOST];
    await start("kind,path\n", false);
    await start("kind,path\n", true);
    await start("kind,pose\n", false);
    await start("kind,path\n", false);
    const [first, dry, other, again] = keys();
    expect(first).toMatch(KEY);
    expect(new Set([first, dry, other]).size, "a file of the same name, size and time too").toBe(3);
    expect(again).toBe(first);
  });
});
