import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Anew } from "./listing";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a folder into which files arrive", () => {
  /** Files arrive all the time; how often it was listed in a minute. */
  function listedInAMinute(takes: number): number {
    let lists = 0;
    const list = () => {
      lists += 1;
      anew.begins();
      setTimeout(() => anew.ended(), takes);
    };
    const anew = new Anew(list);
    list();
    for (let passed = 0; passed < 60_000; passed += 100) {
      anew.changed();
      vi.advanceTimersByTime(100);
    }
    return lists;
  }

  it("is listed anew soon, and seldom enough that lists leave the line to the files", () => {
    expect(listedInAMinute(10)).toBeGreaterThan(100);
    expect(listedInAMinute(11_000)).toBe(3);
  });
});
