let leaving = false;

/** Leaves for the login page and comes back to the present address after it. Asked for many times, it happens once. */
export function goToLogin(): void {
  if (leaving || location.pathname === "/login") return;
  leaving = true;
  location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** A place to come back to: a path of this site and nothing else. */
export function safeNext(next: string | null): string | null {
  if (next === null || !/^\/(?![/\\])/.test(next) || next.length > 2000) return null;
  for (let i = 0; i < next.length; i++) if (next.charCodeAt(i) < 0x20 || next[i] === "\\") return null;
  return next;
}
