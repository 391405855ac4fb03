/** The two requests that open a session, and the one that ends it (`docs/protocol/api.md`). */
import type { ApiFetch, RelayWay } from "./api";
import { type Bytes, b64u, unb64u, unhex } from "./bytes";
import { type ConsentState, importConsent } from "./consent";
import { importContinuity } from "./continuity";
import { importEndorsement } from "./endorsement";
import { SessionError, type SessionErrorCode } from "./errors";
import { asArray, asBytes, asBytesUpTo, asCount, asObject, asString, type JsonMembers, parseJson } from "./importers";
import { importLogProofs, importPath } from "./log";
import type { Claimed, Heads } from "./trust";

const MAX_ANSWER = 64 * 1024;
const MAX_MESSAGE = 4096;
const MAX_RESERVE = 3;
/** Ids that an end names in a request. */
const MAX_NAMED = 8;

/** Problems that a page words by themselves; the rest is `server-refused` with the server's own sentence. */
const PROBLEMS = new Set<string>([
  "not-signed-in",
  "csrf",
  "forbidden",
  "no-account",
  "reason-required",
  "consent-required",
  "factor-not-fresh",
  "second-factor-required",
  "not-found",
  "conflict",
  "device-offline",
  "device-quarantined",
  "device-switched-off",
  "handshake-failed",
  "too-many-requests",
  "unavailable",
] satisfies SessionErrorCode[]);

export interface Opened extends Claimed {
  readonly sid: Bytes;
  readonly sidText: string;
  readonly user: string;
  /** Somebody is asked for consent; the handshake is refused until it is granted. */
  readonly asking: boolean;
  /** Where the session may be relayed, the likeliest first. */
  readonly relays: readonly RelayAddress[];
}

export interface RelayAddress {
  readonly id: string;
  readonly url: string;
}

export interface Answered {
  readonly m2: Bytes;
  readonly ticket: string;
  readonly relay: RelayAddress;
  readonly token: string;
  /** For going on when that relay is lost; empty from a server that does not offer it. */
  readonly reserve: readonly ReserveRelay[];
  readonly way: RelayWay | undefined;
}

/** A relay to go on at, with a token in reserve (`session.md`, Resuming). */
export interface ReserveRelay extends RelayAddress {
  readonly token: string;
  /** As both ends measured it when the session began. */
  readonly way?: RelayWay | undefined;
}

export class SessionServer {
  readonly #fetch: ApiFetch;
  readonly #signal: AbortSignal | undefined;

  constructor(fetch: ApiFetch, signal: AbortSignal | undefined) {
    this.#fetch = fetch;
    this.#signal = signal;
  }

  /** @param heads sizes of the tree heads that are pinned: the answer proves that the newest goes on from it */
  async open(
    device: string,
    operations: readonly string[],
    reason: string | undefined,
    heads: Heads = {},
  ): Promise<Opened> {
    const body = {
      device,
      operations,
      ...(reason === undefined ? {} : { reason }),
      ...(Object.keys(heads).length === 0 ? {} : { heads }),
    };
    const answer = await this.#json("/api/sessions", "POST", body);
    const opened = importOpened(answer);
    if (opened.device !== device) throw new SessionError("malformed-answer", "another device was asked for");
    return opened;
  }

