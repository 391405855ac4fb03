import { useEffect, useRef } from "react";
import { useLocation } from "react-router";
import { type RelayFigures, relayFigures } from "../api/relays";
import { useLive } from "./liveContext";

/** Where one goes to a device from. */
const PLACES = /^\/(devices|assistance|sessions)(\/|$)/;
/** All browsers hear of a new relay at once; they must not come to it at once. */
const SPREAD_MS = 10_000;
/** Where a browser does not say when it is idle. */
const LATER_MS = 1_000;

/** Keeps the round trips to the relays at hand while pages are shown from which a session may be opened. Measures when the browser has nothing else to do. */
export function useRelayFigures(figures: RelayFigures = relayFigures): void {
  const { listen } = useLive();
  const { pathname } = useLocation();
  const here = useRef(false);
  here.current = PLACES.test(pathname);

  // biome-ignore lint/correctness/useExhaustiveDependencies: each page that is opened is a reason
  useEffect(() => (here.current ? whenIdle(() => void figures.refresh()) : undefined), [figures, pathname]);

  useEffect(() => {
    let cancel = (): void => undefined;
    const refresh = (afterMs: number): void => {
      cancel();
      if (!here.current || document.hidden) return;
      const timer = setTimeout(() => {
        cancel = whenIdle(() => void figures.refresh());
      }, afterMs);
      cancel = () => clearTimeout(timer);
    };
    const shown = (): void => refresh(0);
    const moved = (): void => {
      figures.moved();
      refresh(0);
    };
    const network = (navigator as { readonly connection?: EventTarget }).connection;
    const unlisten = listen((event) => {
      if (event.type !== "relays") return;
      figures.changed();
      refresh(Math.random() * SPREAD_MS);
    });
    window.addEventListener("online", moved);
    network?.addEventListener("change", moved);
    document.addEventListener("visibilitychange", shown);
    return () => {
      unlisten();
      cancel();
      window.removeEventListener("online", moved);
      network?.removeEventListener("change", moved);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [figures, listen]);
}

/** @returns takes it back */
function whenIdle(task: () => void): () => void {
  if (typeof requestIdleCallback === "function") {
    const handle = requestIdleCallback(task);
    return () => cancelIdleCallback(handle);
  }
  const timer = setTimeout(task, LATER_MS);
  return () => clearTimeout(timer);
}
