import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ApiFetch, OpenOptions, PinStorage, Session, SessionState } from "./api";
import { type Bytes, b64u, unb64u, unhex, utf8 } from "./bytes";
import { sha256 } from "./crypto";
import { relayEndpoint } from "./endpoint";
import { SessionError } from "./errors";
import { openSession } from "./open";
import { TestDevice } from "./testing/device";
import { DEVICE, DOMAIN, SID, TestInstallation } from "./testing/installation";
import { MemoryTransport } from "./testing/memory";
import { type RelayScript, RelaySocket } from "./testing/relay";
import type { Transport } from "./transport";
import { acceptKey } from "./trust";
import { fingerprintWords } from "./words";

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body: Record<string, unknown>;
}

const PIN = `bascule.trust.device.${DEVICE}`;

const RESERVE = [
  { id: "relay-1", url: "wss://relay-1.example/relay", token: "reserve.relay.one" },
  { id: "relay-2", url: "wss://relay-2.example/relay", token: "reserve.relay.two" },
];

/** Access server, relay and device of one test; each answer can be replaced. */
class World {
  readonly installation: TestInstallation;
  readonly calls: Call[] = [];
  readonly states: SessionState[] = [];
  readonly pins = new Map<string, string>();
  readonly answers: {
    open?: () => Response | Promise<Response>;
    handshake?: (body: Record<string, unknown>) => Record<string, unknown>;
    consistency?: () => Response;
    relays?: () => Response;
    /** One after the other; the last one stays. */
    consent?: Record<string, unknown>[];
  } = {};
  relay: Partial<RelayScript> = {};
  /** Parts of URLs of relays that are not there. */
  dead: readonly string[] = [];
  socket: RelaySocket | undefined;
  readonly sockets: RelaySocket[] = [];
  #keys: { readonly clientKey: Bytes; readonly agentKey: Bytes } | undefined;
  #relayKey: Bytes | undefined;

  constructor(installation: TestInstallation) {
    this.installation = installation;
  }

  readonly storage: PinStorage = {
    getItem: (name) => this.pins.get(name) ?? null,
    setItem: (name, value) => void this.pins.set(name, value),
  };

  open(options: OpenOptions = {}, rtts?: Readonly<Record<string, number>>): Promise<Session> {
    const { storage } = this;
    const webSocket = (url: string) => {
      const script = {
        id: url.includes("relay-2") ? "relay-2" : "relay-1",
        sid: unhex(SID),
        relayKey: () => this.#relayKey ?? new Uint8Array(),
        ...this.relay,
      };
      this.socket = new RelaySocket(url, script);
      if (this.dead.some((part) => url.includes(part))) this.socket.lose(1006);
      this.sockets.push(this.socket);
      return this.socket as unknown as WebSocket;
    };
    const onState = (state: SessionState) => this.states.push(state);
    return openSession(
      DEVICE,
      ["terminal"],
      { domain: "example", fetch: this.#fetch, storage, webSocket, ...(rtts && { roundTrips: () => rtts }) },
      { onState, ...options },
    );
  }

  /** The device behind the relay; there once the client shook hands and joined. */
  device(way: Transport | undefined = this.socket?.device): TestDevice {
    if (way === undefined || this.#keys === undefined) throw new Error("no session yet");
    return new TestDevice(way, this.#keys.clientKey, this.#keys.agentKey);
  }

  ended(): Call | undefined {
    return this.calls.find((call) => call.path.endsWith("/end"));
  }

  readonly #fetch: ApiFetch = async (path, init) => {
    init.signal?.throwIfAborted();
    if (path.startsWith(`/api/sessions/${SID}/consent?`)) {
      this.calls.push({ method: init.method ?? "", path, body: {} });
      const [answer, ...later] = this.answers.consent ?? [];
      if (later.length > 0) this.answers.consent = later;
      return Response.json(answer);
    }
    if (path.startsWith("/api/audit/proof/consistency?")) return this.#consistency(path, init);
    const body = JSON.parse(String(init.body)) as Record<string, unknown>;
    this.calls.push({ method: init.method ?? "", path, body });
    if (path === "/api/sessions") {
      const heads = (body.heads ?? {}) as Record<string, number>;
      const first = Math.min(heads[DOMAIN] ?? 0, this.installation.log.leaves.length);
      return this.answers.open?.() ?? Response.json(await this.installation.opened(first), { status: 201 });
    }
    if (path === `/api/sessions/${SID}/end`) return new Response(null, { status: 204 });
    if (path === `/api/sessions/${SID}/relays`)
      return this.answers.relays?.() ?? Response.json({ reserve: body.relays === undefined ? [] : RESERVE });
    if (path !== `/api/sessions/${SID}/handshake`) throw new Error(path);
    const { body: answer, clientKey, agentKey } = await this.installation.answered(String(body.m1));
    this.#keys = { clientKey, agentKey };
    this.#relayKey = unb64u(String(body.relayKey));
    return Response.json({ ...answer, ...this.answers.handshake?.(answer) });
  };

  async #consistency(path: string, init: RequestInit): Promise<Response> {
    this.calls.push({ method: init.method ?? "", path, body: {} });
    if (this.answers.consistency !== undefined) return this.answers.consistency();
    const query = new URLSearchParams(path.slice(path.indexOf("?")));
    const second = Number(query.get("second"));
    if (init.body !== undefined || second > this.installation.log.leaves.length) return problem(422, "invalid");
    const proof = await this.installation.log.consistency(Number(query.get("first")), second);
    return Response.json({ path: proof.map(b64u) });
  }
}

let world: World;
beforeEach(async () => {
  world = new World(await TestInstallation.create());
});

async function refusal(work: Promise<unknown>): Promise<SessionError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof SessionError)) throw new Error(`not a SessionError: ${String(error)}`);
  return error;
}

