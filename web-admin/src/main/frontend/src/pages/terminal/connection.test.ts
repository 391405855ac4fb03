import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Session, SessionError, type SessionState } from "../../session";
import type { OpenOptions, TerminalExit, TerminalStream } from "../../session/api";
import { type Attempt, type Connection, connect } from "./connection";

type Connected = Extract<SessionState, { kind: "connected" }>;

const CONNECTED: Connected = {
  kind: "connected",
  fingerprint: "3f2a 91bc 07de 55a1",
  relay: "relay-a",
  way: undefined,
  identity: new Uint8Array(32),
  unverified: true,
  firstContact: true,
  roundTrip: undefined,
  resuming: false,
};

/** A promise that the test settles. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** A session that does what the test says, in place of the library. */
class FakeSession implements Session {
  readonly sid = "0".repeat(32);
  readonly granted = ["terminal"];
  state: SessionState = CONNECTED;
  ended = 0;
  refuse: SessionError | null = null;
  account = deferred<{ readonly account: string }>();
  onState() {
    return () => undefined;
  }
  compares = 0;
  compared() {
    this.compares += 1;
  }
  openFile(): never {
    throw new Error("no files here");
  }
  openDesktop(): never {
    throw new Error("no desktop here");
  }

  openSystem(): never {
    throw new Error("no processes here");
  }

  openChat(): never {
    throw new Error("no chat here");
  }

  openTerminal(): TerminalStream {
    if (this.refuse !== null) throw this.refuse;
    return {
      opened: this.account.promise,
      write: () => undefined,
      resize: () => undefined,
      onData: () => undefined,
      onExit: () => undefined,
      close: () => undefined,
    };
  }
  openWatch(): never {
    throw new Error("a terminal watches nobody");
  }
  async end() {
    this.ended += 1;
  }
}

describe("an attempt at a terminal", () => {
  let seen: Connection[];
  let streams: TerminalStream[];
  let options: OpenOptions;
  let opening: ReturnType<typeof deferred<Session>>;
  let attempt: Attempt;
  const last = () => seen.at(-1);
  const settle = () => vi.advanceTimersByTimeAsync(100);

  beforeEach(() => {
    vi.useFakeTimers();
    seen = [];
    streams = [];
    opening = deferred<Session>();
    attempt = connect({
      device: "uid",
      size: () => ({ cols: 80, rows: 24 }),
      onChange: (connection) => seen.push(connection),
      onStream: (stream) => streams.push(stream),
      open: (_device, _operations, _deps, given) => {
        options = given ?? {};
        return opening.promise;
      },
    });
  });

  afterEach(() => vi.useRealTimers());

  async function connected(): Promise<FakeSession> {
    const session = new FakeSession();
    opening.resolve(session);
    await settle();
    return session;
  }

  it("shows its steps, then the session, then the account", async () => {
    options.onState?.({ kind: "connecting", step: "handshake" });
    expect(seen).toEqual([
      { kind: "connecting", step: "requesting" },
      { kind: "connecting", step: "handshake" },
    ]);
    const session = await connected();
    expect(streams).toHaveLength(1);
    expect(attempt.sid).toBe(session.sid);
    expect(last()).toEqual({ kind: "connected", session: CONNECTED, account: null });
    attempt.compared();
    expect(session.compares).toBe(1);
    session.account.resolve({ account: "operator" });
    await settle();
    options.onState?.({ ...CONNECTED, roundTrip: 3 });
    expect(last()).toEqual({ kind: "connected", session: { ...CONNECTED, roundTrip: 3 }, account: "operator" });
  });

  const exits: readonly TerminalExit[] = [
    { kind: "code", code: 3 },
    { kind: "signal", signal: 9 },
    { kind: "error", error: new SessionError("interrupted") },
  ];
  it.each(exits)("ends the session with its terminal: $kind", async (exit) => {
    const session = await connected();
    attempt.exited(exit);
    attempt.exited({ kind: "closed" });
    await settle();
    expect(seen.filter((each) => each.kind === "ended")).toEqual([
      { kind: "ended", exit, session: CONNECTED, account: null },
    ]);
    expect(session.ended).toBe(1);
  });

  it("says that it was left when it was ended here", async () => {
    const session = await connected();
    attempt.end();
    attempt.exited({ kind: "error", error: new SessionError("aborted") });
    expect(last()).toMatchObject({ kind: "ended", exit: { kind: "left" } });
    expect(session.ended).toBe(1);
    expect(options.signal?.aborted).toBe(true);
  });

  it("says what the session says when its end comes without one of the terminal", async () => {
    await connected();
    const error = new SessionError("ended-by-server");
    options.onState?.({ kind: "ended", error });
    await settle();
    expect(last()).toMatchObject({ kind: "ended", exit: { kind: "error", error } });
  });

  it("lets the terminal say how it ended when both come", async () => {
    await connected();
    options.onState?.({ kind: "ended", error: undefined });
    attempt.exited({ kind: "code", code: 0 });
    await settle();
    expect(last()).toMatchObject({ kind: "ended", exit: { kind: "code", code: 0 } });
  });

  it("fails with the error of the library, and with a fault of the page as such", async () => {
    const error = new SessionError("identity-changed", "", { reference: "R-1" });
    opening.reject(error);
    await settle();
    expect(last()).toEqual({ kind: "failed", error });
  });

  it("ends when the session is over before it has a terminal", async () => {
    const session = new FakeSession();
    session.refuse = new SessionError("interrupted");
    opening.resolve(session);
    await settle();
    expect(last()).toMatchObject({ kind: "ended", exit: { kind: "error", error: session.refuse } });
    expect(streams).toHaveLength(0);
  });

  it("ends a session that arrives after it was cancelled", async () => {
    attempt.end();
    const session = await connected();
    expect(session.ended).toBe(1);
    expect(streams).toHaveLength(0);
    expect(last()).toMatchObject({ kind: "ended", exit: { kind: "left" } });
  });

  it("is cancelled quietly while it connects", async () => {
    attempt.end();
    opening.reject(new SessionError("aborted"));
    await settle();
    expect(last()).toMatchObject({ kind: "ended", exit: { kind: "left" }, session: null });
  });
});
