import { useCallback, useEffect, useState } from "react";

/** Chromium's, which gives a page in full screen the keys that are the system's otherwise. */
interface KeyboardLock {
  lock?(): Promise<void>;
  unlock?(): void;
}

/** Phones have none; there it is undefined. */
function isFull(): boolean {
  return (document.fullscreenElement ?? null) !== null;
}

/** Full screen of the whole page, so that menus and dialogs are in it. */
export function useFullScreen(): { readonly on: boolean; readonly toggle: (() => void) | null } {
  const [on, setOn] = useState(false);
  useEffect(() => {
    const follow = () => setOn(isFull());
    document.addEventListener("fullscreenchange", follow);
    return () => {
      document.removeEventListener("fullscreenchange", follow);
      if (isFull()) void document.exitFullscreen().catch(() => undefined);
    };
  }, []);
  const toggle = useCallback(() => {
    const keyboard = (navigator as unknown as { readonly keyboard?: KeyboardLock }).keyboard;
    const change = async () => {
      if (isFull()) {
        keyboard?.unlock?.();
        await document.exitFullscreen();
      } else {
        await document.documentElement.requestFullscreen();
        await keyboard?.lock?.();
      }
    };
    // a browser that cannot leaves the page as it is
    change().catch(() => undefined);
  }, []);
  return { on, toggle: typeof document.documentElement.requestFullscreen === "function" ? toggle : null };
}

/** Whether there is a touch screen, whose keyboard must be asked for. */
export function hasTouch(): boolean {
  return window.matchMedia?.("(any-pointer: coarse)").matches === true;
}

/** Whether one points with fingers in the first place. */
export function hasFingers(): boolean {
  return window.matchMedia?.("(pointer: coarse)").matches === true;
}
