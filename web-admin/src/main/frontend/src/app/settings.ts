/** What this browser remembers for the next visit. Nothing secret, nothing that the server must know. */
export type Setting = "language" | "theme" | "domain";

export function readSetting(name: Setting): string | null {
  try {
    return localStorage.getItem(`bascule.${name}`);
  } catch {
    return null;
  }
}

/** Keeps a setting where the browser allows it; without storage it lasts as long as the page. */
export function writeSetting(name: Setting, value: string): void {
  try {
    localStorage.setItem(`bascule.${name}`, value);
  } catch {
    // A browser that keeps nothing still works; it asks again next time.
  }
}
