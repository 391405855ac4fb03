import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { TerminalExit } from "./api";
import { type Bytes, concat, hex, u64, utf8 } from "./bytes";
import { RecordChannel } from "./channel";
import { randomBytes } from "./crypto";
import type { SessionError } from "./errors";
import { encodeFrame, encodeResume, type Frame, MAX_DATA } from "./frames";
import { RecordOpener, RecordSealer } from "./records";
import { ClientStreams } from "./streams";
import { ClientTerminal } from "./terminal";
import { TestDevice } from "./testing/device";
import { MemoryTransport } from "./testing/memory";

const clientKey = randomBytes(32);
const agentKey = randomBytes(32);
const HASH = new Uint8Array(32).fill(7);

/** A client's session over memory against a device without policy. */
class Setup {
  readonly transport: MemoryTransport;
  readonly deviceTransport: MemoryTransport;
  readonly device: TestDevice;
  readonly channel: RecordChannel;
  readonly streams: ClientStreams;
  readonly roundTrips: number[] = [];
  /** Resolves with the code of the error, or `done`. */
  readonly ended: Promise<string>;

  constructor() {
    [this.transport, this.deviceTransport] = MemoryTransport.pair();
    this.device = new TestDevice(this.deviceTransport, clientKey, agentKey);
    let end: (code: string) => void;
    this.ended = new Promise((resolve) => {
      end = resolve;
    });
    this.channel = new RecordChannel(this.transport, new RecordSealer(clientKey), new RecordOpener(agentKey), {
      frame: (frame) => this.streams.frame(frame),
      writable: () => this.streams.writable(),
      roundTrip: (milliseconds) => this.roundTrips.push(milliseconds),
      ended: (error: SessionError | undefined) => {
        this.streams.end(error);
        end(error?.code ?? "done");
      },
    });
    this.streams = new ClientStreams(this.channel);
    this.channel.send({ type: "confirm", hash: HASH });
    this.channel.start();
  }

  terminal() {
    const terminal = new ClientTerminal(this.streams, { cols: 80, rows: 24 });
    let output = "";
    let exited: (exit: TerminalExit) => void;
    const exit = new Promise<TerminalExit>((resolve) => {
      exited = resolve;
    });
    terminal.onData((bytes, consumed) => {
      output += new TextDecoder().decode(bytes);
      consumed();
    });
    terminal.onExit((value) => exited(value));
    return { terminal, exit, output: () => output };
  }
}

let setup: Setup;
beforeEach(() => {
  setup = new Setup();
});
afterEach(() => setup.channel.end("done"));

const data = (stream: number, bytes: Bytes): Frame => ({ type: "data", stream, bytes, padded: true });

