import { describe, expect, it, vi } from "vitest";
import { type Bytes, hex, utf8 } from "./bytes";
import { RecordChannel } from "./channel";
import { generateRelayProofKey, randomBytes } from "./crypto";
import { SessionError } from "./errors";
import { RecordOpener, RecordSealer } from "./records";
import { joinRelay, resumeTimes } from "./relay";
import { RESUME_TIMES, Resumer, type ResumeTimes } from "./resumer";
import type { ReserveRelay, SessionServer } from "./server";
import { TestDevice } from "./testing/device";
import { MemoryTransport } from "./testing/memory";
import { type RelayScript, RelaySocket } from "./testing/relay";

const SID = randomBytes(16);
const QUICK: ResumeTimes = { ...RESUME_TIMES, spread: 0, stagger: 2, backOff: 5, maxBackOff: 20, ask: 50 };

const reserve = (...ids: string[]): readonly ReserveRelay[] =>
  ids.map((id) => ({ id, url: `wss://${id}.example/relay`, token: `token.of.${id}` }));

/** A session whose relays are all gone, but `alive`. */
class Lost {
  /** The device comes to no relay. */
  alone = false;
  /** What the relays do, by the number of the socket. */
  script: (socket: number) => Partial<RelayScript> = () => ({});
  readonly sockets: RelaySocket[] = [];
  readonly device: TestDevice;
  readonly channel: RecordChannel;
  readonly resumer: Resumer;
  readonly ended: Promise<SessionError | undefined>;
  readonly #first = MemoryTransport.pair();

  private constructor(
    proof: Awaited<ReturnType<typeof generateRelayProofKey>>,
    alive: readonly string[],
    relays: SessionServer["relays"],
    times: ResumeTimes,
    opening: boolean,
  ) {
    const clientKey = randomBytes(32);
    const agentKey = randomBytes(32);
    this.device = new TestDevice(this.#first[1], clientKey, agentKey);
    let end: (error: SessionError | undefined) => void;
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.channel = new RecordChannel(this.#first[0], new RecordSealer(clientKey), new RecordOpener(agentKey), {
      frame: () => undefined,
      writable: () => undefined,
      roundTrip: () => undefined,
      lost: (loss) => this.resumer.lost(loss),
      ended: (error) => {
        this.resumer.ended();
        end(error);
      },
    });
    this.resumer = new Resumer(this.channel, {
      sid: SID,
      sidText: hex(SID),
      proof,
      reserve: reserve("r1", "r2", "r3"),
      server: { relays },
      webSocket: (url) => {
        const id = new URL(url).hostname.replace(".example", "");
        const socket = new RelaySocket(url, {
          id,
          sid: SID,
          relayKey: () => proof.publicKey,
          ...(this.alone && { instead: "waiting" }),
          ...this.script(this.sockets.length),
        });
        if (!alive.includes(id)) socket.lose(1006);
        this.sockets.push(socket);
        return socket as unknown as WebSocket;
      },
      times,
      opening,
    });
    this.channel.start();
  }

  static async with(relays: SessionServer["relays"], times = QUICK, ...alive: string[]): Promise<Lost> {
    return new Lost(await generateRelayProofKey(), alive, relays, times, false);
  }

  /** It never had one. */
  static async opening(relays: SessionServer["relays"]): Promise<Lost> {
    return new Lost(await generateRelayProofKey(), [], relays, QUICK, true);
  }

