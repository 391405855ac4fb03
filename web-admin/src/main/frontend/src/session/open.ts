import type {
  ConnectingStep,
  FileListener,
  FileStream,
  OpenOptions,
  Operation,
  RelayWay,
  Session,
  SessionDeps,
  SessionState,
  TerminalSize,
  TerminalStream,
  WatchStream,
} from "./api";
import { RecordChannel } from "./channel";
import { awaitConsent } from "./consent";
import { generateRelayProofKey } from "./crypto";
import { SessionError } from "./errors";
import type { JsonObject } from "./frames";
import { ClientHandshake, generateEphemeralKeys, type SessionSecrets } from "./handshake";
import { compareSeen, type ProofSource } from "./log";
import { RecordOpener, RecordSealer } from "./records";
import { EarlySocket, firstTimes, joinRelay, LostTransport, type RelayJoin } from "./relay";
import { Resumer } from "./resumer";
import { type RelayAddress, type ReserveRelay, SessionServer } from "./server";
import { ClientStreams, serviceStream } from "./streams";
import { ClientTerminal } from "./terminal";
import type { Transport } from "./transport";
import { checkTrust, Pins, storageOf, type TrustedDevice } from "./trust";
import { ClientWatch } from "./watch";

/**
 * Asks for a session on a device, checks everything that `session.md` lists before m1, shakes hands and joins the device at a relay: the one that
 * was named, or another one for which there is a token in reserve.
 *
 * When it resolves, `CONFIRM` was sent and streams may be opened at once.
 *
 * @throws SessionError
 */
export async function openSession(
  device: string,
  operations: readonly Operation[],
  deps: SessionDeps,
  options: OpenOptions = {},
): Promise<Session> {
  const { signal, onState } = options;
  const step = (name: ConnectingStep): void => onState?.({ kind: "connecting", step: name });
  const server = new SessionServer(deps.fetch, signal);
  const proofs: ProofSource = (first, second) => server.consistency(first, second);
  const webSocket = deps.webSocket ?? ((url: string) => new WebSocket(url));
  let sid: string | undefined;
  let early: EarlySocket | undefined;
  let session: ClientSession | undefined;
  try {
    step("requesting");
    const pins = new Pins(storageOf(deps.storage));
    const asked = pins.heads();
    const request = server.open(device, operations, options.reason, asked);
    const keys = generateEphemeralKeys();
    const relayKey = generateRelayProofKey();
    const opened = await withBoth(request, keys, relayKey);
    sid = opened.sidText;

    step("verifying");
    const trusted = await checkTrust(opened, deps.domain, pins, (deps.now ?? Date.now)(), asked, proofs);

    if (opened.asking) {
      step("consent");
      const { sidText } = opened;
      await awaitConsent(
        (wait) => server.consent(sidText, wait),
        (consent) => onState?.({ kind: "connecting", step: "consent", consent }),
        deps.now ?? Date.now,
      );
    }

    step("handshake");
    const context = { ...opened, identityHash: trusted.identityHash };
    const handshake = await ClientHandshake.start(context, trusted.staticKey, operations, trusted.head, await keys);
    const proof = await relayKey;
    const rtts = deps.roundTrips?.() ?? {};
    // connected to while the device answers
    const likely = nearest(opened.relays, rtts);
    if (likely !== undefined) early = new EarlySocket(likely.url, sid, webSocket);
    const answer = await server.handshake(sid, handshake.m1, proof.publicKey, trusted.head.size, rtts);
    const secrets = await handshake.finish(answer.m2, answer.ticket);
    await compareSeen(trusted.head, secrets.seen, proofs);
    trusted.remember();

    step("relay");
    const join = { ...answer.relay, sid: opened.sid, sidText: sid, token: answer.token, proof };
    const over: Over = { ...join, reserve: answer.reserve, way: answer.way, webSocket };
    const within = firstTimes(join.id, over.reserve);
    const transport = await joinRelay(join, webSocket, within, signal, early).catch((error: unknown) => {
      if (!(error instanceof SessionError) || error.code === "aborted" || over.reserve.length === 0) throw error;
      return new LostTransport(join.id, error);
    });
    const running = new ClientSession(secrets, trusted, transport, over, server);
    session = running;
    signal?.addEventListener("abort", () => void running.end());
    await running.opened;
    if (onState !== undefined) {
      running.onState(onState);
      onState(running.state);
    }
    return running;
  } catch (cause) {
    early?.close();
    const error = cause instanceof SessionError ? cause : new SessionError("failed", "", { cause });
    // a session that began to be opened has said so itself
    if (sid !== undefined && session === undefined) void server.ended(sid, error.code, { in: 0, out: 0 });
    onState?.({ kind: "ended", error });
    throw error;
  }
}

/** `request`, without leaving the failures of what runs beside it unnoticed. */
async function withBoth<T>(request: Promise<T>, ...beside: readonly Promise<unknown>[]): Promise<T> {
  for (const promise of beside) promise.catch(() => undefined);
  return request;
}

