// @vitest-environment happy-dom
import { act } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { RelayFigures } from "../api/relays";
import { useRelayFigures } from "./relayFigures";
import { FakeApi } from "./testing/api";
import { renderRoutes, says } from "./testing/page";

let measured: number;
let figures: RelayFigures;

function Probe() {
  useRelayFigures(figures);
  return null;
}

const show = (address: string) => renderRoutes([{ path: "*", element: <Probe /> }], address);
const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("requestIdleCallback", undefined);
  new FakeApi();
  measured = 0;
  const relay = { id: "r", url: "wss://r.example" };
  figures = new RelayFigures(
    async () => ({ relays: [relay, relay], probe: "t" }),
    async () => {
      measured++;
      return { r: 3 };
    },
  );
});
afterEach(() => vi.useRealTimers());

describe("the relays are measured", () => {
  it("in the background of a list of devices, and not elsewhere", async () => {
    const { router } = show("/settings");
    await pass(5_000);
    expect(measured).toBe(0);
    await act(() => router.navigate("/devices"));
    expect(measured).toBe(0);
    await pass(5_000);
    expect(measured).toBe(1);
    await act(() => router.navigate("/devices/x"));
    await pass(5_000);
    expect(measured).toBe(1);
  });

  it("again when there are other relays, some time after", async () => {
    show("/devices");
    await pass(5_000);
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    await act(async () => says({ type: "relays" }));
    await pass(4_900);
    expect(measured).toBe(1);
    await pass(2_000);
    expect(measured).toBe(2);
  });

  it("again in another network", async () => {
    show("/sessions");
    await pass(5_000);
    await act(async () => window.dispatchEvent(new Event("online")));
    expect(figures.known).toEqual({});
    await pass(5_000);
    expect(figures.known).toEqual({ r: 3 });
    expect(measured).toBe(2);
  });
});
