import { takeEarly } from "./early";
import { ImportError } from "./importer";
import { once } from "./once";
import { importProblem, Problem } from "./problem";

/** One answer: the parsed body (undefined for 204) and the version of what it describes. */
export interface Answer {
  readonly value: unknown;
  readonly etag: string | null;
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string | number | null | undefined>>;
  readonly ifMatch?: string;
  readonly signal?: AbortSignal;
}

let csrfToken: string | null = null;
let domainName = "";
let language: string | null = null;
let signedOut: (why: AccountEnd | null) => void = () => undefined;
let factorAsked: (why: FactorAsk) => void = () => undefined;

/** The value for X-CSRF-Token; comes with `GET /api/me`. */
export function setCsrf(token: string | null): void {
  csrfToken = token;
}

/** The name of the domain that the user is signed in to; comes with `GET /api/me`. */
export function setDomainName(name: string): void {
  domainName = name;
}

/** The language of this page: the server writes the sentences of its answers in it. Null: in whatever the browser asks for. */
export function setRequestLanguage(tag: string | null): void {
  language = tag;
}

/** Why somebody is let in no more, other than that the sign-in has ended; the login page has a sentence for each. */
const ACCOUNT_ENDS = ["account-disabled", "account-expired"] as const;
export type AccountEnd = (typeof ACCOUNT_ENDS)[number];

/** What to do when the server says that nobody is signed in, or that the account is not let in any more. */
export function onSignedOut(handler: (why: AccountEnd | null) => void): void {
  signedOut = handler;
}

/** Why the server wants a second factor first: the person has to have one, or has to show it anew. */
export const FACTOR_ASKS = ["second-factor-required", "factor-not-fresh"] as const;
export type FactorAsk = (typeof FACTOR_ASKS)[number];

/** What to do when the server does something only after a second factor was shown. */
export function onFactorAsked(handler: (why: FactorAsk) => void): void {
  factorAsked = handler;
}

/** Tells what a refusal means for the page as a whole. */
function tell(problem: Problem): Problem {
  if (problem.status === 401) signedOut(null);
  else tellWhy(problem.code);
  return problem;
}

/** The same for the code of a refusal alone. Says whether it means anything for the page. */
export function tellWhy(code: string | null): boolean {
  const end = ACCOUNT_ENDS.find((why) => why === code);
  if (end !== undefined) signedOut(end);
  const asked = FACTOR_ASKS.find((why) => why === code);
  if (asked !== undefined) factorAsked(asked);
  return end !== undefined || asked !== undefined;
}

/**
 * One request to the API of this origin. What may create something is sent so that nothing is created twice ({@link once}).
 *
 * @throws Problem for every failure: an error answer, no answer (`offline`), or one that is not JSON (`bad-answer`)
 */
export async function request(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const address = path + queryString(options.query);
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const send = (key: string | null) => exchange(method, address, body, key, options);
  // what may be broken off, such as a preview, creates nothing
  return method === "POST" && options.signal === undefined ? once(`${address}\n${body ?? ""}`, send) : send(null);
}

async function exchange(
  method: string,
  address: string,
  body: string | undefined,
  key: string | null,
  options: RequestOptions,
): Promise<Answer> {
  const headers: Record<string, string> = { Accept: "application/json, application/problem+json" };
  if (language !== null) headers["Accept-Language"] = language;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key !== null) headers["Idempotency-Key"] = key;
  if (method !== "GET" && csrfToken !== null) headers["X-CSRF-Token"] = csrfToken;
  if (options.ifMatch !== undefined) headers["If-Match"] = quoted(options.ifMatch);
  const init: RequestInit = { method, headers, credentials: "same-origin", redirect: "error", cache: "no-store" };
  if (body !== undefined) init.body = body;
  if (options.signal !== undefined) init.signal = options.signal;

  let response: Response;
  let text: string;
  try {
    const early = method === "GET" ? takeEarly(address) : null;
    response = (early === null ? null : await early) ?? (await fetch(address, init));
    text = await response.text();
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw new Problem("offline", 0, null, null);
  }
  if (!response.ok) throw tell(importProblem(response.status, json(text)));
  if (text === "") return { value: undefined, etag: response.headers.get("ETag") };
  const value = json(text);
  if (value === undefined) throw new Problem("bad-answer", response.status, null, null);
  return { value, etag: response.headers.get("ETag") };
}

/**
 * `fetch` for the session library: the cookie and its token go along, and nothing else of this module. The end of a session is told even
 * while the page goes away.
 */
export async function sessionFetch(path: string, init: RequestInit): Promise<Response> {
  const headers = new Headers(init.headers);
  if (language !== null) headers.set("Accept-Language", language);
  if (csrfToken !== null) headers.set("X-CSRF-Token", csrfToken);
  const response = await fetch(path, {
    ...init,
    headers,
    credentials: "same-origin",
    redirect: "error",
    cache: "no-store",
    keepalive: path.endsWith("/end"),
  });
  if (response.status === 403) tell(importProblem(403, json(await response.clone().text())));
  return response;
}

/** The name of the domain that the user is signed in to; empty before that is known. */
export function presentDomain(): string {
  return domainName;
}

/** A request whose answer an importer reads; what the importer refuses is a `bad-answer`. */
export async function read<T>(
  method: string,
  path: string,
  importer: (value: unknown) => T,
  options: RequestOptions = {},
): Promise<T> {
  const answer = await request(method, path, options);
  try {
    return importer(answer.value);
  } catch (error) {
    if (error instanceof ImportError) {
      throw new Problem("bad-answer", 200, error.message, null);
    }
    throw error;
  }
}

export function queryString(query: RequestOptions["query"]): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== "") search.set(name, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** An entity tag as it goes into a header: quoted once, whatever form the body carried it in. */
export function quoted(etag: string): string {
  return /^(W\/)?".*"$/.test(etag) ? etag : `"${etag}"`;
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
