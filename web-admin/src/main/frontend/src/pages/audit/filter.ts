import { toUtc } from "../../app/localTime";
import { type Position, readPosition } from "../../app/urlState";

export const OUTCOMES = ["success", "denied", "failed"] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The operation codes that the filter offers by name; an address may name any other one. */
export const AUDIT_CODES = [
  "access",
  "access-request.approve",
  "access-request.create",
  "access-request.expire",
  "access-request.reject",
  "access-request.withdraw",
  "account.change",
  "account.factor",
  "account.lock",
  "account.password",
  "account.reset",
  "address.block",
  "address.unblock",
  "relay.request",
  "relay.approve",
  "relay.refuse",
  "relay.remove",
  "relay.drain",
  "relay.fix",
  "api-token.create",
  "api-token.revoke",
  "api-token.update",
  "assistance.close",
  "assistance.request",
  "assistance.take",
  "audit.expire",
  "audit.export",
  "audit.mend",
  "consent.ask",
  "consent.grant",
  "consent.refuse",
  "consent.time-out",
  "contract.remove",
  "contract.set",
  "device.acknowledge-claim",
  "device.channel",
  "device.claim",
  "device.clear-quarantine",
  "device.clone",
  "device.enrol",
  "device.hardware",
  "device.move",
  "device.pair",
  "device.rebind",
  "device.release",
  "device.remove",
  "device.renew",
  "device.report",
  "device.reset",
  "device.revoke",
  "device.update",
  "directory.export",
  "directory.import",
  "domain.cancel",
  "domain.create",
  "domain.options",
  "domain.request",
  "domain.sign-in",
  "enrolment-token.create",
  "enrolment-token.delete",
  "folder.create",
  "folder.delete",
  "folder.move",
  "folder.update",
  "group.add-member",
  "group.create",
  "group.delete",
  "group.move",
  "group.remove-member",
  "group.update",
  "identity-provider.create",
  "identity-provider.delete",
  "identity-provider.test",
  "identity-provider.update",
  "installation.key-set",
  "login",
  "logout",
  "permission.add",
  "permission.inheritance",
  "permission.remove",
  "permission.update",
  "realm.change",
  "session-policy.set",
  "session.clipboard",
  "session.chat",
  "session.comment",
  "session.end",
  "session.file",
  "session.forward",
  "session.open",
  "session.process-end",
  "session.process-kill",
  "session.process-start",
  "session.start",
  "session.tool-end",
  "session.tool-start",
  "session.watch",
  "session.watch-end",
  "sign-in.end",
  "sub-device.create",
  "sub-device.delete",
  "sub-device.move",
  "sub-device.update",
  "tag.delete",
  "tag.rename",
  "user.add",
  "user.bind",
  "user.delete",
  "user.invite",
  "user.move",
  "user.qualifications",
  "user.reset-factors",
  "user.reset-password",
  "user.update",
] as const;

/** Which rows of the audit log are shown; all of it is in the address. */
export interface AuditFilter extends Position {
  readonly q: string;
  readonly code: string | null;
  readonly outcome: Outcome | null;
  readonly user: string | null;
  /** A folder or a device, which connections have too. */
  readonly device: string | null;
  /** A user or a group that something was done to; only operations have it. */
  readonly principal: string | null;
  /** One session; only operations have it. */
  readonly session: string | null;
  /** What a report is about; null for the whole domain. */
  readonly folder: string | null;
  /** Included. */
  readonly from: Date | null;
  /** Not included. */
  readonly to: Date | null;
}

export function readAuditFilter(search: URLSearchParams): AuditFilter {
  return {
    ...readPosition(search),
    q: (search.get("q") ?? "").slice(0, 200),
    code: matching(search.get("code"), /^[a-z0-9.-]{1,64}$/),
    outcome: OUTCOMES.find((known) => known === search.get("outcome")) ?? null,
    user: matching(search.get("user"), /^[0-9a-f-]{36}$/),
    device: matching(search.get("device"), /^[0-9a-f-]{36}$/),
    principal: matching(search.get("principal"), /^[0-9a-f-]{36}$/),
    session: matching(search.get("session"), /^[0-9a-f]{32}$/),
    folder: matching(search.get("folder"), /^[0-9a-f-]{36}$/),
    from: time(search.get("from")),
    to: time(search.get("to")),
  };
}

export function auditQueryOf(filter: AuditFilter): Record<string, string | number> {
  const query: Record<string, string | number> = { ...conditionsOf(filter), limit: filter.size };
  if (filter.cursor !== null) query.cursor = filter.cursor;
  return query;
}

/** The address of the file with the rows that the filter lets through. */
export function exportAddress(path: string, filter: AuditFilter, format: "csv" | "json"): string {
  return `${path}?${new URLSearchParams({ ...conditionsOf(filter), format })}`;
}

function conditionsOf(filter: AuditFilter): Record<string, string> {
  const query: Record<string, string> = {};
  if (filter.q.trim() !== "") query.q = filter.q.trim();
  if (filter.code !== null) query.code = filter.code;
  if (filter.outcome !== null) query.outcome = filter.outcome;
  if (filter.user !== null) query.user = filter.user;
  if (filter.device !== null) query.device = filter.device;
  // the API takes one thing that records are about
  else if (filter.principal !== null) query.resource = filter.principal;
  if (filter.session !== null) query.session = filter.session;
  if (filter.from !== null) query.from = toUtc(filter.from);
  if (filter.to !== null) query.to = toUtc(filter.to);
  return query;
}

/** Connections know the same filters but for operation, outcome, session, and people that something was done to. */
export function connectionFilter(filter: AuditFilter): AuditFilter {
  return { ...filter, code: null, outcome: null, principal: null, session: null };
}

function matching(text: string | null, form: RegExp): string | null {
  return text !== null && form.test(text) ? text : null;
}

function time(text: string | null): Date | null {
  if (text === null || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text)) return null;
  const parsed = new Date(text);
  return Number.isNaN(parsed.getTime()) ? null : parsed;
}
