/** Round trips to relays, before there is a session (`relay.md`, Probe). Imports next to nothing: it runs where no session is opened yet. */
import type { Bytes } from "./bytes";
import { relayEndpoint } from "./endpoint";

/** Round trips to one relay, one after the other. */
const COUNT = 7;
/** What else happens on the way or at an end only adds. */
const DROPPED = 4;
const LENGTH = 64;
const AT_ONCE = 4;
/** Relays that do not answer must not take the time of the others. */
const EACH_WITHIN = 2_500;
/** For all together. */
const WITHIN = 5_000;

/** Milliseconds to a relay and back, by its id; relays that did not answer are not among them. */
export type RoundTrips = Readonly<Record<string, number>>;

export interface ProbedRelay {
  readonly id: string;
  readonly url: string;
}

/** @param token leave to probe, signed text */
export async function measureRelays(
  relays: readonly ProbedRelay[],
  token: string,
  open: (url: string) => WebSocket = (url) => new WebSocket(url),
): Promise<RoundTrips> {
  const figures = new Map<string, number>();
  const waiting = [...relays];
  const end = performance.now() + WITHIN;
  const some = async (): Promise<void> => {
    for (let relay = waiting.shift(); relay !== undefined; relay = waiting.shift()) {
      const left = end - performance.now();
      if (left <= 0) return;
      const milliseconds = figure(await probe(relay, token, open, Math.min(left, EACH_WITHIN)));
      if (milliseconds !== undefined) figures.set(relay.id, milliseconds);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, some));
  return Object.fromEntries(figures);
}

/** The mean without the slowest, at least 1; of fewer than seven, as many are dropped as is their part. */
export function figure(trips: readonly number[]): number | undefined {
  const fast = [...trips].sort((a, b) => a - b).slice(0, trips.length - Math.floor((trips.length * DROPPED) / COUNT));
  if (fast.length === 0) return undefined;
  return Math.max(1, Math.round(fast.reduce((sum, trip) => sum + trip, 0) / fast.length));
}

/** What was measured until the last one, the end of the socket, or the end of the time; never fails. */
function probe(
  relay: ProbedRelay,
  token: string,
  open: (url: string) => WebSocket,
  within: number,
): Promise<readonly number[]> {
  return new Promise((resolve) => {
    const trips: number[] = [];
    let socket: WebSocket;
    try {
      socket = open(relayEndpoint(relay.url, "probe"));
    } catch {
      return resolve(trips);
    }
    let message: Bytes | undefined;
    let sent = 0;
    const over = (): void => {
      clearTimeout(timer);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close(1000);
      resolve(trips);
    };
    const timer = setTimeout(over, within);
    const next = (): void => {
      // random, so that nobody answers before he was asked
      message = crypto.getRandomValues(new Uint8Array(LENGTH));
      sent = performance.now();
      socket.send(message);
    };
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket.send(token);
    socket.onclose = over;
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const took = performance.now() - sent;
      if (message === undefined && data === "ready") return next();
      if (message === undefined || !(data instanceof ArrayBuffer) || !same(message, new Uint8Array(data)))
        return over();
      trips.push(took);
      if (trips.length < COUNT) next();
      else over();
    };
  });
}

function same(one: Bytes, other: Bytes): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
