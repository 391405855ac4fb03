import { useCallback, useEffect, useState } from "react";
import { readSetting, writeSetting } from "./settings";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const DARK = "(prefers-color-scheme: dark)";

/** The class that PatternFly looks for. `public/early.js` does the same before the first paint. */
function apply(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia(DARK).matches);
  document.documentElement.classList.toggle("pf-v6-theme-dark", dark);
}

export function useTheme(): readonly [Theme, (theme: Theme) => void] {
  const [theme, set] = useState<Theme>(() => THEMES.find((known) => known === readSetting("theme")) ?? "system");
  useEffect(() => {
    apply(theme);
    if (theme !== "system") return undefined;
    const media = matchMedia(DARK);
    const follow = () => apply("system");
    media.addEventListener("change", follow);
    return () => media.removeEventListener("change", follow);
  }, [theme]);
  const choose = useCallback((next: Theme) => {
    writeSetting("theme", next);
    set(next);
  }, []);
  return [theme, choose];
}
