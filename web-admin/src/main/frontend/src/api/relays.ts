import type { ProbedRelay, RoundTrips } from "../session/probe";
import { read } from "./http";
import { Field, ImportError } from "./importer";

/** The relays that there are, and leave to measure them. */
export interface RelayOffer {
  readonly relays: readonly ProbedRelay[];
  readonly probe: string;
}

const MAX_RELAYS = 64;

export function importRelayOffer(value: unknown): RelayOffer {
  const root = new Field(value);
  const relays = root.get("relays").list((relay) => ({ id: relay.get("id").text(), url: relay.get("url").text() }));
  if (relays.length > MAX_RELAYS) throw new ImportError("relays", "list is too long");
  return { relays, probe: root.get("probe").text() };
}

/** How long figures count as new. */
const FRESH_MS = 600_000;
/** After a failure it is not tried again for so long. */
const RETRY_MS = 60_000;

/**
 * How far the relays are from this browser, kept in memory. Figures that are no longer new still count: they are better than none. A choice needs two relays, so a single one is
 * not measured.
 */
export class RelayFigures {
  #known: RoundTrips = {};
  #due = Number.NEGATIVE_INFINITY;
  #place = 0;
  #running: Promise<void> | undefined;

  constructor(
    private readonly ask: () => Promise<RelayOffer>,
    private readonly measure: (relays: readonly ProbedRelay[], token: string) => Promise<RoundTrips>,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** What a session is opened with. */
  get known(): RoundTrips {
    return this.#known;
  }

  /** There are other relays than before. */
  changed(): void {
    this.#due = Number.NEGATIVE_INFINITY;
  }

  /** This browser is somewhere else in the network. */
  moved(): void {
    this.#known = {};
    this.#place++;
    this.changed();
  }

  /** Measures if that was not done lately; never fails. */
  refresh(): Promise<void> {
    if (this.#running === undefined && this.now() >= this.#due)
      this.#running = this.#refresh().finally(() => {
        this.#running = undefined;
      });
    return this.#running ?? Promise.resolve();
  }

  async #refresh(): Promise<void> {
    const place = this.#place;
    this.#due = this.now() + RETRY_MS;
    try {
      const { relays, probe } = await this.ask();
      const fresh = relays.length < 2 ? {} : await this.measure(relays, probe);
      if (place !== this.#place) return;
      this.#known = fresh;
      // unless they were changed meanwhile
      if (this.#due !== Number.NEGATIVE_INFINITY) this.#due = this.now() + FRESH_MS;
    } catch {
      // a session does not need it
    }
  }
}

/** Those of this page. */
export const relayFigures = new RelayFigures(
  () => read("GET", "/api/relays", importRelayOffer),
  async (relays, token) => (await import("../session/probe")).measureRelays(relays, token),
);