describe("a terminal", () => {
  it("from the first key to the exit code", async () => {
    const { device } = setup;
    const { terminal, exit, output } = setup.terminal();
    terminal.write(utf8("ls\r"));
    expect(await device.frame("confirm")).toEqual({ type: "confirm", hash: HASH });
    expect(await device.frame("open")).toEqual({
      type: "open",
      stream: 1,
      service: "terminal",
      arguments: { cols: 80, rows: 24 },
    });
    expect(hex((await device.frame("data")).bytes)).toBe(hex(utf8("ls\r")));
    expect(device.frames.map((frame) => frame.type).slice(0, 3)).toEqual(["confirm", "open", "data"]);

    void device.send({ type: "event", stream: 1, event: { opened: { account: "operator" } } });
    expect(await terminal.opened).toEqual({ account: "operator" });
    terminal.resize({ cols: 120, rows: 40 });
    terminal.resize({ cols: 120, rows: 40 });
    expect((await device.frame("event")).event).toEqual({ resize: { cols: 120, rows: 40 } });

    void device.send(data(1, utf8("a file\r\n")));
    void device.send({ type: "event", stream: 1, event: { exit: { code: 3 } } });
    void device.send({ type: "close", stream: 1, sent: 8 });
    expect(await exit).toEqual({ kind: "code", code: 3 });
    expect(output()).toBe("a file\r\n");
    expect(await device.frame("close")).toEqual({ type: "close", stream: 1, sent: 3 });
    expect(device.frames.filter((frame) => frame.type === "event")).toHaveLength(1);
  });

  it.each([
    ["a signal", { exit: { signal: 9 } }, { kind: "signal", signal: 9 }],
    ["nothing that is an exit", { exit: { code: "0" } }, { kind: "closed" }],
    ["an event of a later version", { later: {} }, { kind: "closed" }],
  ])("that ended with %s", async (_, event, expected) => {
    const { exit } = setup.terminal();
    void setup.device.send({ type: "event", stream: 1, event });
    void setup.device.send({ type: "close", stream: 1, sent: 0 });
    expect(await exit).toEqual(expected);
  });

  it("that the agent refuses, while the session goes on", async () => {
    const { exit } = setup.terminal();
    void setup.device.send({ type: "reset", stream: 1, reason: 1, text: "not in the ticket" });
    expect(await exit).toMatchObject({ kind: "error", error: { code: "not-permitted", detail: "not in the ticket" } });
    const second = setup.terminal();
    void setup.device.send({ type: "close", stream: 3, sent: 0 });
    expect(await second.exit).toEqual({ kind: "closed" });
  });

  it("that is left hangs up, and late records for it are ignored", async () => {
    const { terminal, exit } = setup.terminal();
    terminal.close();
    expect(await exit).toEqual({ kind: "left" });
    expect(await setup.device.frame("reset")).toMatchObject({ stream: 1, reason: 0 });
    void setup.device.send(data(1, utf8("late")));
    void setup.device.send({ type: "close", stream: 1, sent: 4 });
    const second = setup.terminal();
    void setup.device.send({ type: "close", stream: 3, sent: 0 });
    expect(await second.exit).toEqual({ kind: "closed" });
  });

  it("keeps what came before its listeners", async () => {
    const terminal = new ClientTerminal(setup.streams, { cols: 1, rows: 1 });
    void setup.device.send(data(1, utf8("early")));
    void setup.device.send({ type: "event", stream: 1, event: { exit: { code: 0 } } });
    void setup.device.send({ type: "close", stream: 1, sent: 5 });
    await setup.device.frame("close");
    const order: string[] = [];
    terminal.onExit((exit) => order.push(exit.kind));
    terminal.onData((bytes) => order.push(new TextDecoder().decode(bytes)));
    expect(order).toEqual(["early", "code"]);
  });
});

describe("credit", () => {
  it("holds back what the device has not allowed, and sends it in order when it does", async () => {
    const { device } = setup;
    const { terminal } = setup.terminal();
    const all = Uint8Array.from({ length: 200_000 }, (_, i) => i % 251);
    terminal.write(all);
    const received = () => concat(...device.frames.flatMap((frame) => (frame.type === "data" ? [frame.bytes] : [])));
    await device.until(() => received().length >= 65_536);
    expect(received().length).toBe(65_536);
    void device.send({ type: "credit", stream: 1, bytes: 134_464 });
    await device.until(() => received().length === 200_000);
    expect(received().every((byte, i) => byte === i % 251)).toBe(true);
    for (const frame of device.frames)
      if (frame.type === "data") expect(frame.bytes.length).toBeLessThanOrEqual(MAX_DATA);
  });

  it("is given as the application consumes, not as bytes arrive", async () => {
    const { device } = setup;
    const terminal = new ClientTerminal(setup.streams, { cols: 80, rows: 24 });
    const pending: (() => void)[] = [];
    terminal.onData((_, consumed) => pending.push(consumed));
    for (let i = 0; i < 8; i++) void device.send(data(1, new Uint8Array(32_768)));
    await device.until(() => device.highestAck === 8);
    expect(device.frames.some((frame) => frame.type === "credit")).toBe(false);
    for (const consumed of pending) consumed();
    for (const consumed of pending) consumed();
    await device.frame("credit", 3);
    const given = device.frames.reduce((sum, frame) => sum + (frame.type === "credit" ? frame.bytes : 0), 0);
    expect(given).toBe(262_144);
  });

  it("overdrawn is a violation", async () => {
    const { device } = setup;
    new ClientTerminal(setup.streams, { cols: 80, rows: 24 });
    for (let i = 0; i < 4; i++) void device.send(data(1, new Uint8Array(65_500)));
    void device.send(data(1, new Uint8Array(145)));
    expect(await setup.ended).toBe("protocol-violation");
    expect(await device.frame("end")).toMatchObject({ reason: 6 });
  });
});

