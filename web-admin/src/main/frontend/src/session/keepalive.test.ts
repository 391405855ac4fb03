import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bytes } from "./bytes";
import { KeepAlive } from "./keepalive";

let pings: Bytes[];
let silences: number;
let roundTrips: number[];
let keepAlive: KeepAlive;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "performance"] });
  pings = [];
  silences = 0;
  roundTrips = [];
  keepAlive = new KeepAlive({
    ping: (value) => pings.push(value),
    silent: () => {
      silences++;
      keepAlive.down();
    },
    roundTrip: (milliseconds) => roundTrips.push(milliseconds),
  });
  keepAlive.up(false);
});
afterEach(() => {
  keepAlive.down();
  vi.useRealTimers();
});

describe("a transport", () => {
  it("that owes nothing may be silent", () => {
    vi.advanceTimersByTime(60_000);
    expect(silences).toBe(0);
  });

  it("is lost after 5 s of silence while an acknowledgement is owed, then after 10, and again after 5 once one was steady", () => {
    keepAlive.owed(true);
    vi.advanceTimersByTime(4_000);
    keepAlive.heard();
    vi.advanceTimersByTime(4_900);
    expect(silences).toBe(0);
    vi.advanceTimersByTime(1_100);
    expect(silences).toBe(1);
    keepAlive.up(true);
    vi.advanceTimersByTime(9_000);
    expect(silences).toBe(1);
    vi.advanceTimersByTime(2_000);
    expect(silences).toBe(2);
    keepAlive.up(false);
    vi.advanceTimersByTime(70_000);
    keepAlive.owed(true);
    vi.advanceTimersByTime(6_000);
    expect(silences).toBe(3);
  });

  it("is pinged soon, every 15 s, and when an answer was awaited for 3 s", () => {
    vi.advanceTimersByTime(300);
    expect(pings).toHaveLength(1);
    vi.advanceTimersByTime(20_000);
    expect(pings).toHaveLength(1);
    vi.advanceTimersByTime(0);
    keepAlive.replied(pings[0] as Bytes);
    expect(roundTrips).toEqual([20_000]);
    keepAlive.replied(pings[0] as Bytes);
    expect(roundTrips).toHaveLength(1);
    keepAlive.heard();
    keepAlive.answerable();
    vi.advanceTimersByTime(2_900);
    expect(pings).toHaveLength(1);
    // it looks once a second
    vi.advanceTimersByTime(1_100);
    expect(pings).toHaveLength(2);
  });

  it("that follows another one is alone", () => {
    keepAlive.up(false);
    keepAlive.down();
    vi.advanceTimersByTime(60_000);
    expect(pings).toHaveLength(0);
  });

  it("tells nothing about the next one", () => {
    vi.advanceTimersByTime(300);
    keepAlive.down();
    keepAlive.up(false);
    keepAlive.replied(pings[0] as Bytes);
    expect(roundTrips).toEqual([]);
  });
});
