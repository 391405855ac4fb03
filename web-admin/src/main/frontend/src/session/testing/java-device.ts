import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Bytes, hex, unhex } from "../bytes";
import { SessionError } from "../errors";
import type { HandshakeContext } from "../handshake";
import type { Transport } from "../transport";
import type { Interference } from "./memory";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../../../../../../..");

/**
 * Class path of the agent's session library as Maven built it. Without Maven, undefined where it was not built yet; within it, which says where its
 * repository is, a fault.
 */
export function javaClassPath(): string | undefined {
  const pom = readFileSync(join(root, "pom.xml"), "utf8");
  const version = (property: string) => new RegExp(`<${property}>([^<]+)</`).exec(pom)?.[1] ?? "";
  const repository = process.env.MAVEN_REPOSITORY ?? join(homedir(), ".m2/repository");
  const jar = (group: string, artifact: string, v: string) =>
    join(repository, group, artifact, v, `${artifact}-${v}.jar`);
  const entries = [
    join(root, "agent-client/session/target/classes"),
    join(root, "relay-ws/wire/target/classes"),
    jar("jakarta/json", "jakarta.json-api", version("jakarta.json.version")),
    jar("org/eclipse/parsson", "parsson", version("parsson.version")),
    jar("org/bouncycastle", "bcprov-jdk18on", version("bouncycastle.version")),
    jar("org/jspecify", "jspecify", version("jspecify.version")),
  ];
  const missing = entries.filter((entry) => !existsSync(entry));
  if (missing.length === 0) return entries.join(delimiter);
  if (process.env.MAVEN_REPOSITORY === undefined) return undefined;
  throw new Error(`not there: ${missing.join(", ")}`);
}

/** The agent's session library in a Java process. Also the client's transport to it. */
export class JavaDevice implements Transport {
  readonly relay = "java";
  readonly said: string[] = [];
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #waiting: { readonly start: string; readonly done: (line: string) => void }[] = [];
  #interfere: Interference = (message) => [message];
  #count = 0;
  #onMessage: ((message: Bytes | undefined) => void) | undefined;
  #onClosed: ((error: SessionError) => void) | undefined;
  stderr = "";

  constructor(classPath: string) {
    this.#process = spawn("java", ["-XX:TieredStopAtLevel=1", "-cp", classPath, join(here, "JavaDevice.java")]);
    // what is written after its end is lost, as on a relay; the tests see the end itself
    this.#process.stdin.on("error", () => undefined);
    this.#process.stderr.on("data", (text) => {
      this.stderr += String(text);
    });
    createInterface({ input: this.#process.stdout }).on("line", (line) => this.#line(line));
  }

  async handshake(
    context: HandshakeContext,
    sid: string,
    staticPrivate: Bytes,
    m1: Bytes,
    ticket: string,
  ): Promise<Bytes> {
    const { issuer, domain, user, device, identityHash } = context;
    const words = [
      sid,
      issuer,
      domain,
      user,
      device,
      hex(identityHash),
      hex(staticPrivate),
      hex(m1),
      ticket,
      "terminal",
    ];
    this.#process.stdin.write(`${words.join(" ")}\n`);
    return unhex((await this.line("m2 ")).slice(3));
  }

  /** The first line that starts so, also if it was said before. */
  line(start: string): Promise<string> {
    const said = this.said.find((line) => line.startsWith(start));
    if (said !== undefined) return Promise.resolve(said);
    return new Promise((done, failed) => {
      this.#waiting.push({ start, done });
      this.#process.once("exit", () => failed(new Error(`java ended: ${this.stderr}`)));
    });
  }

  /** From now on records to the device meet `interference`. */
  interfere(interference: Interference): void {
    this.#interfere = interference;
  }

  send(record: Bytes): void {
    for (const message of this.#interfere(record, this.#count++))
      if (message !== undefined) this.#process.stdin.write(`r ${hex(message)}\n`);
  }

  receive(onMessage: (message: Bytes | undefined) => void, onClosed: (error: SessionError) => void): void {
    this.#onMessage = onMessage;
    this.#onClosed = onClosed;
  }

  close(): void {
    this.#process.stdin.end();
  }

  kill(): void {
    this.#process.kill("SIGKILL");
  }

  #line(line: string): void {
    if (line.startsWith("r ")) return this.#onMessage?.(unhex(line.slice(2)));
    if (line === "closed") this.#onClosed?.(new SessionError("interrupted"));
    this.said.push(line);
    for (const waiting of this.#waiting.filter(({ start }) => line.startsWith(start))) {
      this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
      waiting.done(line);
    }
  }
}