describe("openSession", () => {
  it("goes from the click to the prompt, and ends in order", async () => {
    const session = await world.open({ reason: "printer" });
    expect(world.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      "POST /api/sessions",
      `PUT /api/sessions/${SID}/handshake`,
    ]);
    expect(world.calls[0]?.body).toEqual({ device: DEVICE, operations: ["terminal"], reason: "printer" });
    expect(world.socket?.url).toBe(`wss://relay.example/relay/v1/${SID}`);
    expect(world.socket?.token).toBe("the.relay.token");
    expect(world.states.map((state) => (state.kind === "connecting" ? state.step : state.kind))).toEqual([
      "requesting",
      "verifying",
      "handshake",
      "relay",
      "connected",
    ]);
    expect(session.state).toMatchObject({ kind: "connected", relay: "relay-1", unverified: true, firstContact: true });
    expect((session.state as { fingerprint: string }).fingerprint).toMatch(/^([0-9a-f]{4} ){3}[0-9a-f]{4}$/);
    expect(session.granted).toEqual(["terminal"]);

    const device = world.device();
    const terminal = session.openTerminal({ cols: 80, rows: 24 });
    const output = new Promise<string>((resolve) =>
      terminal.onData((bytes) => resolve(new TextDecoder().decode(bytes))),
    );
    await device.frame("open");
    void device.send({ type: "data", stream: 1, bytes: utf8("$ ".padEnd(8_000)), padded: true });
    expect(await output).toBe("$ ".padEnd(8_000));

    await session.end();
    expect(await device.frame("end")).toMatchObject({ reason: 0 });
    expect(session.state).toEqual({ kind: "ended", error: undefined });
    expect(world.ended()?.body).toMatchObject({ reason: "done" });
    // as the device counts: little came in there, and more went out
    expect(world.ended()?.body.bytesIn).toBeGreaterThan(0);
    expect(world.ended()?.body.bytesIn).toBeLessThan(8_000);
    expect(world.ended()?.body.bytesOut).toBeGreaterThan(8_000);
    await session.end();
    expect(world.calls.filter((call) => call.path.endsWith("/end"))).toHaveLength(1);
  });

  it("the second time it is no first contact; the counter must not fall", async () => {
    await (await world.open()).end();
    const again = await world.open();
    expect(again.state).toMatchObject({ firstContact: false });
    await again.end();
    world.installation.counter = 5;
    await (await world.open()).end();
    world.installation.counter = 4;
    expect((await refusal(world.open())).code).toBe("endorsement-old");
    expect(world.states.at(-1)).toMatchObject({ kind: "ended", error: { code: "endorsement-old" } });
  });

  it("another installation or device in its place is blocked before m1", async () => {
    await (await world.open()).end();
    const other = new World(await TestInstallation.create());
    for (const [name, value] of world.pins) other.pins.set(name, value);
    expect((await refusal(other.open())).code).toBe("root-changed");
    other.pins.delete("bascule.trust.installation");
    expect((await refusal(other.open())).code, "its log is another").toBe("log-forked");
    other.pins.delete("bascule.trust.logs");
    expect((await refusal(other.open())).code).toBe("identity-changed");
    expect(other.calls.some((call) => call.path.endsWith("/handshake"))).toBe(false);
  });

  it("takes another key of a device from somebody alone who knows its words", async () => {
    world.installation.counter = 50;
    await (await world.open()).end();
    const pinned = world.pins.get(PIN);
    await world.installation.enrolAgain();
    const { code, changed } = await refusal(world.open());
    expect(code).toBe("identity-changed");
    if (changed === undefined) throw new Error("nothing to compare");
    const words = await fingerprintWords(await sha256(await world.installation.identity()));
    const known = await fingerprintWords(changed.known);
    for (const wrong of [known.join(" "), words.slice(0, 7).join(" "), words.toReversed().join(" "), ""])
      expect([wrong, await acceptKey(changed, wrong, world.storage)]).toEqual([wrong, false]);
    expect(world.pins.get(PIN)).toBe(pinned);
    expect((await refusal(world.open())).code).toBe("identity-changed");
    expect(await acceptKey(changed, ` ${words.join(", ").toUpperCase()}\n`, world.storage)).toBe(true);
    const session = await world.open();
    expect(session.state).toMatchObject({ unverified: false, firstContact: false });
    await session.end();
    expect(JSON.parse(world.pins.get(PIN) ?? "")).toMatchObject({ counter: 1, compared: true });
  });

  it("does not replace a key that was pinned after the words were compared", async () => {
    await (await world.open()).end();
    await world.installation.enrolAgain();
    const first = (await refusal(world.open())).changed;
    await world.installation.enrolAgain();
    const second = (await refusal(world.open())).changed;
    if (first === undefined || second === undefined) throw new Error("nothing to compare");
    expect(await acceptKey(second, (await fingerprintWords(second.shown)).join(" "), world.storage)).toBe(true);
    const pinned = world.pins.get(PIN);
    const late = acceptKey(first, (await fingerprintWords(first.shown)).join(" "), world.storage);
    expect((await refusal(late)).code).toBe("identity-changed");
    expect(world.pins.get(PIN)).toBe(pinned);
  });

  it("is unverified until the words were compared, also after the device renewed its key", async () => {
    await (await world.open()).end();
    const met = world.pins.get(PIN) ?? "";
    expect(JSON.parse(met)).not.toHaveProperty("compared");
    const session = await world.open();
    expect(session.state).toMatchObject({ unverified: true, firstContact: false });
    session.compared();
    expect(world.states.at(-1)).toMatchObject({ kind: "connected", unverified: false });
    await session.end();
    session.compared();
    expect(session.state.kind).toBe("ended");
    await world.installation.renew();
    const renewed = await world.open();
    expect(renewed.state).toMatchObject({ unverified: false });
    await renewed.end();
    const { identity } = JSON.parse(met) as { identity: string };
    expect(JSON.parse(world.pins.get(PIN) ?? "")).toMatchObject({ compared: true });
    expect(world.pins.get(PIN)).not.toContain(identity);
    await world.installation.renew();
    world.pins.set(PIN, JSON.stringify({ ...JSON.parse(world.pins.get(PIN) ?? ""), compared: undefined }));
    const older = await world.open();
    expect(older.state, "what an older page pinned").toMatchObject({ unverified: true });
    await older.end();
  });

  it("names the head that it has seen, takes one that goes on from it, and shows it to the device", async () => {
    const { log } = world.installation;
    await (await world.open()).end();
    expect(world.calls[0]?.body).not.toHaveProperty("heads");
    expect(world.calls[1]?.body).toMatchObject({ log: 5 });
    await log.add(utf8("later 5"), utf8("later 6"));
    world.calls.length = 0;
    await (await world.open()).end();
    expect(world.calls[0]?.body).toMatchObject({ heads: { [DOMAIN]: 5 } });
    expect(world.calls.map(({ method }) => method)).toEqual(["POST", "PUT", "POST"]);
    expect(JSON.parse(world.pins.get("bascule.trust.logs") ?? "")).toMatchObject({ [DOMAIN]: { size: 7 } });
  });

  it("a log that forked, or became smaller, is blocked before m1, and what was seen stays pinned", async () => {
    await (await world.open()).end();
    const { log } = world.installation;
    const pinned = world.pins.get("bascule.trust.logs");
    world.calls.length = 0;
    world.installation.log = await world.installation.fork();
    expect((await refusal(world.open())).code).toBe("log-forked");
    await world.installation.log.add(utf8("later"));
    expect((await refusal(world.open())).code).toBe("log-forked");
    world.installation.log = log;
    log.leaves.pop();
    expect((await refusal(world.open())).code).toBe("log-rolled-back");
    expect(world.calls.some((call) => call.path.endsWith("/handshake"))).toBe(false);
    expect(world.pins.get("bascule.trust.logs")).toBe(pinned);
  });

  it("compares what the device has seen, and asks only where that is another size", async () => {
    const { installation } = world;
    installation.deviceSaw = await installation.log.head(3);
    await (await world.open()).end();
    expect(world.calls.map(({ path }) => path)).toContain("/api/audit/proof/consistency?first=3&second=5");

    installation.deviceSaw = { size: 0, root: new Uint8Array(32) };
    await (await world.open()).end();

    const fork = await installation.fork();
    for (const size of [2, 5]) {
      installation.deviceSaw = await fork.head(size);
      expect((await refusal(world.open())).code).toBe("log-forked");
    }
    await fork.add(utf8("more"));
    installation.deviceSaw = await fork.head();
    const error = await refusal(world.open());
    expect(error).toMatchObject({ code: "log-forked", detail: "no proof from 5 entries to 6" });
    expect(world.calls.at(-1)?.body).toMatchObject({ reason: "log-forked" });
  });

  it.each<[string, () => Response, string]>([
    ["a failure", () => problem(500, "internal"), "server-refused"],
    ["a page of a proxy", () => new Response("<html>", { status: 502 }), "server-refused"],
    ["not ready", () => problem(503, "unavailable"), "unavailable"],
    ["too much", () => problem(429, "too-many-requests"), "too-many-requests"],
    ["no JSON", () => new Response("<html>"), "malformed-answer"],
    ["a refusal", () => problem(404, "not-found"), "log-forked"],
  ])("tells a server that fails from one that proves nothing: %s", async (_, answer, code) => {
    world.installation.deviceSaw = await world.installation.log.head(3);
    world.answers.consistency = answer;
    expect((await refusal(world.open())).code).toBe(code);
  });

  it.each<[string, (answer: Record<string, unknown>) => Record<string, unknown>, string]>([
    ["another ticket than the one that the device saw", () => ({ ticket: "other" }), "handshake-failed"],
    ["m2 cut", ({ m2 }) => ({ m2: b64u(unb64u(String(m2)).slice(0, -1)) }), "handshake-failed"],
    ["m2 above 4,096 bytes", () => ({ m2: "A".repeat(8000) }), "malformed-answer"],
    ["a relay without TLS", () => ({ relay: { id: "r", url: "ws://relay.example/relay" } }), "malformed-answer"],
    ["a relay with a password", () => ({ relay: { id: "r", url: "wss://a:b@relay.example" } }), "malformed-answer"],
    ["no token", () => ({ token: "" }), "malformed-answer"],
  ])("refuses %s and says so to the server", async (_, change, code) => {
    world.answers.handshake = change;
    expect((await refusal(world.open())).code).toBe(code);
    expect(world.ended()?.body).toMatchObject({ reason: code });
    expect(code === "handshake-failed" && world.pins.has(`bascule.trust.device.${DEVICE}`)).toBe(false);
  });

  describe("with consent", () => {
    const said = { whom: "device", by: null, reason: null, operations: ["terminal"], seconds: 60 };
    beforeEach(() => {
      world.answers.open = async () => {
        const opened = await world.installation.opened(0);
        return Response.json({ ...opened, state: "asking" }, { status: 202 });
      };
    });

    it("waits for it after the device was checked, and before the handshake", async () => {
      world.answers.consent = [
        { ...said, state: "asking" },
        { ...said, state: "asking", whom: "approver", seconds: 35 },
        { ...said, state: "granted", by: "Eve" },
      ];
      const session = await world.open();
      expect(world.calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
        "POST /api/sessions",
        `GET /api/sessions/${SID}/consent?wait=0`,
        `GET /api/sessions/${SID}/consent?wait=25`,
        `GET /api/sessions/${SID}/consent?wait=25`,
        `PUT /api/sessions/${SID}/handshake`,
      ]);
      const waits = world.states.flatMap((state) =>
        state.kind === "connecting" && state.consent !== undefined ? [state.consent.whom] : [],
      );
      expect(waits).toEqual(["device", "approver"]);
      await session.end();
    });

    it.each([
      [{ state: "refused", by: "Eve", reason: "not now" }, "consent-refused", "Eve: not now"],
      [{ state: "timed-out" }, "consent-timed-out", ""],
      [{ state: "ended" }, "consent-ended", ""],
      [{ state: "later" }, "malformed-answer", "state"],
    ])("ends it where it is not given: %o", async (answer, code, detail) => {
      world.answers.consent = [
        { ...said, state: "asking" },
        { ...said, ...answer },
      ];
      expect(await refusal(world.open())).toMatchObject({ code, detail });
      expect(world.ended()?.body).toMatchObject({ reason: code });
      expect(world.calls.some(({ path }) => path.endsWith("/handshake"))).toBe(false);
    });
  });

  it.each<[string, () => Response, string]>([
    ["offline", () => problem(409, "device-offline"), "device-offline"],
    ["not allowed", () => problem(403, "forbidden"), "forbidden"],
    ["no account", () => problem(403, "no-account"), "no-account"],
    ["signed out", () => problem(401, "not-signed-in"), "not-signed-in"],
    ["not set up", () => problem(503, "unavailable"), "unavailable"],
    ["something newer", () => problem(418, "teapot"), "server-refused"],
    ["a proxy's page", () => new Response("<html>", { status: 502 }), "server-refused"],
    ["no JSON", () => new Response("<html>", { status: 201 }), "malformed-answer"],
    ["a reason is wanted", () => problem(403, "reason-required"), "reason-required"],
    ["a state of a newer server", () => Response.json({ state: "waiting" }, { status: 202 }), "malformed-answer"],
    [
      "an unreachable server",
      () => {
        throw new TypeError("fetch failed");
      },
      "server-unreachable",
    ],
  ])("names the server's refusal: %s", async (_, answer, code) => {
    world.answers.open = answer;
    const error = await refusal(world.open());
    expect(error.code).toBe(code);
    if (code === "device-offline") expect(error).toMatchObject({ detail: "in words", reference: "ref-1" });
  });

  it.each<[string, Partial<RelayScript>, string]>([
    ["the token refused", { instead: 4001 }, "relay-refused"],
    ["no peer", { instead: 4006 }, "relay-timeout"],
    ["the peer gone", { instead: 4002 }, "interrupted"],
    ["too many", { instead: 4003 }, "relay-limit"],
    ["too many at once", { refusal: 4003 }, "relay-crowded"],
    ["draining", { instead: 4004 }, "relay-draining"],
    ["another word", { instead: "welcome" }, "relay-refused"],
    ["bytes before paired", { instead: new Uint8Array(3) }, "relay-refused"],
    ["a short nonce", { nonceLength: 31 }, "relay-refused"],
    ["a proof for another relay", { id: "relay-2" }, "relay-refused"],
  ])("names what the relay did: %s", async (_, script, code) => {
    world.relay = script;
    expect((await refusal(world.open())).code).toBe(code);
  });

  it("joins over the connection that it made while the device answered", async () => {
    const session = await world.open();
    expect(world.sockets).toHaveLength(1);
    await session.end();
  });

  it("joins the relay that the answer names, and closes the connection to another", async () => {
    world.answers.handshake = () => ({ relay: { id: "relay-1", url: "wss://other.example/relay" } });
    const session = await world.open();
    expect(world.sockets.map(({ url, closeCode }) => ({ url, closeCode }))).toEqual([
      { url: `wss://relay.example/relay/v1/${SID}`, closeCode: 1000 },
      { url: `wss://other.example/relay/v1/${SID}`, closeCode: undefined },
    ]);
    await session.end();
  });

  it("connects anew if the relay has given up on the early connection", async () => {
    world.answers.handshake = () => {
      world.sockets[0]?.lose(4006);
      return {};
    };
    const session = await world.open();
    expect(world.sockets).toHaveLength(2);
    await session.end();
  });

  it("leaves no connection behind when the device refuses", async () => {
    world.answers.handshake = () => ({ m2: "" });
    await refusal(world.open());
    expect(world.sockets.map(({ closeCode }) => closeCode)).toEqual([1000]);
  });

  it("a lost relay is followed by another one, and nothing is lost", async () => {
    world.answers.handshake = () => ({ reserve: RESERVE });
    const session = await world.open();
    const device = world.device();
    const terminal = session.openTerminal({ cols: 80, rows: 24 });
    let output = "";
    terminal.onData((bytes, consumed) => {
      output += new TextDecoder().decode(bytes);
      consumed();
    });
    await device.frame("open");
    world.socket?.lose(4002);
    void device.send({ type: "data", stream: 1, bytes: utf8("typed while away"), padded: true });
    terminal.write(utf8("ls"));
    const socketOf = (relay: string): RelaySocket | undefined =>
      world.sockets.find(({ url, attempt }) => url.includes(relay) && attempt !== undefined);
    await expect.poll(() => socketOf("relay-2")).toBeDefined();
    const socket = socketOf("relay-2") as RelaySocket;
    expect(session.state).toMatchObject({ kind: "connected", resuming: true });
    expect(socket.token).toBe("reserve.relay.two");
    const asked = await device.resume(socket.device);
    expect(asked).toMatchObject({ relay: "relay-2", attempt: socket.attempt });
    await expect.poll(() => output).toBe("typed while away");
    expect((await device.frame("data")).bytes).toEqual(utf8("ls"));
    expect(session.state).toMatchObject({ kind: "connected", resuming: false, relay: "relay-2" });
    expect(world.calls.find((call) => call.path.endsWith("/relays"))?.body).toMatchObject({
      relays: ["relay-1", "relay-2"],
      struck: [],
      lost: 0,
    });
    await session.end();
    expect(world.ended()?.body).toMatchObject({ reason: "done" });
  });

  it("opens at another relay when the one that was named is dead", async () => {
    world.answers.handshake = () => ({ reserve: RESERVE });
    world.dead = ["//relay.", "//relay-1."];
    const opening = world.open();
    const atSecond = () => world.sockets.find(({ url, attempt }) => url.includes("relay-2") && attempt !== undefined);
    await expect.poll(atSecond, { timeout: 5_000 }).toBeDefined();
    const second = atSecond() as RelaySocket;
    expect(world.states.some(({ kind }) => kind === "connected")).toBe(false);
    const device = world.device(MemoryTransport.pair()[1]);
    expect(await device.resume(second.device)).toMatchObject({ relay: "relay-2", attempt: second.attempt, next: 0 });
    const session = await opening;
    expect(world.states.at(-1)).toMatchObject({ kind: "connected", relay: "relay-2", resuming: false });
    session.openTerminal({ cols: 80, rows: 24 });
    expect(await device.frame("open")).toMatchObject({ service: "terminal" });
    await session.end();
    expect(world.calls.filter(({ path }) => path.endsWith("/end"))).toHaveLength(1);
  });

  it.each([
    ["where there is another one", RESERVE, [10_000, 5_000]],
    ["where it is the only one, which the server names in the reserve as well", RESERVE.slice(0, 1), [35_000, 35_000]],
    ["where there is nothing in reserve", [], [35_000, 35_000]],
  ])("gives the first relay its time %s", async (_, reserve, within) => {
    const delays = vi.spyOn(globalThis, "setTimeout");
    world.answers.handshake = () => ({ reserve });
    const session = await world.open();
    const waited = delays.mock.calls
      .map(([, delay]) => delay)
      .filter((delay) => [5_000, 10_000, 35_000].includes(delay ?? 0));
    delays.mockRestore();
    expect(waited).toEqual(within);
    await session.end();
  });

  it("opens nowhere when all relays are dead, each tried once, and says so", async () => {
    world.answers.handshake = () => ({ reserve: RESERVE });
    world.dead = ["//relay"];
    const error = await refusal(world.open());
    expect(error.code).toBe("relay-unreachable");
    expect(error.detail).toMatch(/^no way to the other end \(relay-1: .*; relay-2: .*\)$/);
    expect(world.sockets.map(({ url }) => new URL(url).hostname)).toEqual([
      "relay.example",
      "relay.example",
      "relay-2.example",
      "relay-1.example",
    ]);
    expect(world.calls.filter(({ path }) => path.endsWith("/end")).map(({ body }) => body.reason)).toEqual([
      "relay-unreachable",
    ]);
    expect(world.states.at(-1)).toMatchObject({ kind: "ended", error: { code: "relay-unreachable" } });
  });

  it("can be aborted while it looks for another relay", async () => {
    world.answers.handshake = () => ({ reserve: RESERVE });
    world.dead = ["//relay.", "//relay-1."];
    const way = new AbortController();
    const opening = world.open({ signal: way.signal });
    await expect.poll(() => world.sockets.some(({ url }) => url.includes("relay-2")), { timeout: 5_000 }).toBe(true);
    way.abort();
    expect((await refusal(opening)).code).toBe("aborted");
  });

  it("says who watches it, as often as the device says so", async () => {
    const session = await world.open();
    const device = world.device();
    session.openTerminal({ cols: 80, rows: 24 });
    await device.frame("open");
    void device.send({ type: "event", stream: 1, event: { watchers: ["Ada", 7, "x".repeat(300)] } });
    await expect.poll(() => session.state).toMatchObject({ watchers: ["Ada", "x".repeat(256)] });
    void device.send({ type: "event", stream: 1, event: { watchers: [] } });
    await expect.poll(() => session.state).toMatchObject({ watchers: [] });
    await session.end();
  });

  it("watches the terminals of another session, from a picture on, and sends nothing", async () => {
    const session = await world.open();
    const device = world.device();
    const watch = session.openWatch("5".repeat(32));
    expect(await device.frame("open")).toMatchObject({ service: "watch", arguments: { sid: "5".repeat(32) } });
    const tools = new Promise((resolve) => watch.onTools((now) => now.length > 0 && resolve(now)));
    void device.send({
      type: "event",
      stream: 1,
      event: { tools: [{ tool: 3, service: "terminal" }, { tool: "x" }, null] },
    });
    expect(await tools).toEqual([{ tool: 3, service: "terminal" }]);
    const sizes: unknown[] = [];
    const terminal = watch.openTerminal(3, (size) => sizes.push(size));
    await expect
      .poll(() => device.frames.filter((frame) => frame.type === "open").at(-1))
      .toMatchObject({ stream: 3, arguments: { sid: "5".repeat(32), tool: 3 } });
    let output = "";
    terminal.onData((bytes, consumed) => {
      output += new TextDecoder().decode(bytes);
      consumed();
    });
    const exit = new Promise((resolve) => terminal.onExit(resolve));
    terminal.write(utf8("ignored"));
    void device.send({ type: "event", stream: 3, event: { picture: { cols: 100, rows: 30 } } });
    void device.send({ type: "data", stream: 3, bytes: utf8("$ ls"), padded: true });
    void device.send({ type: "event", stream: 3, event: { resize: { cols: 0, rows: 30 } } });
    void device.send({ type: "event", stream: 3, event: { picture: { cols: 90, rows: 20 } } });
    void device.send({ type: "data", stream: 3, bytes: utf8("anew"), padded: true });
    await expect.poll(() => output).toBe("\x1bc$ ls\x1bcanew");
    expect(sizes).toEqual([
      { cols: 100, rows: 30 },
      { cols: 90, rows: 20 },
    ]);
    void device.send({ type: "close", stream: 3, sent: 8 });
    expect(await exit).toEqual({ kind: "closed" });
    expect(device.frames.some((frame) => frame.type === "data")).toBe(false);
    const over = new Promise((resolve) => watch.onEnd(resolve));
    void device.send({ type: "close", stream: 1, sent: 0 });
    expect(await over).toBeUndefined();
    await session.end();
  });

  it("says how far the relays are, connects early to the nearest, and passes on the way", async () => {
    const opened = await world.installation.opened(0);
    const relays = ["a", "b", "c"].map((id) => ({ id, url: `wss://${id}.example` }));
    world.answers.open = () => Response.json({ ...opened, relays }, { status: 201 });
    world.answers.handshake = () => ({ way: { client: 12 }, reserve: RESERVE });
    const rtts = { b: 70, c: 12 };
    const session = await world.open({}, rtts);
    expect(world.calls[1]?.body).toMatchObject({ rtts });
    expect(world.sockets[0]?.url).toBe(`wss://c.example/v1/${SID}`);
    expect(session.state).toMatchObject({ way: { client: 12, device: undefined } });
    await session.end();
  });

  it("knows the way over another relay as well, if both ends have measured it", async () => {
    const ways = [{ client: 12, device: 8 }, { client: 70 }];
    const reserve = RESERVE.map((relay, i) => ({ ...relay, way: ways[i] }));
    world.answers.handshake = () => ({ way: ways[0], reserve });
    const session = await world.open();
    expect(session.state).toMatchObject({ relay: "relay-1", way: { client: 12, device: 8 } });
    const device = world.device();
    world.socket?.lose(4002);
    await expect.poll(() => world.sockets.find(({ attempt }) => attempt !== undefined)).toBeDefined();
    const socket = world.sockets.find(({ attempt }) => attempt !== undefined) as RelaySocket;
    await device.resume(socket.device);
    expect(socket.url).toContain("relay-2");
    await expect.poll(() => session.state).toMatchObject({ kind: "connected", resuming: false });
    expect(session.state).toMatchObject({ relay: "relay-2", way: { client: 70, device: undefined } });
    await session.end();
  });

  it("a session that has ended meanwhile is not gone on with", async () => {
    world.answers.handshake = () => ({ reserve: RESERVE });
    world.answers.relays = () => problem(409, "session-ended");
    const session = await world.open();
    world.socket?.lose(1006);
    await expect.poll(() => session.state).toMatchObject({ kind: "ended", error: { code: "ended-by-server" } });
  });

  it("a lost relay with nothing in reserve ends the session and its terminals as interrupted", async () => {
    const session = await world.open();
    const terminal = session.openTerminal({ cols: 80, rows: 24 });
    const exit = new Promise((resolve) => terminal.onExit(resolve));
    world.socket?.lose(4002);
    expect(await exit).toMatchObject({ kind: "error", error: { code: "interrupted" } });
    expect(session.state).toMatchObject({ kind: "ended", error: { code: "interrupted" } });
    expect(() => session.openTerminal({ cols: 80, rows: 24 })).toThrow(SessionError);
  });

  it("can be aborted before, on the way and after", async () => {
    const before = new AbortController();
    before.abort();
    expect((await refusal(world.open({ signal: before.signal }))).code).toBe("aborted");

    const way = new AbortController();
    const opening = world.open({
      signal: way.signal,
      onState: (state) => {
        if (state.kind === "connecting" && state.step === "relay") way.abort();
      },
    });
    expect((await refusal(opening)).code).toBe("aborted");
    expect(world.ended()?.body).toMatchObject({ reason: "aborted" });

    const after = new AbortController();
    const session = await world.open({ signal: after.signal });
    after.abort();
    expect(session.state).toMatchObject({ kind: "ended" });
  });
});

describe("relayEndpoint", () => {
  it.each(["wss://relay.example/relay", "ws://localhost:8080/relay", "ws://127.0.0.1:1/relay", "ws://[::1]:1/r"])(
    "takes %s",
    (url) => {
      expect(relayEndpoint(url, SID)).toBe(`${url}/v1/${SID}`);
    },
  );

  it.each([
    "https://relay.example",
    "ws://relay.example",
    "ws://127.0.0.1.example",
    "wss://x/",
    "wss://x?y",
    "wss://x#y",
    "x",
  ])("refuses %s", (url) => {
    expect(() => relayEndpoint(url, SID)).toThrow(SessionError);
  });
});

function problem(status: number, code: string): Response {
  const body = { type: `urn:bascule:problem:${code}`, title: "t", status, detail: "in words", reference: "ref-1" };
  return new Response(JSON.stringify(body), { status, headers: { "Content-Type": "application/problem+json" } });
}
