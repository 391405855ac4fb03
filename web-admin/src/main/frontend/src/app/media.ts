import { useCallback, useSyncExternalStore } from "react";

/** Where the page has one column: the width of the style sheet's own rules for it. */
export const NARROW = "(max-width: 48rem)";

/** Whether a media query holds, and follows it. */
export function useMedia(query: string): boolean {
  return useSyncExternalStore(
    useCallback(
      (changed) => {
        const media = matchMedia(query);
        media.addEventListener("change", changed);
        return () => media.removeEventListener("change", changed);
      },
      [query],
    ),
    () => matchMedia(query).matches,
  );
}
