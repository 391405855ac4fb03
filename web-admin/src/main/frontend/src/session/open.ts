import type { OpenOptions, Operation, Session, SessionDeps } from "./api";
import { SessionError } from "./errors";

/**
 * Asks for a session on a device, checks everything that `session.md` lists before m1, shakes hands and joins the device at a relay.
 *
 * @throws SessionError
 */
export async function openSession(
  _device: string,
  _operations: readonly Operation[],
  _deps: SessionDeps,
  _options: OpenOptions = {},
): Promise<Session> {
  throw new SessionError("unavailable");
}