/** Where the session will probably be relayed, as far as this end can tell: at the nearest, or the first of the list if none was measured. */
function nearest(relays: readonly RelayAddress[], rtts: Readonly<Record<string, number>>): RelayAddress | undefined {
  const far = ({ id }: RelayAddress): number => rtts[id] ?? Number.MAX_VALUE;
  return [...relays].sort((one, other) => far(one) - far(other))[0];
}

/** How the session came to its relay, and goes to others. */
interface Over extends RelayJoin {
  readonly reserve: readonly ReserveRelay[];
  readonly way: RelayWay | undefined;
  readonly webSocket: (url: string) => WebSocket;
}

type Connected = Extract<SessionState, { kind: "connected" }>;

class ClientSession implements Session {
  readonly sid: string;
  readonly granted: readonly string[];
  readonly #trusted: TrustedDevice;
  readonly #server: SessionServer;
  readonly #channel: RecordChannel;
  readonly #streams: ClientStreams;
  readonly #resumer: Resumer;
  readonly #listeners = new Set<(state: SessionState) => void>();
  /** Rejected if no relay was joined. */
  readonly opened: Promise<void>;
  #settle: (error?: SessionError) => void = () => undefined;
  #state: SessionState;
  #reported: Promise<void> | undefined;

  constructor(
    secrets: SessionSecrets,
    trusted: TrustedDevice,
    transport: Transport,
    over: Over,
    server: SessionServer,
  ) {
    this.sid = over.sidText;
    this.granted = secrets.granted;
    this.#trusted = trusted;
    this.#server = server;
    const opening = transport instanceof LostTransport;
    this.opened = opening
      ? new Promise((resolve, reject) => {
          this.#settle = (error) => (error === undefined ? resolve() : reject(error));
        })
      : Promise.resolve();
    this.#state = {
      kind: "connected",
      fingerprint: trusted.fingerprint,
      identity: trusted.identityHash,
      relay: transport.relay,
      way: over.way,
      unverified: !trusted.compared,
      firstContact: trusted.firstContact,
      roundTrip: undefined,
      resuming: false,
    };
    this.#channel = new RecordChannel(
      transport,
      new RecordSealer(secrets.clientKey),
      new RecordOpener(secrets.agentKey),
      {
        frame: (frame) => this.#streams.frame(frame),
        writable: () => this.#streams.writable(),
        roundTrip: (milliseconds) => this.#change({ roundTrip: milliseconds }),
        lost: (loss) => {
          const going = this.#resumer.lost(loss);
          if (going) this.#change({ resuming: true, roundTrip: undefined });
          return going;
        },
        resumed: (relay) => {
          const held = over.reserve.find(({ id }) => id === relay);
          this.#change({ resuming: false, relay, way: relay === over.id ? over.way : held?.way });
          this.#settle();
        },
        ended: (error) => this.#ended(error),
      },
    );
    this.#streams = new ClientStreams(this.#channel);
    this.#streams.onWatchers = (watchers) => this.#change({ watchers });
    this.#resumer = new Resumer(this.#channel, { ...over, server, opening });
    this.#channel.send({ type: "confirm", hash: secrets.transcriptHash });
    this.#channel.start();
  }

  get state(): SessionState {
    return this.#state;
  }

  onState(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  compared(): void {
    this.#trusted.confirm();
    this.#change({ unverified: false });
  }

  openTerminal(size: TerminalSize): TerminalStream {
    if (this.#state.kind === "ended")
      throw this.#state.error ?? new SessionError("interrupted", "the session has ended");
    return new ClientTerminal(this.#streams, size);
  }

  openWatch(sid: string): WatchStream {
    if (this.#state.kind === "ended")
      throw this.#state.error ?? new SessionError("interrupted", "the session has ended");
    return new ClientWatch(this.#streams, sid);
  }

  openFile(request: JsonObject, listener: FileListener): FileStream {
    return this.#service("file", request, listener);
  }

  openDesktop(request: JsonObject, listener: FileListener): FileStream {
    return this.#service("desktop", request, listener);
  }

  openSystem(request: JsonObject, listener: FileListener): FileStream {
    return this.#service("system", request, listener);
  }

  openChat(request: JsonObject, listener: FileListener): FileStream {
    return this.#service("chat", request, listener, true);
  }

  #service(service: string, request: JsonObject, listener: FileListener, padded = false): FileStream {
    if (this.#state.kind === "ended")
      throw this.#state.error ?? new SessionError("interrupted", "the session has ended");
    return serviceStream(this.#streams.open(service, request, padded, listener));
  }

  async end(): Promise<void> {
    this.#channel.end("done");
    await this.#reported;
  }

  #ended(error: SessionError | undefined): void {
    this.#resumer.ended();
    this.#streams.end(error ?? new SessionError("ended-by-device", "the session was ended"));
    this.#reported = this.#server.ended(this.sid, error?.code ?? "done", this.#channel.bytes);
    this.#set({ kind: "ended", error });
    this.#settle(error ?? new SessionError("aborted"));
  }

  #change(news: Partial<Connected>): void {
    if (this.#state.kind === "connected") this.#set({ ...this.#state, ...news });
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of [...this.#listeners]) listener(state);
  }
}
