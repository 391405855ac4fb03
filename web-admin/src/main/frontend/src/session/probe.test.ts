import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Bytes } from "./bytes";
import { figure, measureRelays } from "./probe";

/** What a relay on the other side of a socket does. */
interface Manner {
  /** Milliseconds before the answer to a message, by its number from 0. */
  readonly delay?: (number: number) => number;
  readonly instead?: "silent" | "early" | "other" | "closes" | "words";
}

/** A `WebSocket` to a relay in memory. */
class ProbeSocket {
  binaryType = "blob";
  onopen: (() => void) | null = null;
  onmessage: ((event: { readonly data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  closed = false;
  #count = 0;

  constructor(
    readonly url: string,
    readonly manner: Manner,
  ) {
    setTimeout(() => this.onopen?.(), 1);
  }

  send(data: unknown): void {
    const { instead, delay } = this.manner;
    if (instead === "silent" || this.closed) return;
    if (typeof data === "string") {
      if (data !== "the token") return this.#later(() => this.onclose?.(), 1);
      this.#later(() => this.onmessage?.({ data: instead === "words" ? "welcome" : "ready" }), 1);
      if (instead === "early") this.#later(() => this.onmessage?.({ data: new ArrayBuffer(64) }), 1);
      return;
    }
    const message = data as Bytes;
    expect(message).toHaveLength(64);
    if (instead === "closes" && this.#count === 3) return this.#later(() => this.onclose?.(), 1);
    const answer = message.slice();
    if (instead === "other") answer[63] = (answer[63] ?? 0) ^ 1;
    this.#later(() => this.onmessage?.({ data: answer.buffer }), delay?.(this.#count++) ?? 1);
  }

  close(): void {
    this.closed = true;
  }

  #later(task: () => void, afterMs: number): void {
    setTimeout(task, afterMs);
  }
}

const sockets: ProbeSocket[] = [];

/** Relays by id; the time is the test's. */
async function measured(relays: Readonly<Record<string, Manner>>, token = "the token") {
  const open = (url: string): WebSocket => {
    const socket = new ProbeSocket(url, relays[new URL(url).pathname.split("/")[1] ?? ""] ?? {});
    sockets.push(socket);
    return socket as unknown as WebSocket;
  };
  const list = Object.keys(relays).map((id) => ({ id, url: `wss://relay.example/${id}` }));
  let result: Readonly<Record<string, number>> | undefined;
  const begin = performance.now();
  const done = measureRelays(list, token, open).then((figures) => {
    result = figures;
  });
  while (result === undefined) await vi.advanceTimersByTimeAsync(1);
  await done;
  return { result, took: performance.now() - begin };
}

beforeEach(() => {
  sockets.length = 0;
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

describe("measureRelays", () => {
  it("has a figure for each relay, without the slowest round trips", async () => {
    const { result } = await measured({
      near: { delay: () => 3 },
      far: { delay: (number) => (number === 1 || number === 5 ? 900 : 40) },
    });
    expect(result).toEqual({ near: 3, far: 40 });
    expect(sockets.map(({ url }) => url)).toEqual([
      "wss://relay.example/near/v1/probe",
      "wss://relay.example/far/v1/probe",
    ]);
    expect(sockets.every(({ closed }) => closed)).toBe(true);
  });

  it("has none of a relay that does not take the token", async () => {
    expect((await measured({ a: {} }, "another token")).result).toEqual({});
  });

  it.each(["silent", "early", "other", "words"] as const)("has none of a relay that is %s", async (instead) => {
    expect((await measured({ bad: { instead }, good: {} })).result).toEqual({ good: 1 });
    expect(sockets.every(({ closed }) => closed)).toBe(true);
  });

  it("takes fewer round trips for a figure as well", async () => {
    expect((await measured({ a: { instead: "closes", delay: () => 7 } })).result).toEqual({ a: 7 });
  });

  it("does not let the silent ones take the time of the others, and is over in time", async () => {
    const silent = { instead: "silent" } as const;
    const { result, took } = await measured({ a: silent, b: silent, c: silent, d: silent, e: {} });
    expect(result).toEqual({ e: 1 });
    expect(took).toBeLessThanOrEqual(5_000);
    const all = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`r${i}`, silent]));
    expect((await measured(all)).took).toBeLessThanOrEqual(5_050);
  });

  it("does not try an address that is none", async () => {
    const open = (): WebSocket => {
      throw new Error("opened");
    };
    expect(await measureRelays([{ id: "a", url: "ws://relay.example" }], "t", open)).toEqual({});
  });
});

describe("figure", () => {
  it("is the mean without the slowest, at least 1", () => {
    expect(figure([10, 90, 12, 14, 500, 11, 13])).toBe(11);
    expect(figure([10, 90, 12, 14])).toBe(11);
    expect(figure([0.1])).toBe(1);
    expect(figure([])).toBeUndefined();
  });
});
