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
});

const create = (name: string) => request("POST", "/api/folders", { body: { name } }).catch(() => undefined);
const keys = () => api.of("POST").map(({ idempotencyKey }) => idempotencyKey);

describe("a creation", () => {
  it.each<readonly [string, Answered]>([
    ["the answer was lost", LOST],
    ["somebody in between answered", { status: 502, json: "no" }],
    ["the server failed", problem(500, "internal")],
    ["the first one was still under way", problem(409, "idempotency-conflict")],
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
    await start("kind,path\nfolder,/A\n", false);
    await start("kind,path\n", false);
    const [first, dry, other, again] = keys();
    expect(first).toMatch(KEY);
    expect(new Set([first, dry, other]).size).toBe(3);
    expect(again).toBe(first);
  });
});
