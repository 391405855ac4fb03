import type { ConsentWait } from "./api";
import { SessionError } from "./errors";
import { asCount, asString, type JsonMembers } from "./importers";

/** How long one request waits, in seconds. */
const WAIT_S = 25;

const STATES = ["none", "asking", "granted", "refused", "timed-out", "ended"] as const;

/** How it stands with the consent to a session (`docs/protocol/consent.md`). */
export interface ConsentState {
  readonly state: (typeof STATES)[number];
  readonly whom: ConsentWait["whom"];
  /** Who answered, and why it was refused: hostile texts, may be empty. */
  readonly by: string;
  readonly reason: string;
  /** Left for the answer. */
  readonly seconds: number;
}

export function importConsent(answer: JsonMembers): ConsentState {
  const said = asString(answer.state, "state", 16);
  const state = STATES.find((each) => each === said);
  if (state === undefined) throw new SessionError("malformed-answer", "state");
  const text = (value: unknown, name: string): string =>
    value === null || value === undefined ? "" : asString(value, name, 500);
  return {
    state,
    whom: answer.whom === "approver" ? "approver" : "device",
    by: text(answer.by, "by"),
    reason: text(answer.reason, "reason"),
    seconds: asCount(answer.seconds, "seconds", 0),
  };
}

/**
 * Resolves when somebody has consented.
 *
 * @param ask `SessionServer.consent` of the session
 * @param onWait told at once, and when somebody else is asked
 * @throws SessionError `consent-refused`, `consent-timed-out`, `consent-ended`
 */
export async function awaitConsent(
  ask: (wait: number) => Promise<ConsentState>,
  onWait: (wait: ConsentWait) => void,
  now: () => number,
): Promise<void> {
  let found = await ask(0);
  while (found.state === "asking") {
    onWait({ whom: found.whom, until: now() + found.seconds * 1000 });
    found = await ask(WAIT_S);
  }
  switch (found.state) {
    case "granted":
    case "none":
      return;
    case "refused":
      throw new SessionError("consent-refused", [found.by, found.reason].filter((part) => part !== "").join(": "));
    case "timed-out":
      throw new SessionError("consent-timed-out");
    default:
      throw new SessionError("consent-ended");
  }
}