  /**
   * How it stands with the consent to a session.
   *
   * @param wait seconds to wait for the answer, 0 to 25
   */
  async consent(sid: string, wait: number): Promise<ConsentState> {
    return importConsent(await this.#json(`/api/sessions/${sid}/consent?wait=${wait}`, "GET"));
  }

  /**
   * @param log size of the tree head in m1
   * @param rtts milliseconds to relays and back, by id
   */
  async handshake(
    sid: string,
    m1: Bytes,
    relayKey: Bytes,
    log: number,
    rtts: Readonly<Record<string, number>> = {},
  ): Promise<Answered> {
    const answer = await this.#json(`/api/sessions/${sid}/handshake`, "PUT", {
      m1: b64u(m1),
      relayKey: b64u(relayKey),
      rtts,
      log,
    });
    return importAnswered(answer);
  }

  /**
   * That the tree of one size became that of another; undefined if the access server refuses to prove it.
   *
   * @throws SessionError if it failed or was not understood, which says nothing about the log
   */
  async consistency(first: number, second: number): Promise<readonly Bytes[] | undefined> {
    const { response, text } = await this.#answer(
      `/api/audit/proof/consistency?first=${first}&second=${second}`,
      "GET",
    );
    const { status } = response;
    if (status >= 400 && status < 500 && status !== 401 && status !== 429) return undefined;
    return importPath(this.#members(response, text).path);
  }

  /**
   * New tokens in reserve.
   *
   * @param held ids of the relays held, in order
   * @param struck ids of those that are not to be used
   * @param lost the attempt whose transport was lost: the device is told
   * @throws SessionError `ended-by-server` if the session has ended
   */
  async relays(
    sid: string,
    relayKey: Bytes,
    held: readonly string[],
    struck: readonly string[],
    lost?: number,
  ): Promise<readonly ReserveRelay[]> {
    const { response, text } = await this.#answer(`/api/sessions/${sid}/relays`, "POST", {
      relayKey: b64u(relayKey),
      relays: held.slice(0, MAX_NAMED),
      struck: struck.slice(0, MAX_NAMED),
      ...(lost === undefined ? {} : { lost }),
    });
    if (response.status === 409 && text.includes("urn:bascule:problem:session-ended"))
      throw new SessionError("ended-by-server", "the session has ended");
    return importReserve(this.#members(response, text));
  }

  /** Best effort: the access server learns of the end from the agent as well. `keepalive`, because the page may be closing. */
  async ended(sid: string, reason: string, bytes: { readonly in: number; readonly out: number }): Promise<void> {
    try {
      await this.#fetch(`/api/sessions/${sid}/end`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        // counted as the device counts: what this end sent came in there
        body: JSON.stringify({ reason, bytesIn: bytes.out, bytesOut: bytes.in }),
        keepalive: true,
      });
    } catch {
      // nobody is waiting for it
    }
  }

  async #json(path: string, method: string, body?: object): Promise<JsonMembers> {
    const { response, text } = await this.#answer(path, method, body);
    return this.#members(response, text);
  }

  #members(response: Response, text: string): JsonMembers {
    if (!response.ok) throw problem(response.status, text);
    return asObject(parseJson(text), "the answer");
  }

  async #answer(path: string, method: string, body?: object): Promise<{ response: Response; text: string }> {
    let response: Response;
    let text: string;
    try {
      response = await this.#fetch(path, {
        method,
        headers: {
          ...(body === undefined ? {} : { "Content-Type": "application/json" }),
          Accept: "application/json, application/problem+json",
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: this.#signal ?? null,
      });
      text = await response.text();
    } catch (cause) {
      if (cause instanceof SessionError) throw cause;
      if (this.#signal?.aborted === true) throw new SessionError("aborted");
      throw new SessionError("server-unreachable", "", { cause });
    }
    if (text.length > MAX_ANSWER) throw new SessionError("malformed-answer", "too long");
    return { response, text };
  }
}

/** RFC 9457; an answer that is none counts by its status. */
function problem(status: number, text: string): SessionError {
  let members: JsonMembers = {};
  try {
    members = asObject(parseJson(text), "the problem");
  } catch {
    // a proxy's page
  }
  const { type, detail, reference } = members;
  const code =
    typeof type === "string" ? type.replace(/^urn:bascule:problem:/, "") : status === 401 ? "not-signed-in" : "";
  const known = PROBLEMS.has(code) ? (code as SessionErrorCode) : "server-refused";
  return new SessionError(known, typeof detail === "string" ? detail.slice(0, 500) : `status ${status}`, {
    reference: typeof reference === "string" ? reference.slice(0, 100) : undefined,
  });
}

export function importOpened(answer: JsonMembers): Opened {
  if (answer.state !== "ready" && answer.state !== "asking") throw new SessionError("malformed-answer", "state");
  const sidText = asString(answer.sid, "sid", 32);
  const sid = unhex(sidText);
  if (sid.length !== 16) throw new SessionError("malformed-answer", "sid");
  return {
    sid,
    sidText,
    issuer: asString(answer.issuer, "issuer", 300),
    domain: asString(answer.domain, "domain", 36),
    user: asString(answer.user, "user", 64),
    asking: answer.state === "asking",
    device: asString(asObject(answer.device, "device").uid, "device.uid", 36),
    chain: asArray(answer.chain, "chain", 4).map((certificate) => unb64u(asString(certificate, "chain", 8192))),
    endorsement: importEndorsement(answer.endorsement),
    continuity: importContinuity(answer.proofs),
    log: importLogProofs(answer.proofs),
    keySet: asString(answer.keySet, "keySet", 32 * 1024),
    root: asBytes(answer.root, "root", 32),
    relays: asArray(answer.relays, "relays", 64).map((relay) => importRelay(asObject(relay, "relays"))),
  };
}

export function importAnswered(answer: JsonMembers): Answered {
  return {
    m2: asBytesUpTo(answer.m2, "m2", MAX_MESSAGE),
    ticket: asString(answer.ticket, "ticket", 8192),
    relay: importRelay(asObject(answer.relay, "relay")),
    token: asString(answer.token, "token", 2048),
    reserve: importReserve(answer),
    way: importWay(answer.way),
  };
}

function importWay(way: unknown): RelayWay | undefined {
  if (way === undefined || way === null) return undefined;
  const { client, device } = asObject(way, "way");
  const part = (value: unknown) => (value === undefined || value === null ? undefined : asCount(value, "way", 0));
  return { client: part(client), device: part(device) };
}

function importReserve(answer: JsonMembers): readonly ReserveRelay[] {
  if (answer.reserve === undefined) return [];
  return asArray(answer.reserve, "reserve", MAX_RESERVE).map((one) => {
    const relay = asObject(one, "reserve");
    return { ...importRelay(relay), token: asString(relay.token, "reserve.token", 2048), way: importWay(relay.way) };
  });
}

function importRelay(relay: JsonMembers): RelayAddress {
  return { id: asString(relay.id, "relay.id", 64), url: asString(relay.url, "relay.url", 300) };
}
