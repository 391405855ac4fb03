import type { Bytes } from "./bytes";

/**
 * Why a session could not start or did not last. One code for each state a person may have to act on; the pages word the sentence.
 *
 * Codes of the access server (RFC 9457 `urn:bascule:problem:<code>`) that a page words differently are kept as they are.
 */
export type SessionErrorCode =
  // before m1: trust
  | "root-changed" // the installation root is not the one pinned at first use
  | "domain-changed" // another domain than at first use under the name of the sign-in
  | "key-set-invalid" // not signed by the root, malformed, or of another issuer
  | "key-set-old" // `seq` below the highest seen
  | "certificate-invalid" // chain, signature, key usage, CA flags or names
  | "certificate-expired" // outside its validity
  | "endorsement-invalid" // not signed by the identity key, or for another device or domain
  | "endorsement-expired"
  | "endorsement-old" // counter below the highest seen
  | "identity-changed" // another identity key than last time: blocked
  | "log-missing" // the answer has no proof of the transparency log
  | "log-signature" // the tree head is not signed by a log key, or of another tree
  | "log-inclusion" // the certificate is not in the tree
  | "log-rolled-back" // the tree is smaller than the one that was seen
  | "log-forked" // the tree does not go on from the one that was seen, here or by the device
  | "trust-store" // the pins of this browser cannot be read or written
  // handshake
  | "handshake-failed"
  // relay
  | "relay-refused"
  | "relay-unreachable"
  | "relay-timeout" // no peer, or no answer
  | "relay-limit"
  | "relay-crowded" // too many came at once: there is room again as soon as some have proved who they are
  | "relay-stalled"
  | "relay-draining"
  // a running session
  | "interrupted"
  | "record-rejected"
  | "protocol-violation"
  | "ticket-expired"
  | "ended-by-server"
  | "ended-by-device"
  | "switched-off" // by the owner, at the device
  | "limit"
  | "failed"
  | "not-permitted"
  | "no-such-service"
  | "bad-arguments"
  // access server
  | "not-signed-in"
  | "csrf"
  | "forbidden"
  | "no-account" // no account of the device is set, so it runs no terminal
  | "factor-not-fresh" // the second factor was not shown lately
  | "second-factor-required" // there has to be one
  | "not-found"
  | "conflict"
  | "device-offline"
  | "device-quarantined"
  | "device-switched-off" // by its owner
  | "too-many-requests"
  | "unavailable"
  | "server-refused" // any other answer
  | "server-unreachable"
  | "malformed-answer" // an answer that its importer does not accept
  // consent
  | "reason-required" // the session policy of the device wants a reason
  | "consent-refused" // `detail`: who refused, and why
  | "consent-timed-out" // nobody answered in time
  | "consent-ended" // the request ended without an answer
  | "consent-required" // the device wants consent that nobody gave
  // this side
  | "unsupported-browser"
  | "aborted";

/** A device shows another key than the pinned one, and every other check passed. */
export interface ChangedKey {
  readonly device: string;
  /** SHA-256 of the SubjectPublicKeyInfo that is pinned. */
  readonly known: Bytes;
  /** The same of the one that the device has now. */
  readonly shown: Bytes;
  /** Of its endorsement. */
  readonly counter: number;
}

interface ErrorOptions {
  readonly cause?: unknown;
  readonly reference?: string | undefined;
  readonly changed?: ChangedKey;
}

/** The only error that this library throws on purpose; `detail` is for people and never holds a key, a token or session bytes. */
export class SessionError extends Error {
  override readonly name = "SessionError";
  readonly code: SessionErrorCode;
  readonly detail: string;
  /** What the access server wrote beside its refusal, to find it in the log. */
  readonly reference: string | undefined;
  /** With `identity-changed`: what a person may compare. */
  readonly changed: ChangedKey | undefined;

  constructor(code: SessionErrorCode, detail = "", options?: ErrorOptions) {
    super(
      detail === "" ? code : `${code}: ${detail}`,
      options?.cause === undefined ? undefined : { cause: options.cause },
    );
    this.code = code;
    this.detail = detail;
    this.reference = options?.reference;
    this.changed = options?.changed;
  }
}
