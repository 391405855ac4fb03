import { ed25519 } from "@noble/curves/ed25519.js";
import { type Bytes, b64u, concat, unb64u, unhex, utf8 } from "../bytes";
import { continuityBytes } from "../continuity";
import { randomBytes, sha256, type X25519KeyPair } from "../crypto";
import { endorsedBytes } from "../endorsement";
import { certificateLeaf } from "../log";
import type { TreeState } from "../merkle";
import { type Issued, issue } from "./certificates";
import { answerHandshake, newStaticKey } from "./device";
import { TestLog } from "./log";

export const SID = "000102030405060708090a0b0c0d0e0f";
export const DOMAIN = "01900000-0000-7000-8000-0000000000d0";
export const USER = "01900000-0000-7000-8000-0000000000aa";
export const DEVICE = "01900000-0000-7000-8000-0000000000de";
const ISSUER = "https://access.example";

function issueDevice(domainCa: Issued): Promise<Issued> {
  return issue({ name: DEVICE, uri: `urn:bascule:device:${DOMAIN}:${DEVICE}` }, domainCa);
}

/** A whole installation with one device, made anew: root, key set, CAs, endorsement, and the device's half of the handshake. */
export class TestInstallation {
  readonly #rootSeed = randomBytes(32);
  readonly #installationCa: Issued;
  readonly #domainCa: Issued;
  #device: Issued;
  /** Of its certificate in the tree. */
  #index = 1;
  #continuity: object[] = [];
  readonly staticKey: X25519KeyPair;
  readonly #logSeed = randomBytes(32);
  /** The domain's tree; the device's first certificate is its second leaf. */
  log = new TestLog(DOMAIN, this.#logSeed);
  /** What the device says about the log, if it is not what the client showed it. */
  deviceSaw: TreeState | undefined;
  seq = 1;
  counter = 1;

  private constructor(installationCa: Issued, domainCa: Issued, device: Issued, staticKey: X25519KeyPair) {
    this.#installationCa = installationCa;
    this.#domainCa = domainCa;
    this.#device = device;
    this.staticKey = staticKey;
  }

  static async create(): Promise<TestInstallation> {
    const installationCa = await issue({ name: "Installation CA", ca: 1 });
    const domainCa = await issue({ name: DOMAIN, uri: `urn:bascule:domain:${DOMAIN}`, ca: 0 }, installationCa);
    const device = await issueDevice(domainCa);
    const installation = new TestInstallation(installationCa, domainCa, device, await newStaticKey());
    await installation.fill(installation.log, "entry");
    return installation;
  }

  /** Another tree of the domain, in which the certificate stands as well. */
  async fork(): Promise<TestLog> {
    const fork = new TestLog(DOMAIN, this.#logSeed);
    await this.fill(fork, "forked");
    return fork;
  }

  /** The device begins anew with another key, as after a revocation: nothing leads to it. */
  async enrolAgain(): Promise<void> {
    this.#device = await issueDevice(this.#domainCa);
    this.#continuity = [];
    this.counter = 1;
    this.#index = this.log.leaves.length;
    await this.log.add(this.#leaf());
  }

  /** The device has another key, which its former one signed. */
  async renew(): Promise<void> {
    const former = this.#device.keys.privateKey;
    const old = await this.identity();
    await this.enrolAgain();
    const link = { old, next: await this.identity() };
    const bytes = await continuityBytes({ uid: DEVICE, domain: DOMAIN }, link);
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, former, bytes);
    this.#continuity = [{ old: b64u(link.old), next: b64u(link.next), signature: b64u(new Uint8Array(signature)) }];
  }

  #leaf(): Bytes {
    return certificateLeaf({ domain: DOMAIN, uid: DEVICE }, this.#device.der);
  }

  async fill(log: TestLog, name: string): Promise<void> {
    const leaf = this.#leaf();
    await log.add(utf8(`${name} 0`), leaf, utf8(`${name} 2`), utf8(`${name} 3`), utf8(`${name} 4`));
  }

  /**
   * The answer of `POST /api/sessions`.
   *
   * @param first size of the head that the request named
   */
  async opened(first = 0): Promise<Record<string, unknown>> {
    return {
      sid: SID,
      issuer: ISSUER,
      domain: DOMAIN,
      user: USER,
      device: { uid: DEVICE, name: "a device" },
      chain: [b64u(this.#device.der), b64u(this.#domainCa.der)],
      endorsement: await this.#endorsement(),
      proofs: { log: await this.log.proofs(this.#index, first), continuity: this.#continuity },
      keySet: await this.#keySet(),
      root: b64u(new Uint8Array(ed25519.getPublicKey(this.#rootSeed))),
      relays: [{ id: "relay-1", url: "wss://relay.example/relay" }],
      operations: ["terminal"],
      state: "ready",
    };
  }

  /** The answer of `PUT /api/sessions/{sid}/handshake`, and the keys that the device has then. */
  async answered(m1: string, ticket = "the.ticket.text") {
    const identityHash = await sha256(await this.identity());
    const context = { sid: unhex(SID), issuer: ISSUER, domain: DOMAIN, user: USER, device: DEVICE, identityHash };
    const { m2, clientKey, agentKey } = await answerHandshake(
      context,
      this.staticKey,
      unb64u(m1),
      ticket,
      ["terminal"],
      this.deviceSaw,
    );
    const relay = { id: "relay-1", url: "wss://relay.example/relay" };
    const body = { m2: b64u(m2), ticket, relay, token: "the.relay.token", sessionExp: "2030-01-01T00:00:00Z" };
    return { body, clientKey, agentKey };
  }

  async identity(): Promise<Bytes> {
    return new Uint8Array(await crypto.subtle.exportKey("spki", this.#device.keys.publicKey));
  }

  async #endorsement(): Promise<object> {
    const seconds = Math.floor(Date.now() / 1000);
    const unsigned = {
      key: this.staticKey.publicKey,
      notBefore: seconds - 60,
      notAfter: seconds + 3600,
      counter: this.counter,
    };
    const bytes = endorsedBytes({ uid: DEVICE, domain: DOMAIN }, unsigned);
    const signature = await crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, this.#device.keys.privateKey, bytes);
    return { ...unsigned, key: b64u(unsigned.key), signature: b64u(new Uint8Array(signature)) };
  }

  async #keySet(): Promise<string> {
    const root = new Uint8Array(ed25519.getPublicKey(this.#rootSeed));
    const x = new Uint8Array(ed25519.getPublicKey(this.#logSeed));
    const log = { role: "log", kid: b64u(await sha256(x)), x: b64u(x), nbf: 0, exp: 4_000_000_000 };
    const header = { alg: "EdDSA", typ: "bascule-keyset+jwt", kid: b64u(await sha256(root)) };
    const claims = {
      iss: ISSUER,
      iat: 0,
      seq: this.seq,
      keys: [log],
      cas: [b64u(this.#installationCa.der)],
      root: b64u(root),
    };
    const input = [header, claims].map((part) => b64u(utf8(JSON.stringify(part)))).join(".");
    const signature = ed25519.sign(concat(utf8(input)), this.#rootSeed);
    return `${input}.${b64u(new Uint8Array(signature))}`;
  }
}
