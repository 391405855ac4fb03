import { SessionError } from "./errors";

/** `wss`, or `ws` to a loopback address. @throws SessionError `malformed-answer` */
export function relayEndpoint(url: string, sid: string): string {
  let parsed: URL;
  try {
    parsed = new URL(url);
  } catch (cause) {
    throw new SessionError("malformed-answer", "the address of the relay", { cause });
  }
  const loopback = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(parsed.hostname);
  const plain = parsed.search === "" && parsed.hash === "" && parsed.username === "" && parsed.password === "";
  if (!plain || url.endsWith("/") || !(parsed.protocol === "wss:" || (parsed.protocol === "ws:" && loopback)))
    throw new SessionError("malformed-answer", "the address of the relay");
  return `${url}/v1/${sid}`;
}
