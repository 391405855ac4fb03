import type { Bytes } from "./bytes";
import type { TransportLoss } from "./channel";
import { SessionError } from "./errors";
import type { RelayProofKey } from "./keys";
import { joinRelay, MOST_DOUBLED, resumeTimes } from "./relay";
import type { ReserveRelay, SessionServer } from "./server";
import type { Transport } from "./transport";

/** Times of `session.md`, Resuming, in milliseconds. */
export interface ResumeTimes {
  /** A session without a transport ends after so long. */
  readonly within: number;
  /** The same for one that had none yet. */
  readonly opening: number;
  /** The first relay is tried within so long, by chance. */
  readonly spread: number;
  /** Between one relay and the next. */
  readonly stagger: number;
  /** Before a relay is tried again, doubled with each failure up to `maxBackOff`. */
  readonly backOff: number;
  readonly maxBackOff: number;
  /** Before a relay that is full or draining is tried again. */
  readonly refused: number;
  /** A transport that lived no longer counts as a failure. */
  readonly flapping: number;
  /** How often new tokens are asked for. */
  readonly refresh: number;
  /** How often the access server is told of a loss. */
  readonly ask: number;
}

export const RESUME_TIMES: ResumeTimes = {
  within: 120_000,
  opening: 30_000,
  spread: 200,
  stagger: 500,
  backOff: 500,
  maxBackOff: 8_000,
  refused: 8_000,
  flapping: 5_000,
  refresh: 120_000,
  ask: 10_000,
};

/** What goes on over the transports. */
export interface Resumable {
  readonly struck: readonly string[];
  resume(transport: Transport, sid: Bytes, attempt: number): Promise<boolean>;
  giveUp(error: SessionError): void;
}

export interface ResumerOptions {
  readonly sid: Bytes;
  readonly sidText: string;
  readonly proof: RelayProofKey;
  /** Best first; none: a lost transport ends the session. */
  readonly reserve: readonly ReserveRelay[];
  readonly server: Pick<SessionServer, "relays">;
  readonly webSocket: (url: string) => WebSocket;
  readonly times?: ResumeTimes;
  /** The first transport could not be made. */
  readonly opening?: boolean;
}

const NOT_TRIED = "not tried";
const ABSENT = "the other end did not come";

/** One relay in a round. */
interface Tried {
  failures: number;
  last: string;
  busy: boolean;
  /** Not to be tried again: the session is being opened. */
  given: boolean;
}

/** From the loss of a transport to the next one, or to the end. */
interface Round {
  readonly loss: TransportLoss;
  /** There was no transport yet. */
  readonly opening: boolean;
  readonly over: AbortController;
  readonly relays: Map<string, Tried>;
  /** Paired transports that wait until it is their turn. */
  readonly ready: { readonly transport: Transport; readonly attempt: number }[];
  resuming: boolean;
}

/**
 * Brings a session a new transport whenever it has lost one: goes to the relays for which it has tokens, waits at all of them, and gives up after
 * {@link ResumeTimes.within}.
 *
 * Also for a session whose first transport could not be made: it opens elsewhere, but does not wait for what is not there, because somebody waits for it.
 * Each relay is tried once.
 */