describe("acknowledgements", () => {
  it("come within 25 ms, and an ACK provokes none", async () => {
    const { device } = setup;
    device.acknowledging = false;
    await device.frame("confirm");
    await device.send({ type: "ack" });
    await device.send({ type: "ping", reply: true, value: u64(0) });
    await device.frame("ack");
    expect(device.highestAck).toBe(2);
    await device.send({ type: "ack" });
    await device.frame("ping");
    expect(device.frames.filter((frame) => frame.type === "ack")).toHaveLength(1);
  });

  it("come at the latest after 64 records", async () => {
    const { device } = setup;
    for (let i = 0; i < 640; i++) void device.send({ type: "ping", reply: true, value: u64(0) });
    await device.until(() => device.highestAck === 640);
    expect(device.frames.filter((frame) => frame.type === "ack").length).toBeGreaterThanOrEqual(10);
  });

  it("come after 128 KiB: a device may have only 256 KiB on its way", async () => {
    const { device } = setup;
    const { terminal } = setup.terminal();
    terminal.onData(() => undefined);
    await device.frame("open");
    await device.frame("confirm");
    const later = globalThis.setTimeout;
    vi.spyOn(globalThis, "setTimeout").mockImplementation(((work: () => void, delay?: number) =>
      delay === 25 ? 0 : later(work, delay)) as typeof setTimeout);
    for (let i = 0; i < 3; i++) void device.send(data(1, new Uint8Array(60 * 1024)));
    await device.until(() => device.highestAck === device.sent);
  });

  it("open the window again: 6 MiB unacknowledged and no more", async () => {
    const { device } = setup;
    device.acknowledging = false;
    const { terminal } = setup.terminal();
    await device.send({ type: "credit", stream: 1, bytes: 19 * 1024 * 1024 });
    await device.frame("ack");
    terminal.write(new Uint8Array(9 * 1024 * 1024));
    const window = 6 * 1024 * 1024;
    const sent = () => setup.transport.sent.reduce((sum, record) => sum + record.length, 0);
    await device.until(() => sent() > window - 200_000);
    await device.frame("ping");
    expect(sent()).toBeLessThanOrEqual(window);
    device.acknowledging = true;
    void device.send({ type: "ack" });
    await device.until(
      () => device.frames.reduce((sum, f) => sum + (f.type === "data" ? f.bytes.length : 0), 0) === 9 * 1024 * 1024,
    );
  });
});

describe("PING", () => {
  it("measures the round trip, and a request is answered with its value", async () => {
    const { device } = setup;
    device.onFrame = (frame) => {
      if (frame.type === "ping" && !frame.reply) void device.send({ type: "ping", reply: true, value: frame.value });
    };
    await device.send({ type: "ping", reply: false, value: u64(42) });
    const reply = () => device.frames.find((frame) => frame.type === "ping" && frame.reply);
    await device.until(() => reply() !== undefined);
    expect(reply()).toEqual({ type: "ping", reply: true, value: u64(42) });
    await device.until(() => setup.roundTrips.length === 1);
    expect(setup.roundTrips[0]).toBeGreaterThan(0);
  });
});

