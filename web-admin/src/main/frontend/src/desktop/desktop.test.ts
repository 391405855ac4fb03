import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { utf8 } from "../session/bytes";
import { DesktopChannel } from "./channel";
import { COMBINATIONS, keysymOf, specialKeysym } from "./keys";
import { importRefusal, importState } from "./state";
import { FakeStream } from "./testing";

const textOf = (data: ArrayBuffer) => new TextDecoder().decode(data);

describe("the channel", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("keeps what comes before anybody listens, without giving credit for it", async () => {
    const stream = new FakeStream();
    const channel = new DesktopChannel(stream);
    expect(stream.granted).toBe(768 * 1024);
    const consumed = vi.fn();
    channel.data(utf8("one"), consumed);
    channel.data(utf8("two"), consumed);
    expect(consumed).not.toHaveBeenCalled();
    const heard: string[] = [];
    channel.onmessage = ({ data }) => heard.push(textOf(data));
    expect(heard).toEqual([]);
    await vi.advanceTimersByTimeAsync(0);
    expect(heard).toEqual(["one", "two"]);
    expect(consumed).toHaveBeenCalledTimes(2);
  });

  it("hands on a part of a larger buffer as that part", () => {
    const channel = new DesktopChannel(new FakeStream());
    const heard: string[] = [];
    channel.onmessage = ({ data }) => heard.push(textOf(data));
    channel.data(utf8("abcdef").subarray(2, 4), () => undefined);
    expect(heard).toEqual(["cd"]);
  });

  it("gives no credit while noVNC is behind", async () => {
    const channel = new DesktopChannel(new FakeStream());
    let behind = 2 * 1024 * 1024;
    channel.unread = () => behind;
    channel.onmessage = () => undefined;
    const consumed = vi.fn();
    channel.data(utf8("x"), consumed);
    await vi.advanceTimersByTimeAsync(500);
    expect(consumed).not.toHaveBeenCalled();
    behind = 10;
    await vi.advanceTimersByTimeAsync(20);
    expect(consumed).toHaveBeenCalledOnce();
  });

  it("sends a copy: noVNC uses its buffer again", () => {
    const stream = new FakeStream();
    const channel = new DesktopChannel(stream);
    const written: Uint8Array[] = [];
    stream.write = (bytes) => written.push(bytes);
    const buffer = new Uint8Array([1, 2, 3]);
    channel.send(buffer);
    buffer.fill(9);
    expect(written).toEqual([new Uint8Array([1, 2, 3])]);
  });

  it("is closed once, from either end", async () => {
    const stream = new FakeStream();
    const channel = new DesktopChannel(stream);
    const closed = vi.fn();
    channel.onclose = closed;
    channel.close();
    channel.ended();
    await vi.advanceTimersByTimeAsync(0);
    expect(stream.cancelled).toBe(true);
    expect(channel.readyState).toBe("closed");
    expect(closed).toHaveBeenCalledOnce();
    channel.send(new Uint8Array([1]));
    expect(stream.received).toHaveLength(0);

    const other = new FakeStream();
    const ended = new DesktopChannel(other);
    ended.ended();
    ended.close();
    expect(other.cancelled).toBe(false);
  });
});

describe("what the device says", () => {
  it("is taken as the contract has it", () => {
    const said = {
      display: ":0",
      account: "op",
      mode: "control",
      screens: [{ id: "64", name: "HDMI-1", x: 0, y: 0, width: 1920, height: 1080 }],
      locked: true,
      localInput: false,
      held: true,
      clipboard: { toDevice: true, fromDevice: false },
    };
    expect(importState(said)).toEqual({
      ...said,
      screens: [{ id: "64", name: "HDMI-1", width: 1920, height: 1080 }],
    });
  });

  it("is bounded, and nonsense is left out", () => {
    const screen = { id: "x".repeat(1_000), name: 7, width: 10, height: 10 };
    const state = importState({
      mode: "view",
      account: "a".repeat(1_000),
      screens: [screen, null, { id: "1", width: -1, height: 5 }, { id: "", width: 1, height: 1 }, { id: 5 }],
      clipboard: "yes",
    });
    expect(state?.account).toHaveLength(256);
    expect(state?.screens).toEqual([{ id: "x".repeat(256), name: "", width: 10, height: 10 }]);
    expect(state?.clipboard).toEqual({ toDevice: false, fromDevice: false });
    expect(importState({ mode: "view", screens: Array(500).fill(screen) })?.screens).toHaveLength(32);
    for (const nonsense of [undefined, null, 5, [], {}, { mode: "admin" }]) expect(importState(nonsense)).toBeNull();
  });

  it("is a refusal with a code that a sentence can be found for", () => {
    expect(importRefusal({ code: "wayland", text: "Log in with X11." })).toEqual({
      code: "wayland",
      text: "Log in with X11.",
    });
    expect(importRefusal({ code: "../__proto__", text: 5 })).toEqual({ code: "failed", text: "" });
    expect(importRefusal({ code: "failed", text: "x".repeat(5_000) })?.text).toHaveLength(1_000);
    expect(importRefusal(undefined)).toBeNull();
  });
});

describe("the keys", () => {
  it("are keysyms of X11", () => {
    expect(keysymOf("a")).toBe(0x61);
    expect(keysymOf("ü")).toBe(0xfc);
    expect(keysymOf("€")).toBe(0x010020ac);
    expect(keysymOf("😀")).toBe(0x0101f600);
    expect(keysymOf("\n")).toBe(0xff0d);
    expect(specialKeysym("Enter")).toBe(0xff0d);
    expect(specialKeysym("toString")).toBeUndefined();
  });

  it("of a combination are all known, and each name is there once", () => {
    expect(new Set(COMBINATIONS.map(({ name }) => name)).size).toBe(COMBINATIONS.length);
    for (const { name, keys } of COMBINATIONS) expect([name, keys.length]).toEqual([name, name.split("+").length]);
  });
});
