import { useEffect, useRef, useState } from "react";

/**
 * The text of a search box that is applied shortly after the last key. What comes from outside (back, a link) replaces what was typed;
 * what this box applied itself does not.
 */
export function useTypedSearch(
  applied: string,
  apply: (text: string) => void,
  delayMs = 250,
): readonly [string, (text: string) => void] {
  const [typed, setTyped] = useState(applied);
  const own = useRef(applied);
  const latest = useRef(apply);
  latest.current = apply;
  useEffect(() => {
    if (applied !== own.current) {
      own.current = applied;
      setTyped(applied);
    }
  }, [applied]);
  useEffect(() => {
    if (typed === own.current) return undefined;
    const timer = setTimeout(() => {
      own.current = typed;
      latest.current(typed);
    }, delayMs);
    return () => clearTimeout(timer);
  }, [typed, delayMs]);
  return [typed, setTyped];
}
