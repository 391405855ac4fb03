import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Session, SessionState } from "../../session";
import type { OpenOptions } from "../../session/api";
import { holdTerminal, openAhead, openTerminalSession } from "./ahead";

const SESSION = { sid: "0".repeat(32) } as unknown as Session;
const CONNECTING: SessionState = { kind: "connecting", step: "requesting" };
const VERIFYING: SessionState = { kind: "connecting", step: "verifying" };
const deps = { fetch: () => Promise.reject(new Error("nothing is fetched here")), domain: "demo" };

describe("a session that is opened ahead of its page", () => {
  let options: OpenOptions[];
  const open = async (_device: string, _operations: unknown, _deps: unknown, given: OpenOptions = {}) => {
    options.push(given);
    given.onState?.(CONNECTING);
    return SESSION;
  };

  beforeEach(() => {
    vi.useFakeTimers();
    options = [];
  });
  afterEach(async () => {
    await vi.advanceTimersByTimeAsync(60_000);
    vi.useRealTimers();
  });

  it("is taken over with every state since its beginning", async () => {
    openAhead("d1", open);
    await vi.advanceTimersByTimeAsync(0);
    const states: SessionState[] = [];
    const session = openTerminalSession("d1", ["terminal"], deps, { onState: (state) => states.push(state) });
    options[0]?.onState?.(VERIFYING);
    expect(await session).toBe(SESSION);
    expect(states).toEqual([CONNECTING, VERIFYING]);
    expect(options).toHaveLength(1);
    expect(options[0]?.signal?.aborted).toBe(false);
  });

  it("ends when who took it over ends it", async () => {
    openAhead("d1", open);
    await vi.advanceTimersByTimeAsync(0);
    const abort = new AbortController();
    await openTerminalSession("d1", ["terminal"], deps, { signal: abort.signal });
    abort.abort();
    expect(options[0]?.signal?.aborted).toBe(true);
  });

  it("ends when nobody takes it over, and at once when another device is opened", async () => {
    openAhead("d1", open);
    openAhead("d2", open);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(options.map((each) => each.signal?.aborted)).toEqual([true, false]);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(options.map((each) => each.signal?.aborted)).toEqual([true, true]);
  });

  it("is opened once, and not for a device whose terminal is on the page", async () => {
    openAhead("d1", open);
    openAhead("d1", open);
    const release = holdTerminal("d2");
    openAhead("d2", open);
    await vi.advanceTimersByTimeAsync(0);
    expect(options).toHaveLength(1);
    release();
    openAhead("d2", open);
    await vi.advanceTimersByTimeAsync(0);
    expect(options).toHaveLength(2);
  });
});
