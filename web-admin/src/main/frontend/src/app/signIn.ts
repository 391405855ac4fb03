import { type AccountEnd, type FactorAsk, presentDomain } from "../api/http";
import { readSetting } from "./settings";

let leaving = false;

/** How long the browser may be on its way to the realm. */
const SIGNING_OUT_MS = 30_000;
/** How long the browser may take to remove files before that. */
const EMPTYING_MS = 3_000;

/** Leaves for the login page and comes back to the present address after it. Asked for many times, it happens once. */
export function goToLogin(why: AccountEnd | null = null): void {
  if (leaving || location.pathname === "/login") return;
  leaving = true;
  location.assign(loginAddress(why, location));
}

/**
 * Ends the sign-in here and at the realm. That it has ended is told to the page before the browser is at the realm; to leave for the login page then would
 * break off the way there, and the realm would let the next person in without asking. Downloads that this browser has kept are removed first.
 */
export function signOut(form: HTMLFormElement): void {
  leaving = true;
  // whoever stops it, or gets no page for an answer, is here still, and signed out
  setTimeout(() => {
    leaving = false;
  }, SIGNING_OUT_MS);
  const waited = new Promise((resolve) => setTimeout(resolve, EMPTYING_MS));
  const removed = import("../files/storeFile").then(({ emptied }) => emptied());
  const submit = () => form.submit();
  Promise.race([waited, removed]).then(submit, submit);
}

/** The login page, which says why somebody is there again. */
export function loginAddress(why: AccountEnd | null, here: Pick<Location, "pathname" | "search">): string {
  const error = why === null ? "" : `error=${why}&`;
  return `/login?${error}next=${encodeURIComponent(here.pathname + here.search)}`;
}

/** Leaves to show a second factor, or to set one up, and comes back to the present address after it. The sign-in goes on meanwhile. */
export function goToFactor(why: FactorAsk): void {
  location.assign(factorAddress(why, presentDomain() || (readSetting("domain") ?? ""), location));
}

/** Without a domain the login page asks for it. */
export function factorAddress(why: FactorAsk, domain: string, here: Pick<Location, "pathname" | "search">): string {
  return `/login?${new URLSearchParams({
    ...(domain === "" ? {} : { domain }),
    factor: why === "factor-not-fresh" ? "fresh" : "required",
    next: here.pathname + here.search,
  })}`;
}

/** A place to come back to: a path of this site and nothing else. */
export function safeNext(next: string | null): string | null {
  if (next === null || !/^\/(?![/\\])/.test(next) || next.length > 2000) return null;
  for (let i = 0; i < next.length; i++) if (next.charCodeAt(i) < 0x20 || next[i] === "\\") return null;
  return next;
}