describe("the end", () => {
  it("by this side is told with the number of records before it", async () => {
    const { exit } = setup.terminal();
    setup.channel.end("done");
    expect(await setup.ended).toBe("done");
    expect(await setup.device.frame("end")).toEqual({ type: "end", before: 2, reason: 0, text: "" });
    expect((await exit).kind).toBe("closed");
  });

  it.each([
    [0, "done"],
    [7, "ticket-expired"],
    [8, "ended-by-server"],
    [99, "failed"],
  ])("by the device with reason %d", async (reason, code) => {
    void setup.device.send({ type: "end", before: 0, reason, text: "" });
    expect(await setup.ended).toBe(code);
    expect(setup.transport.closed).toBe(true);
  });

  it("without END is an interruption, also for its streams", async () => {
    const { exit } = setup.terminal();
    setup.deviceTransport.close();
    expect(await setup.ended).toBe("interrupted");
    expect(await exit).toMatchObject({ kind: "error", error: { code: "interrupted" } });
  });

  it("that hides a record is a violation", async () => {
    void setup.device.send({ type: "end", before: 1, reason: 0, text: "" });
    expect(await setup.ended).toBe("protocol-violation");
  });
});

describe("records on a hostile way", () => {
  const events = async () => {
    const { device } = setup;
    for (let i = 0; i < 4; i++) await device.send({ type: "ping", reply: true, value: u64(i) });
  };

  it.each<[string, (message: Bytes, index: number) => readonly (Bytes | undefined)[]]>([
    ["dropped", (message, i) => (i === 1 ? [] : [message])],
    ["repeated", (message, i) => (i === 1 ? [message, message] : [message])],
    ["cut", (message, i) => (i === 1 ? [message.slice(0, -1)] : [message])],
    ["lengthened", (message, i) => (i === 1 ? [concat(message, Uint8Array.of(0))] : [message])],
    ["turned into text", (message, i) => (i === 1 ? [undefined] : [message])],
    ["preceded by an empty one", (message, i) => (i === 1 ? [new Uint8Array(0), message] : [message])],
    ["preceded by one above 65,560 bytes", (message, i) => (i === 1 ? [new Uint8Array(65_561), message] : [message])],
    ["given another number", (message, i) => (i === 1 ? [concat(u64(9), message.slice(8))] : [message])],
  ])("%s: record-rejected, and the transport is closed", async (_, interference) => {
    setup.deviceTransport.interfere(interference);
    await events();
    expect(await setup.ended).toBe("record-rejected");
    expect(setup.transport.closed).toBe(true);
  });

  it("swapped: record-rejected", async () => {
    let held: Bytes | undefined;
    setup.deviceTransport.interfere((message, i) => {
      if (i === 1) {
        held = message;
        return [];
      }
      return i === 2 ? [message, held] : [message];
    });
    await events();
    expect(await setup.ended).toBe("record-rejected");
  });

  it("its own records sent back: record-rejected", async () => {
    setup.deviceTransport.interfere(() => [setup.transport.sent[0]]);
    await setup.device.frame("confirm");
    await events();
    expect(await setup.ended).toBe("record-rejected");
  });

  it.each([true, false])(
    "every bit of a record flipped: record-rejected each time (the first record: %s)",
    async (first) => {
      const sealer = new RecordSealer(agentKey);
      const good = first ? [] : [await sealer.sealData(encodeFrame({ type: "ack" }, 0))];
      const record = await sealer.sealData(encodeFrame({ type: "ack" }, 0));
      for (let bit = 0; bit < record.length * 8; bit++) {
        const [transport] = MemoryTransport.pair();
        let channel: RecordChannel | undefined;
        const ended = new Promise<string>((resolve) => {
          channel = new RecordChannel(transport, new RecordSealer(clientKey), new RecordOpener(agentKey), {
            frame: () => resolve("a frame"),
            writable: () => undefined,
            roundTrip: () => undefined,
            ended: (error) => resolve(error?.code ?? "done"),
          });
          channel.start();
        });
        const flipped = record.slice();
        flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        for (const message of [...good, flipped]) transport.deliver(message);
        // bit 7 makes a control record of it: before anything came, the device may be at another attempt, which is a loss and no strike
        const lost = first && bit === 7;
        expect(await ended, `bit ${bit}`).toBe(lost ? "interrupted" : "record-rejected");
        expect(channel?.struck, `bit ${bit}`).toHaveLength(lost ? 0 : 1);
      }
    },
  );

  it("a good record before a bad one still counts", async () => {
    const { exit, output } = setup.terminal();
    setup.deviceTransport.interfere((message, i) => (i === 1 ? [message.slice(1)] : [message]));
    void setup.device.send(data(1, utf8("before")));
    void setup.device.send(data(1, utf8("after")));
    expect(await exit).toMatchObject({ kind: "error", error: { code: "record-rejected" } });
    expect(output()).toBe("before");
  });
});

