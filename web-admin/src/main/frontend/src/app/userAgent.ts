/** Which browser on which system, by the marks that they put into their names; a later line is what others pretend to be. */
const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/^bascule\//i, "bascule"],
  [/\bEdg(e|A|iOS)?\//, "Edge"],
  [/\bOPR\//, "Opera"],
  [/\b(Firefox|FxiOS)\//, "Firefox"],
  [/\b(Chrome|Chromium|CriOS|HeadlessChrome)\//, "Chrome"],
  [/\bSafari\//, "Safari"],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, "Android"],
  [/\b(iPhone|iPad)\b/, "iOS"],
  [/\bWindows\b/, "Windows"],
  [/\bMac OS X\b/, "macOS"],
  [/\bCrOS\b/, "ChromeOS"],
  [/\bLinux\b/, "Linux"],
];

/** "Firefox, Linux" of a long `User-Agent`; the text itself where neither is known. */
export function programOf(userAgent: string): string {
  const found = [PROGRAMS, SYSTEMS].flatMap((table) => table.find(([mark]) => mark.test(userAgent))?.[1] ?? []);
  return found.length === 0 ? userAgent.slice(0, 100) : found.join(", ");
}