  lose(): void {
    for (const end of this.#first) end.lost();
  }

  dialled(id: string): RelaySocket[] {
    return this.sockets.filter(({ url }) => url.includes(`//${id}.`));
  }
}

const away = async (): Promise<never> => {
  throw new SessionError("server-unreachable");
};

describe("a session without a relay", () => {
  it("goes on over one that the access server names when it is back", async () => {
    const asked: { readonly held: readonly string[]; readonly lost: number | undefined }[] = [];
    const lostAt = performance.now();
    const session = await Lost.with(
      async (_sid: string, _key: Bytes, held, _struck, lost) => {
        asked.push({ held, lost });
        return performance.now() - lostAt < 1_000 ? away() : reserve("r4");
      },
      QUICK,
      "r4",
    );
    session.lose();
    session.channel.sendData({ type: "data", stream: 1, bytes: utf8("typed while away"), padded: false });
    await expect.poll(() => session.dialled("r4").length, { timeout: 10_000 }).toBe(1);
    expect(performance.now() - lostAt).toBeGreaterThan(1_000);
    for (const gone of ["r1", "r2", "r3"]) expect(session.dialled(gone).length, gone).toBeGreaterThan(0);
    expect(asked[0]).toEqual({ held: ["r1", "r2", "r3"], lost: 0 });
    const [socket] = session.dialled("r4");
    if (socket === undefined) throw new Error("no socket");
    await expect.poll(() => socket.attempt).toBeGreaterThan(0);
    expect(await session.device.resume(socket.device)).toMatchObject({ relay: "r4", attempt: socket.attempt });
    expect((await session.device.frame("data")).bytes).toEqual(utf8("typed while away"));
    session.channel.end("done");
    expect(await session.ended).toBeUndefined();
  }, 20_000);

  it("gives slow ways more time when they were too slow, and all of it when each relay is tried once", async () => {
    const delays = vi.spyOn(globalThis, "setTimeout");
    const given = (): (number | undefined)[] =>
      delays.mock.calls.map(([, delay]) => delay).filter((delay) => [5_000, 10_000, 20_000].includes(delay ?? 0));
    const running = await Lost.with(away, QUICK);
    running.lose();
    await expect.poll(() => running.sockets.length).toBeGreaterThanOrEqual(12);
    running.channel.end("done");
    expect(new Set(given())).toEqual(new Set([5_000, 10_000, 20_000]));
    expect(given().slice(0, 3)).toEqual([5_000, 5_000, 5_000]);
    delays.mockClear();
    const opening = await Lost.opening(away);
    opening.lose();
    await opening.ended;
    expect(given()).toEqual([20_000, 20_000, 20_000]);
    delays.mockRestore();
  });

  it("comes back soon to a relay to which too many came at once, and later to a full one", async () => {
    const again = async (script: Partial<RelayScript>): Promise<number> => {
      const session = await Lost.with(away, { ...QUICK, refused: 2_000 }, "r2");
      session.script = (socket) => (socket < 3 ? script : {});
      session.lose();
      const refused = performance.now();
      await expect.poll(() => session.dialled("r2").length, { timeout: 5_000, interval: 5 }).toBe(2);
      session.channel.end("done");
      return performance.now() - refused;
    };
    expect(await again({ refusal: 4003 })).toBeLessThan(990);
    expect(await again({ instead: 4003 })).toBeGreaterThan(990);
  });

  it("ends with what came of each when nothing comes back in time", async () => {
    const session = await Lost.with(away, { ...QUICK, within: 300 });
    session.lose();
    const error = await session.ended;
    expect(error?.code).toBe("interrupted");
    expect(error?.detail).toContain("no way to the other end for 0 s (r1: ");
    for (const relay of ["r2: ", "r3: "]) expect(error?.detail).toContain(relay);
  });

  it("says where it waited until the end, and of each relay what came of it last", async () => {
    const session = await Lost.with(away, { ...QUICK, within: 500 }, "r2");
    session.alone = true;
    session.lose();
    const detail = (await session.ended)?.detail;
    expect(detail).toContain("r1: the relay connection closed with 1006; r2: the other end did not come; r3: ");
  });
});

describe("a transport that waits for its turn", () => {
  it("takes one message, for which it is refused, and no more", async () => {
    const proof = await generateRelayProofKey();
    const join = {
      id: "r1",
      url: "wss://r1.example/relay",
      sid: SID,
      sidText: hex(SID),
      token: "t",
      proof,
      attempt: 1,
    };
    const socket = new RelaySocket(join.url, { id: "r1", sid: SID, relayKey: () => proof.publicKey });
    const transport = await joinRelay(join, () => socket as unknown as WebSocket, resumeTimes(0));
    for (let i = 0; i < 100; i++) socket.device.send(utf8(`message ${i}`));
    await expect.poll(() => socket.closeCode).toBe(1000);
    const came: (Bytes | undefined)[] = [];
    transport.receive(
      (message) => came.push(message),
      () => undefined,
    );
    expect(came).toEqual([utf8("message 0")]);
  });
});
