declare global {
  /** What `public/early.js` asked for before the application was there; null where no answer came. */
  var basculeEarly: Map<string, Promise<Response | null>> | undefined;
}

/** Later an answer says how it was, not how it is, and nothing tells of changes before the live channel is open. Milliseconds since the page began. */
const FRESH = 2_000;

/** The answer to a GET request that was asked for early, once; null where there is none. */
export function takeEarly(address: string): Promise<Response | null> | null {
  const answer = globalThis.basculeEarly?.get(address);
  if (answer === undefined) return null;
  globalThis.basculeEarly?.delete(address);
  return performance.now() < FRESH ? answer : null;
}
