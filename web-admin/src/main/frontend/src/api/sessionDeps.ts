import type { RoundTrips } from "../session/probe";
import { presentDomain, sessionFetch } from "./http";
import { relayFigures } from "./relays";

/** What the session library needs of this page. */
export function sessionDeps(): {
  readonly fetch: typeof sessionFetch;
  readonly domain: string;
  readonly roundTrips: () => RoundTrips;
} {
  return { fetch: sessionFetch, domain: presentDomain(), roundTrips: () => relayFigures.known };
}
