import { beforeEach, describe, expect, it } from "vitest";
import { ImportError } from "./importer";
import { importRelayOffer, RelayFigures, type RelayOffer } from "./relays";

const TWO: RelayOffer = {
  relays: [
    { id: "r1", url: "wss://r1.example" },
    { id: "r2", url: "wss://r2.example" },
  ],
  probe: "token",
};

let now: number;
let asked: number;
let measured: number;
let offer: RelayOffer | Error;
let answer: Promise<Readonly<Record<string, number>>>;
let figures: RelayFigures;

beforeEach(() => {
  now = 1_000;
  asked = measured = 0;
  offer = TWO;
  answer = Promise.resolve({ r1: 3, r2: 40 });
  figures = new RelayFigures(
    async () => {
      asked++;
      if (offer instanceof Error) throw offer;
      return offer;
    },
    (relays, token) => {
      measured++;
      expect([relays, token]).toEqual([TWO.relays, "token"]);
      return answer;
    },
    () => now,
  );
});

describe("the figures of the relays", () => {
  it("are measured once in ten minutes, and old ones still count", async () => {
    expect(figures.known).toEqual({});
    await Promise.all([figures.refresh(), figures.refresh()]);
    expect(figures.known).toEqual({ r1: 3, r2: 40 });
    now += 599_999;
    await figures.refresh();
    expect(measured).toBe(1);
    now += 1;
    answer = Promise.resolve({ r1: 5 });
    const again = figures.refresh();
    expect(figures.known).toEqual({ r1: 3, r2: 40 });
    await again;
    expect(figures.known).toEqual({ r1: 5 });
  });

  it("of a single relay are not measured", async () => {
    offer = { relays: TWO.relays.slice(1), probe: "token" };
    await figures.refresh();
    await figures.refresh();
    expect([asked, measured]).toEqual([1, 0]);
  });

  it("are measured again when there are other relays, also while it is measured", async () => {
    let finish: (value: Readonly<Record<string, number>>) => void = () => undefined;
    answer = new Promise((resolve) => {
      finish = resolve;
    });
    const first = figures.refresh();
    await Promise.resolve();
    figures.changed();
    finish({ r1: 3 });
    await first;
    expect(figures.known).toEqual({ r1: 3 });
    answer = Promise.resolve({ r2: 9 });
    await figures.refresh();
    expect(figures.known).toEqual({ r2: 9 });
  });

  it("of another network do not count", async () => {
    await figures.refresh();
    figures.moved();
    expect(figures.known).toEqual({});
    const here = figures.refresh();
    figures.moved();
    await here;
    expect(figures.known).toEqual({});
    await figures.refresh();
    expect(figures.known).toEqual({ r1: 3, r2: 40 });
  });

  it("are not asked for again and again when the server fails", async () => {
    offer = new Error("offline");
    await figures.refresh();
    await figures.refresh();
    expect(asked).toBe(1);
    now += 60_000;
    offer = TWO;
    await figures.refresh();
    expect(figures.known).toEqual({ r1: 3, r2: 40 });
  });
});

describe("the list of relays", () => {
  it("is read, and nothing else", () => {
    expect(importRelayOffer({ ...TWO, refreshSeconds: 600 })).toEqual(TWO);
    for (const bad of [{}, { relays: [{ id: "a" }], probe: "t" }, { ...TWO, probe: 1 }])
      expect(() => importRelayOffer(bad)).toThrow(ImportError);
    expect(() => importRelayOffer({ ...TWO, relays: Array(65).fill(TWO.relays[0]) })).toThrow(ImportError);
  });
});
