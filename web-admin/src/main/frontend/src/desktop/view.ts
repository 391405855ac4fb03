/// <reference path="./novnc.d.ts" />
import RFB from "@novnc/novnc";
import type { DesktopChannel } from "./channel";
import type { Key } from "./keys";

/** What happens on a desktop that is shown. */
export interface DesktopListener {
  /** The first picture will come. */
  connected(): void;
  /** noVNC gave up: what came was no RFB, or the stream ended. */
  disconnected(clean: boolean): void;
  /** The device's clipboard has this text, which is hostile. */
  clipboard(text: string): void;
}

/** Of clipboard text, in bytes of UTF-8; the device takes no more. */
export const MAX_CLIPBOARD = 1024 * 1024;

/** noVNC in a place of the page. */
export class DesktopView {
  readonly #rfb: RFB;
  #over = false;

  constructor(place: HTMLElement, channel: DesktopChannel, label: string, listener: DesktopListener) {
    this.#rfb = new RFB(place, channel, { shared: true });
    this.#rfb.background = "transparent";
    this.#rfb.scaleViewport = true;
    this.#rfb.viewOnly = true;
    // its queue is private; where another version has none, credit is given at once
    const queue = (this.#rfb as unknown as { readonly _sock?: { rQlen?(): number } })._sock;
    channel.unread = () => queue?.rQlen?.() ?? 0;
    const canvas = place.querySelector("canvas");
    canvas?.setAttribute("role", "application");
    canvas?.setAttribute("aria-label", label);
    canvas?.setAttribute("tabindex", "0");
    this.#rfb.addEventListener("connect", () => listener.connected());
    this.#rfb.addEventListener("clipboard", (event) => {
      const detail: unknown = (event as CustomEvent<{ readonly text?: unknown }>).detail?.text;
      if (typeof detail === "string") listener.clipboard(detail.slice(0, MAX_CLIPBOARD));
    });
    this.#rfb.addEventListener("disconnect", (event) => {
      this.#over = true;
      listener.disconnected((event as CustomEvent<{ readonly clean?: boolean }>).detail?.clean === true);
    });
  }

  /** Nothing of mouse, keyboard and clipboard is sent while one only looks; the device ignores it in any case. */
  set controls(on: boolean) {
    if (this.#rfb.viewOnly === on) this.#rfb.viewOnly = !on;
  }

  /** Fits the place, or as large as it is with scroll bars. */
  set fits(on: boolean) {
    if (this.#rfb.scaleViewport !== on) this.#rfb.scaleViewport = on;
  }

  /** Whether the screen takes the keyboard when it is pointed at; not while a touch keyboard is shown for its field. */
  set takesFocus(on: boolean) {
    this.#rfb.focusOnClick = on;
  }

  focus(): void {
    this.#rfb.focus({ preventScroll: true });
  }

  /** Down in order, up in reverse. */
  press(keys: readonly Key[]): void {
    for (const { keysym, code } of keys) this.#rfb.sendKey(keysym, code, true);
    for (const { keysym, code } of [...keys].reverse()) this.#rfb.sendKey(keysym, code, false);
  }

  /** A character of a touch keyboard, which has no key. */
  type(keysym: number): void {
    this.#rfb.sendKey(keysym, null);
  }

  /** @returns false for a text that is too long */
  paste(text: string): boolean {
    if (new TextEncoder().encode(text).length > MAX_CLIPBOARD) return false;
    this.#rfb.clipboardPasteFrom(text);
    return true;
  }

  /** What is shown, as a PNG. */
  picture(): Promise<Blob> {
    return new Promise((resolve, reject) =>
      this.#rfb.toBlob((blob) => (blob === null ? reject(new Error("no picture")) : resolve(blob)), "image/png"),
    );
  }

  dispose(): void {
    if (this.#over) return;
    this.#over = true;
    this.#rfb.disconnect();
  }
}
