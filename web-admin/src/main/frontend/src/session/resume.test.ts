import { describe, expect, it } from "vitest";
import { type Bytes, concat, hex } from "./bytes";
import { RecordChannel } from "./channel";
import { randomBytes, sha256 } from "./crypto";
import { SessionError } from "./errors";
import { encodeResume, type Frame, type Resume } from "./frames";
import { RecordOpener, RecordSealer } from "./records";
import { LostTransport } from "./relay";
import { TestDevice } from "./testing/device";
import { MemoryTransport } from "./testing/memory";

const SID = randomBytes(16);

/** A client and a device, and whatever brings them together again when a transport is gone. */
class Pair {
  transports: readonly [MemoryTransport, MemoryTransport];
  readonly device: TestDevice;
  readonly channel: RecordChannel;
  readonly received: Bytes[] = [];
  readonly resumed: boolean[] = [];
  readonly ended: Promise<string>;
  attempts = 0;
  /** Called for each frame that came to the client. */
  onFrame: () => void = () => undefined;
  /** After each loss. */
  tries = 1;
  /** What the device answers. */
  answer: (answer: Resume) => Resume = (answer) => answer;

  constructor(window = (): void => undefined) {
    const clientKey = randomBytes(32);
    const agentKey = randomBytes(32);
    this.transports = MemoryTransport.pair();
    this.device = new TestDevice(this.transports[1], clientKey, agentKey);
    let end: (code: string) => void;
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.channel = new RecordChannel(this.transports[0], new RecordSealer(clientKey), new RecordOpener(agentKey), {
      frame: (frame) => {
        if (frame.type === "data") this.received.push(frame.bytes);
        this.onFrame();
      },
      writable: window,
      roundTrip: () => undefined,
      lost: () => {
        this.resumed.push(false);
        void this.again(this.tries);
        return true;
      },
      ended: (error) => end(error?.code ?? "done"),
    });
    this.channel.start();
  }

  /** @param most tries */
  async again(most = 1): Promise<void> {
    for (let i = 0; i < most && this.resumed.at(-1) !== true; i++) {
      this.transports = MemoryTransport.pair();
      void this.device.resume(this.transports[1], (answer) => this.answer(answer));
      this.resumed.push(await this.channel.resume(this.transports[0], SID, ++this.attempts));
    }
  }

  cut(): void {
    const [client, device] = this.transports;
    client.lost();
    device.lost();
  }
}

