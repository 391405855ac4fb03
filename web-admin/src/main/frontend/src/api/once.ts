import { Problem } from "./problem";

/** Requests that wait for an answer, or did not get one, at most; the oldest are forgotten. */
const MOST = 20;

/** Whoever asks for the same after this time, in milliseconds, wants another one. */
const FORGOTTEN_AFTER = 600_000;

/** The names of such requests and when they were sent last, by what they ask for. */
const unanswered = new Map<string, { readonly key: string; readonly sent: number }>();

/**
 * Sends what may create something under a name that the server remembers (`Idempotency-Key`, docs/decisions/0019). Where the answer was lost, the same
 * request goes out under the same name the next time, and gets what the first one made. Another request, or one after an answer, has a name of its own.
 *
 * @param asked everything that the request asks for
 */
export async function once<T>(asked: string, send: (key: string) => Promise<T>): Promise<T> {
  const now = Date.now();
  const before = unanswered.get(asked);
  const key = before !== undefined && now - before.sent < FORGOTTEN_AFTER ? before.key : crypto.randomUUID();
  unanswered.set(asked, { key, sent: now });
  for (const oldest of [...unanswered.keys()].slice(0, -MOST)) unanswered.delete(oldest);
  try {
    const answer = await send(key);
    unanswered.delete(asked);
    return answer;
  } catch (failure) {
    if (isDecided(failure)) unanswered.delete(asked);
    throw failure;
  }
}

/** What was not heard to its end, comes too early, or is too much for now: nothing was decided about it. */
const UNDECIDED: readonly number[] = [408, 425, 429];

/** Whether the server has refused it: it made nothing then, and decides the next one anew. A fault, of whoever is in between too, tells nothing. */
function isDecided(failure: unknown): boolean {
  return (
    failure instanceof Problem &&
    failure.status >= 400 &&
    failure.status < 500 &&
    !UNDECIDED.includes(failure.status) &&
    failure.code !== "idempotency-conflict"
  );
}
