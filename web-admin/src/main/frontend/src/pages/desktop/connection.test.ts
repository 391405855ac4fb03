import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { DesktopChannel, DesktopRefusal, DesktopState } from "../../desktop";
import { FakeStream } from "../../desktop/testing";
import type { FileListener, OpenOptions, Session, SessionState } from "../../session/api";
import { utf8 } from "../../session/bytes";
import { SessionError } from "../../session/errors";
import type { Connection } from "../terminal/connection";
import { connectDesktop, type DesktopAttempt } from "./connection";

// noVNC wants a document; what draws is not part of this
vi.mock("@novnc/novnc", () => ({ default: class {} }));
vi.mock("../../api/sessionDeps", () => ({ sessionDeps: () => ({}) }));

const CONNECTED = {
  kind: "connected",
  fingerprint: "3f2a 91bc 07de 55a1",
  relay: "relay-a",
  way: undefined,
  identity: new Uint8Array(32),
  unverified: true,
  firstContact: false,
  roundTrip: undefined,
  resuming: false,
} as const satisfies SessionState;

const DESKTOP = {
  display: ":0",
  account: "operator",
  mode: "control",
  screens: [],
  locked: false,
  localInput: true,
  clipboard: { toDevice: true, fromDevice: true },
};

let seen: Connection[];
let channels: DesktopChannel[];
let states: DesktopState[];
let refusals: DesktopRefusal[];
let options: OpenOptions;
let stream: FakeStream;
let listener: FileListener;
let asked: Record<string, unknown>[];
let ended: number;
let attempt: DesktopAttempt;
let resolve: (session: Session) => void;
let reject: (error: unknown) => void;

beforeEach(() => {
  vi.useFakeTimers();
  seen = [];
  channels = [];
  states = [];
  refusals = [];
  asked = [];
  ended = 0;
  stream = new FakeStream();
  const opening = new Promise<Session>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  attempt = connectDesktop({
    device: "uid",
    operations: ["desktop-view", "desktop-control"],
    onChange: (connection) => seen.push(connection),
    onDesktop: (channel) => channels.push(channel),
    onState: (state) => states.push(state),
    onRefusal: (refusal) => refusals.push(refusal),
    open: (_device, _operations, _deps, given) => {
      options = given ?? {};
      return opening;
    },
  });
});

afterEach(() => vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(100);

async function opened(granted: readonly string[] = ["desktop-control", "desktop-view"]) {
  resolve({
    sid: "5".repeat(32),
    granted,
    state: CONNECTED,
    openDesktop: (request: Record<string, unknown>, given: FileListener) => {
      asked.push(request);
      listener = given;
      return stream;
    },
    end: async () => {
      ended++;
    },
  } as unknown as Session);
  await settle();
}

describe("a session with a desktop", () => {
  it("begins with control where the device granted that, and is drawn when the device says what it shows", async () => {
    await opened();
    expect(asked).toEqual([{ mode: "control" }]);
    expect(channels).toEqual([]);
    expect(seen.at(-1)).toEqual({ kind: "connected", session: CONNECTED, account: null });
    listener.data(utf8("RFB 003.008\n"), () => undefined);
    listener.event({ desktop: DESKTOP });
    expect(states.at(-1)).toMatchObject({ mode: "control", account: "operator" });
    expect(channels).toHaveLength(1);
    expect(seen.at(-1)).toEqual({ kind: "connected", session: CONNECTED, account: "operator" });
    listener.event({ desktop: { ...DESKTOP, mode: "view" } });
    expect(channels).toHaveLength(1);
    expect(states.at(-1)?.mode).toBe("view");
    const heard: string[] = [];
    const [channel] = channels;
    if (channel !== undefined) channel.onmessage = ({ data }) => heard.push(new TextDecoder().decode(data));
    await settle();
    expect(heard).toEqual(["RFB 003.008\n"]);
  });

  it("begins with looking where no more was granted", async () => {
    await opened(["desktop-view"]);
    expect(asked).toEqual([{ mode: "view" }]);
  });

  it("asks, and hands on what was refused", async () => {
    await opened();
    attempt.ask({ mode: "view" });
    attempt.ask({ screen: "64" });
    attempt.ask({ quality: "auto" });
    attempt.ask({ lock: true });
    expect(stream.said).toEqual([{ mode: "view" }, { screen: "64" }, { quality: "auto" }, { lock: true }]);
    listener.event({ error: { code: "not-permitted", text: "No." } });
    expect(refusals).toEqual([{ code: "not-permitted", text: "No." }]);
    expect(seen.at(-1)?.kind).toBe("connected");
  });

  it("is of a VNC server where that is meant, which may want a password", async () => {
    const questions: unknown[] = [];
    attempt = connectDesktop({
      device: "uid",
      operations: ["desktop-view", "vnc:192.168.1.7:5901"],
      server: { text: "192.168.1.7:5901", host: "192.168.1.7", port: 5901 },
      onChange: (connection) => seen.push(connection),
      onDesktop: (channel) => channels.push(channel),
      onState: (state) => states.push(state),
      onRefusal: (refusal) => refusals.push(refusal),
      onPassword: (question) => questions.push(question),
      open: () =>
        new Promise((yes) => {
          resolve = yes;
        }),
    });
    await opened(["desktop-view", "vnc:192.168.1.7:5901"]);
    expect(asked).toEqual([{ mode: "view", vnc: { host: "192.168.1.7", port: 5901 } }]);
    listener.event({ password: { wrong: true, text: "x".repeat(1_000) } });
    listener.event({ password: "what" });
    expect(questions).toEqual([{ wrong: true, text: "x".repeat(256) }]);
    attempt.ask({ password: "secret" });
    expect(stream.said).toEqual([{ password: "secret" }]);
    listener.event({ desktop: { mode: "view", clipboard: {}, vnc: { host: "x", port: 1, name: "panel" } } });
    expect(states.at(-1)).toMatchObject({ mode: "view", server: "panel", account: "", screens: [] });
    expect(channels).toHaveLength(1);
  });

  it("ends with its stream, for the reason of that", async () => {
    await opened();
    listener.event({ desktop: DESKTOP });
    const error = new SessionError("not-permitted", "taken away");
    listener.ended(error);
    await settle();
    expect(seen.at(-1)).toEqual({
      kind: "ended",
      exit: { kind: "error", error },
      session: CONNECTED,
      account: "operator",
    });
    expect(channels[0]?.readyState).toBe("closed");
    expect(ended).toBe(1);
    attempt.end();
    expect(seen.filter(({ kind }) => kind === "ended")).toHaveLength(1);
  });

  it("ends when what draws it gives up", async () => {
    await opened();
    attempt.broken();
    expect(seen.at(-1)).toMatchObject({ kind: "ended", exit: { error: { code: "protocol-violation" } } });
    expect(ended).toBe(1);
  });

  it("is left on purpose, before and after it is there", async () => {
    attempt.end();
    await opened();
    expect(seen.at(-1)).toMatchObject({ kind: "ended", exit: { kind: "left" } });
    expect(asked).toEqual([]);
    expect(ended).toBe(1);
    expect(options.signal?.aborted).toBe(true);
  });

  it("says why there is none", async () => {
    const error = new SessionError("forbidden");
    reject(error);
    await settle();
    expect(seen.at(-1)).toEqual({ kind: "failed", error });
  });

  it("is over when the session is, though the stream says nothing", async () => {
    await opened();
    const error = new SessionError("ended-by-server", "not-permitted");
    options.onState?.({ kind: "ended", error });
    await settle();
    expect(seen.at(-1)).toMatchObject({ kind: "ended", exit: { error } });
  });
});