export class Resumer {
  readonly #options: ResumerOptions;
  readonly #times: ResumeTimes;
  readonly #session: Resumable;
  #reserve: readonly ReserveRelay[];
  #round: Round | undefined;
  #attempts = 0;
  #flaps = 0;
  #over = false;
  #refreshTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(session: Resumable, options: ResumerOptions) {
    this.#session = session;
    this.#options = options;
    this.#times = options.times ?? RESUME_TIMES;
    this.#reserve = options.reserve;
    if (options.reserve.length > 0) this.#refreshLater(this.#times.refresh);
  }

  /** As `ChannelListener.lost`. */
  lost(loss: TransportLoss): boolean {
    if (this.#over || this.#reserve.length === 0) return false;
    this.#round?.over.abort();
    this.#flaps = loss.attempt > 0 && loss.lived < this.#times.flapping ? this.#flaps + 1 : 0;
    const round: Round = {
      loss,
      opening: this.#options.opening === true && loss.attempt === 0,
      over: new AbortController(),
      relays: new Map(),
      ready: [],
      resuming: false,
    };
    this.#round = round;
    const delay = this.#flaps === 0 ? 0 : about(this.#backOff(this.#flaps), 0.5);
    this.#later(round, round.opening ? this.#times.opening : this.#times.within, () => this.#giveUp(round));
    this.#later(round, delay + Math.random() * this.#times.spread, () => this.#begin(round));
    this.#later(round, 0, () => void this.#ask(round));
    return true;
  }

  /** The session has ended: everything stops. */
  ended(): void {
    this.#over = true;
    clearTimeout(this.#refreshTimer);
    this.#round?.over.abort();
    this.#round = undefined;
  }

  // ---- asking

  #refreshLater(delay: number): void {
    this.#refreshTimer = setTimeout(() => void this.#refresh(), about(delay, 0.08));
  }

  async #refresh(): Promise<void> {
    const done = this.#round === undefined && (await this.#fetchReserve(undefined));
    if (!this.#over) this.#refreshLater(done ? this.#times.refresh : this.#times.refresh / 4);
  }

  /** Tells the access server of the loss, until there is a transport. */
  async #ask(round: Round): Promise<void> {
    await this.#renew(round);
    this.#later(round, about(this.#times.ask, 0.2), () => void this.#ask(round));
  }

  async #renew(round: Round): Promise<void> {
    if (await this.#fetchReserve(round.loss.attempt)) this.#begin(round);
  }

  async #fetchReserve(lost: number | undefined): Promise<boolean> {
    const { server, sidText, proof } = this.#options;
    const held = this.#reserve.map(({ id }) => id);
    try {
      const reserve = await server.relays(sidText, proof.publicKey, held, this.#session.struck, lost);
      if (reserve.length > 0) this.#reserve = reserve;
      return true;
    } catch (error) {
      // whatever else it is, the tokens at hand may do
      if (error instanceof SessionError && error.code === "ended-by-server" && !this.#over) this.#end(error);
      return false;
    }
  }

  // ---- a round

  /** Tries the relays one after the other; those that are tried already are left alone. */
  #begin(round: Round): void {
    if (this.#round !== round) return;
    const order = this.#order(round.loss.relay).filter((id) => !round.relays.has(id));
    order.forEach((id, i) => {
      round.relays.set(id, { failures: 0, last: NOT_TRIED, busy: false, given: false });
      this.#later(round, i * this.#times.stagger, () => void this.#dial(round, id));
    });
  }

  /** The list, the lost relay last, without struck ones where there are others. */
  #order(lost: string): readonly string[] {
    const all = [...new Set(this.#reserve.map(({ id }) => id))];
    const lostLast = [...all.filter((id) => id !== lost), ...all.filter((id) => id === lost)];
    const { struck } = this.#session;
    const good = lostLast.filter((id) => !struck.includes(id));
    return good.length > 0 ? good : lostLast;
  }

  async #dial(round: Round, id: string): Promise<void> {
    const tried = round.relays.get(id);
    const relay = this.#reserve.find((one) => one.id === id);
    if (this.#round !== round || tried === undefined || tried.busy) return;
    if (relay === undefined) {
      round.relays.delete(id);
      return;
    }
    tried.busy = true;
    if (tried.last === NOT_TRIED) tried.last = "no connection";
    const began = performance.now();
    const attempt = ++this.#attempts;
    // who opens tries each relay once
    const within = resumeTimes(round.opening ? MOST_DOUBLED : tried.failures);
    const { sid, sidText, proof, webSocket } = this.#options;
    let transport: Transport;
    try {
      const join = { ...relay, sid, sidText, proof, attempt };
      transport = await joinRelay(join, webSocket, within, round.over.signal, undefined, () => {
        tried.last = ABSENT;
      });
    } catch (cause) {
      const error = cause instanceof SessionError ? cause : new SessionError("failed", "", { cause });
      return this.#failed(round, id, tried, error, performance.now() - began);
    }
    if (this.#round !== round) return transport.close();
    tried.last = "the other end did not resume";
    round.ready.push({ transport, attempt });
    await this.#next(round);
  }

  /**
   * A connection came to nothing: again, later.
   *
   * @param met the other end was there: it comes again
   */
  #failed(round: Round, id: string, tried: Tried, error: SessionError, waited: number, met = false): void {
    tried.busy = false;
    if (this.#round !== round) return;
    tried.last = error.code === "relay-timeout" ? ABSENT : error.detail;
    if (error.code === "relay-refused") void this.#renew(round);
    tried.given = round.opening && !met;
    if ([...round.relays.values()].every(({ given }) => given)) this.#giveUp(round);
    else if (!tried.given) this.#later(round, this.#pause(error, tried, waited), () => void this.#dial(round, id));
  }

  #pause(error: SessionError, tried: Tried, waited: number): number {
    // a relay that says so at once is not to be asked again and again
    if (error.code === "relay-timeout" && waited >= this.#times.flapping) return 0;
    if (error.code === "relay-limit" || error.code === "relay-draining") return about(this.#times.refused, 0.5);
    tried.failures++;
    return about(this.#backOff(tried.failures), 0.5);
  }

  /** One transport at a time. */
  async #next(round: Round): Promise<void> {
    while (!round.resuming) {
      const ready = round.ready.shift();
      if (ready === undefined) return;
      const { transport, attempt } = ready;
      round.resuming = true;
      const resumed = await this.#session.resume(transport, this.#options.sid, attempt);
      round.resuming = false;
      if (resumed) {
        if (this.#round === round) this.#round = undefined;
        round.over.abort();
        for (const { transport: late } of round.ready.splice(0)) late.close();
        return;
      }
      const tried = round.relays.get(transport.relay);
      const silent = new SessionError("interrupted", "the other end did not resume");
      if (tried !== undefined) this.#failed(round, transport.relay, tried, silent, 0, true);
    }
  }

  #giveUp(round: Round): void {
    const tried = [...round.relays].map(([id, { last }]) => `${id}: ${last}`).sort();
    const after = round.opening ? "" : ` for ${Math.round(this.#times.within / 1000)} s`;
    const { error } = round.loss;
    this.#end(
      new SessionError(
        round.opening ? error.code : "interrupted",
        `no way to the other end${after} (${tried.join("; ")})`,
        { cause: error },
      ),
    );
  }

  #end(error: SessionError): void {
    this.ended();
    this.#session.giveUp(error);
  }

  // ---- time

  #backOff(failures: number): number {
    return Math.min(this.#times.backOff * 2 ** Math.min(failures - 1, 10), this.#times.maxBackOff);
  }

  /** Unless the round is over by then. */
  #later(round: Round, delay: number, work: () => void): void {
    if (this.#round !== round) return;
    const { signal } = round.over;
    const forget = (): void => clearTimeout(timer);
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", forget);
      work();
    }, delay);
    signal.addEventListener("abort", forget, { once: true });
  }
}

function about(duration: number, part: number): number {
  return duration * (1 + part * (2 * Math.random() - 1));
}
