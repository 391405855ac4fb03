import { useEffect, useLayoutEffect, useRef } from "react";
import { useLocation, useNavigationType } from "react-router";

/** How many places of the history are remembered. */
const MOST = 50;

/** A new page begins at its top; going back comes to where one was. Changing the filter of a page moves nothing. */
export function useScrollMemory(elementId: string): void {
  const { key, pathname } = useLocation();
  const kind = useNavigationType();
  const places = useRef(new Map<string, number>());
  const lastPath = useRef(pathname);
  useEffect(() => {
    const element = document.getElementById(elementId);
    if (element === null) return undefined;
    const remember = () => {
      places.current.delete(key);
      places.current.set(key, element.scrollTop);
      const oldest = places.current.keys().next();
      if (places.current.size > MOST && oldest.done === false) places.current.delete(oldest.value);
    };
    element.addEventListener("scroll", remember, { passive: true });
    return () => element.removeEventListener("scroll", remember);
  }, [elementId, key]);
  useLayoutEffect(() => {
    if (lastPath.current === pathname) return;
    lastPath.current = pathname;
    const element = document.getElementById(elementId);
    if (element !== null) element.scrollTop = kind === "POP" ? (places.current.get(key) ?? 0) : 0;
  }, [elementId, key, kind, pathname]);
}
