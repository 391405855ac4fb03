/** A live channel, and what came on it. */
interface EarlyChannel {
  readonly socket: WebSocket;
  readonly heard: readonly MessageEvent<unknown>[];
}

declare global {
  /** What `public/early.js` asked for before the application was there; null where no answer came. */
  var basculeEarly: Map<string, Promise<Response | null>> | undefined;
  /** The live channel that it opened before. */
  var basculeEarlyChannel: EarlyChannel | undefined;
}

/**
 * Later an answer is not taken: it says how it was, not how it is, and would be shown until it was asked for again, which happens once the live
 * channel is open. Milliseconds since the page began.
 */
const FRESH = 2_000;

/** The answer to a GET request that was asked for early, once; null where there is none. */
export function takeEarly(address: string): Promise<Response | null> | null {
  const answer = globalThis.basculeEarly?.get(address);
  if (answer === undefined) return null;
  globalThis.basculeEarly?.delete(address);
  if (performance.now() >= FRESH) return null;
  return answer;
}

/** The live channel that was opened early, once; null where there is none, or none any more. */
export function takeEarlyChannel(): EarlyChannel | null {
  const channel = globalThis.basculeEarlyChannel;
  globalThis.basculeEarlyChannel = undefined;
  return channel !== undefined && channel.socket.readyState <= WebSocket.OPEN ? channel : null;
}