describe("violations under a good tag end the session", () => {
  it.each<[string, Frame]>([
    ["CONFIRM from the device", { type: "confirm", hash: HASH }],
    ["DATA on a stream that was never opened", { type: "data", stream: 9, bytes: utf8("x"), padded: false }],
    ["DATA on stream 0", { type: "data", stream: 0, bytes: utf8("x"), padded: false }],
    ["an even CREDIT", { type: "credit", stream: 2, bytes: 1 }],
    ["OPEN with an odd id", { type: "open", stream: 3, service: "x", arguments: {} }],
    ["OPEN with id 0", { type: "open", stream: 0, service: "x", arguments: {} }],
    ["CLOSE with a wrong count", { type: "close", stream: 1, sent: 1 }],
  ])("%s", async (_, frame) => {
    setup.terminal();
    void setup.device.send(frame);
    expect(await setup.ended).toBe("protocol-violation");
    expect(await setup.device.frame("end")).toMatchObject({ reason: 6 });
  });

  it.each([
    ["an unknown type", concat(Uint8Array.of(0x0b), u64(0))],
    ["an empty plaintext", new Uint8Array(0)],
    ["an extra byte", concat(encodeFrame({ type: "ack" }, 0), Uint8Array.of(0))],
    ["an ack of what was never sent", encodeFrame({ type: "ack" }, 1000)],
  ])("%s", async (_, plaintext) => {
    void setup.device.sendPlaintext(plaintext);
    expect(await setup.ended).toBe("protocol-violation");
  });

  it("DATA after CLOSE", async () => {
    setup.terminal();
    void setup.device.send({ type: "close", stream: 1, sent: 0 });
    void setup.device.send(data(1, utf8("x")));
    expect(await setup.ended).toBe("protocol-violation");
  });
});

it("RESUME on the first transport is nothing that a relay may bring", async () => {
  await setup.device.send({ type: "ack" });
  void setup.device.sendControl(encodeResume({ sid: new Uint8Array(16), relay: "r", attempt: 1, next: 0 }));
  expect(await setup.ended).toBe("record-rejected");
  expect(setup.channel.struck).toEqual(["memory"]);
});

it("a stream of the device is refused, as no service has one", async () => {
  void setup.device.send({ type: "open", stream: 2, service: "terminal", arguments: {} });
  expect(await setup.device.frame("reset")).toMatchObject({ stream: 2, reason: 2 });
  void setup.device.send(data(2, utf8("on its way")));
  const { exit } = setup.terminal();
  void setup.device.send({ type: "close", stream: 1, sent: 0 });
  expect(await exit).toEqual({ kind: "closed" });
});

it("at most 32 streams are open", () => {
  for (let i = 0; i < 32; i++) new ClientTerminal(setup.streams, { cols: 80, rows: 24 });
  expect(() => new ClientTerminal(setup.streams, { cols: 80, rows: 24 })).toThrow("32 streams are open");
});