const data = (bytes: Bytes): Extract<Frame, { type: "data" }> => ({ type: "data", stream: 1, bytes, padded: false });
/** Leaves the other end and whoever cuts their turn; what is waited for is polled. */
const soon = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("a session goes on over another transport", () => {
  it("with every byte once and in order, however often it is cut", async () => {
    const pair = new Pair();
    pair.tries = 1_000;
    const up = Array.from({ length: 300 }, () => randomBytes(1 + Math.floor(Math.random() * 9_000)));
    const down = Array.from({ length: 300 }, () => randomBytes(1 + Math.floor(Math.random() * 9_000)));
    // cut by what has come and not by the time, so that something comes between two cuts on the slowest machine, too
    let left = 1;
    const came = (): void => {
      if (--left > 0) return;
      left = 1 + Math.floor(Math.random() * 30);
      queueMicrotask(() => pair.cut());
    };
    pair.onFrame = came;
    pair.device.onFrame = came;
    pair.answer = (answer) => {
      if (Math.random() < 0.3) queueMicrotask(() => pair.cut());
      return answer;
    };
    for (let i = 0; i < up.length; i++) {
      while (!pair.channel.sendData(data(up[i] as Bytes))) await soon(1);
      void pair.device.send(data(down[i] as Bytes));
      if (i % 4 === 0) await soon(1);
    }
    const sent = (): Bytes[] => pair.device.frames.flatMap((frame) => (frame.type === "data" ? [frame.bytes] : []));
    await expect.poll(() => sent().length, { timeout: 20_000 }).toBe(up.length);
    await expect.poll(() => pair.received.length, { timeout: 20_000 }).toBe(down.length);
    pair.onFrame = () => undefined;
    pair.device.onFrame = undefined;
    pair.answer = (answer) => answer;
    expect(hex(await sha256(concat(...sent())))).toBe(hex(await sha256(concat(...up))));
    expect(hex(await sha256(concat(...pair.received)))).toBe(hex(await sha256(concat(...down))));
    expect(pair.attempts).toBeGreaterThan(10);
    pair.channel.end("done");
    expect(await pair.ended).toBe("done");
  }, 60_000);

  it.each([
    ["above what was sent", (answer: Resume) => ({ ...answer, next: answer.next + 1_000 })],
    ["below what was acknowledged", (answer: Resume) => ({ ...answer, next: 0 })],
  ])("but a RESUME %s is a violation", async (_, answer) => {
    const pair = new Pair();
    pair.channel.sendData(data(randomBytes(10)));
    await pair.device.frame("data");
    await expect.poll(() => pair.channel.bytes.in).toBeGreaterThan(0);
    pair.answer = answer;
    pair.cut();
    expect(await pair.ended).toBe("protocol-violation");
  });

  it.each([
    ["of another session", (answer: Resume) => ({ ...answer, sid: randomBytes(16) })],
    ["of another relay", (answer: Resume) => ({ ...answer, relay: "elsewhere" })],
    ["of another attempt", (answer: Resume) => ({ ...answer, attempt: answer.attempt + 1 })],
  ])("but a RESUME %s strikes the relay", async (_, answer) => {
    const pair = new Pair();
    pair.answer = answer;
    pair.cut();
    await expect.poll(() => pair.resumed).toEqual([false, false]);
    expect(pair.channel.struck).toEqual(["memory"]);
    pair.answer = (right) => right;
    await pair.again();
    expect(pair.resumed).toEqual([false, false, true]);
    pair.channel.end("done");
  });

  it("at first whatever attempt the other end is at, and no relay is struck for that", async () => {
    const pair = new Pair();
    pair.tries = 0;
    const early = (): Promise<boolean> => {
      const [client, device] = MemoryTransport.pair();
      device.send(new Uint8Array(40));
      return pair.channel.resume(client, SID, ++pair.attempts);
    };
    await pair.device.sendControl(encodeResume({ sid: SID, relay: "memory", attempt: 1, next: 0 }));
    await expect.poll(() => pair.resumed).toEqual([false]);
    expect(await early()).toBe(false);
    expect(pair.channel.struck).toEqual([]);
    await pair.again();
    expect(pair.resumed).toEqual([false, true]);
    pair.cut();
    await expect.poll(() => pair.resumed).toEqual([false, true, false]);
    expect(await early()).toBe(false);
    expect(pair.channel.struck).toEqual(["memory"]);
    pair.channel.end("done");
  });

  it("from the second one, where there was no first, and says nothing until then", async () => {
    const lost: string[] = [];
    const channel = new RecordChannel(
      new LostTransport("memory", new SessionError("interrupted", "dead")),
      new RecordSealer(randomBytes(32)),
      new RecordOpener(randomBytes(32)),
      {
        frame: () => undefined,
        writable: () => undefined,
        roundTrip: () => undefined,
        lost: ({ error }) => lost.push(error.detail) > 0,
        ended: () => undefined,
      },
    );
    channel.start();
    await soon(500);
    expect(lost).toEqual(["dead"]);
    expect(channel.bytes.out).toBe(0);
    channel.giveUp(new SessionError("interrupted"));
  });

  it("three times at most after what a relay must not bring", async () => {
    const pair = new Pair();
    for (let strike = 1; strike <= 3; strike++) {
      pair.device.sendRaw(randomBytes(40));
      if (strike < 3) await expect.poll(() => pair.resumed.length).toBe(2 * strike);
    }
    expect(await pair.ended).toBe("record-rejected");
  });
});
