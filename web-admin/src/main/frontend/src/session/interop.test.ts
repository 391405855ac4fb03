/** This client against the agent's own session library, in a Java process over lines of text. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { TerminalExit } from "./api";
import { unhex, utf8 } from "./bytes";
import { RecordChannel } from "./channel";
import { nobleX25519, randomBytes } from "./crypto";
import type { SessionError } from "./errors";
import { ClientHandshake, generateEphemeralKeys } from "./handshake";
import { asRole, type DeviceStaticPublicKey } from "./keys";
import { RecordOpener, RecordSealer } from "./records";
import { ClientStreams } from "./streams";
import { ClientTerminal } from "./terminal";
import { JavaDevice, javaClassPath } from "./testing/java-device";
import { TestLog } from "./testing/log";

const classPath = javaClassPath();
const SID = "000102030405060708090a0b0c0d0e0f";

let device: JavaDevice;
afterEach(() => device?.kill());

/** Shakes hands with a new Java process and starts the session. */
async function connect() {
  device = new JavaDevice(classPath ?? "");
  const staticPrivate = randomBytes(32);
  const context = {
    sid: unhex(SID),
    issuer: "https://access.example",
    domain: "01900000-0000-7000-8000-0000000000d0",
    user: "01900000-0000-7000-8000-0000000000aa",
    device: "01900000-0000-7000-8000-0000000000de",
    identityHash: randomBytes(32),
  };
  const log = new TestLog(context.domain, randomBytes(32));
  await log.add(...Array.from({ length: 9 }, (_, i) => utf8(`entry ${i}`)));
  const head = await log.head();
  const staticKey = asRole<DeviceStaticPublicKey>((await nobleX25519(staticPrivate)).publicKey);
  const handshake = await ClientHandshake.start(
    context,
    staticKey,
    ["exec", "terminal"],
    head,
    await generateEphemeralKeys(),
  );
  const m2 = await device.handshake(context, SID, staticPrivate, handshake.m1, "the.ticket");
  const secrets = await handshake.finish(m2, "the.ticket");
  expect(secrets.seen, "the device says back which head it was shown").toEqual({ size: 9, root: head.root });
  let end: (code: string) => void;
  const ended = new Promise<string>((resolve) => {
    end = resolve;
  });
  let measured: (milliseconds: number) => void = () => undefined;
  const firstRoundTrip = new Promise<number>((resolve) => {
    measured = resolve;
  });
  const channel: RecordChannel = new RecordChannel(
    device,
    new RecordSealer(secrets.clientKey),
    new RecordOpener(secrets.agentKey),
    {
      frame: (frame) => streams.frame(frame),
      writable: () => streams.writable(),
      roundTrip: measured,
      ended: (error: SessionError | undefined) => {
        streams.end(error);
        end(error?.code ?? "done");
      },
    },
  );
  const streams = new ClientStreams(channel);
  channel.send({ type: "confirm", hash: secrets.transcriptHash });
  channel.start();
  return { channel, streams, secrets, ended, firstRoundTrip };
}

/** A terminal whose output can be waited for. */
function terminalOn(streams: ClientStreams) {
  const terminal = new ClientTerminal(streams, { cols: 80, rows: 24 });
  let output = "";
  let length = 0;
  let wake: () => void = () => undefined;
  terminal.onData((bytes, consumed) => {
    if (bytes[0] !== 0) output += new TextDecoder().decode(bytes);
    length += bytes.length;
    consumed();
    wake();
  });
  const until = async (test: () => boolean) => {
    while (!test())
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
  };
  const exit = new Promise<TerminalExit>((resolve) => terminal.onExit(resolve));
  return { terminal, exit, shows: (text: string) => until(() => output.includes(text)), until, length: () => length };
}

describe("the way to the agent's session library", () => {
  afterEach(() => vi.unstubAllEnvs());

  it("fails under Maven where something is missing, instead of leaving the tests out", () => {
    vi.stubEnv("MAVEN_REPOSITORY", "/nowhere");
    expect(javaClassPath).toThrow(/not there: .*\/nowhere\/org\/bouncycastle/);
  });

  it("is told by the POM where the tests are run", () => {
    const pom = readFileSync(join(import.meta.dirname, "../../../../../pom.xml"), "utf8");
    expect(pom).toMatch(/<MAVEN_REPOSITORY>\$\{settings\.localRepository\}<\/MAVEN_REPOSITORY>/);
  });
});

describe.skipIf(classPath === undefined)(
  "with the agent's session library (outside Maven skipped until it was built)",
  () => {
    it("a terminal from handshake to exit code", async () => {
      const { channel, streams, secrets, ended, firstRoundTrip } = await connect();
      expect(secrets.granted).toEqual(["terminal"]);
      const { terminal, exit, shows, until, length } = terminalOn(streams);
      expect(await terminal.opened).toEqual({ account: "operator" });
      await shows('{"cols":80,"rows":24}');
      terminal.write(utf8("grüße\r"));
      await shows("grüße\r");
      terminal.resize({ cols: 132, rows: 50 });
      await shows('{"resize":{"cols":132,"rows":50}}');
      const before = length();
      terminal.write(utf8("!"));
      await until(() => length() === before + 1_048_576);
      expect(await firstRoundTrip).toBeGreaterThanOrEqual(0);
      terminal.write(Uint8Array.of(4));
      expect(await exit).toEqual({ kind: "code", code: 7 });
      await device.line("stream-ended DONE");
      channel.end("done");
      expect(await ended).toBe("done");
      await device.line("ended DONE");
    });

    it("what was pasted comes back whole, beyond the first credit", async () => {
      const { streams } = await connect();
      const { terminal, until, length, shows } = terminalOn(streams);
      await shows("}");
      const before = length();
      terminal.write(new Uint8Array(600_000));
      await until(() => length() === before + 600_000);
    });

    it("a service that the ticket does not allow is refused and reported, the session goes on", async () => {
      const { streams } = await connect();
      const refused = new Promise<string>((resolve) => {
        streams.open("process", { command: ["ls"] }, false, {
          data: () => resolve("data"),
          event: () => resolve("event"),
          ended: (error) => resolve(error?.code ?? "done"),
        });
      });
      expect(await refused).toBe("not-permitted");
      await device.line("not-permitted process");
      await terminalOn(streams).shows("cols");
    });

    it("a changed record ends it at the agent as RECORD_REJECTED, here as interrupted", async () => {
      const { streams, ended } = await connect();
      const { shows, terminal } = terminalOn(streams);
      await shows("cols");
      device.interfere((message) => {
        message[20] = (message[20] ?? 0) ^ 1;
        return [message];
      });
      terminal.write(utf8("x"));
      await device.line("ended RECORD_REJECTED");
      expect(await ended).toBe("interrupted");
    });
  },
);
