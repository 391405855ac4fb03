/// <reference path="./novnc.d.ts" />
import RFB from "@novnc/novnc";
import type { DesktopChannel } from "./channel";
import type { Key } from "./keys";
import { decodeAside } from "./pictures";

/** What happens on a desktop that is shown. */
export interface DesktopListener {
  /** The first picture will come. */
  connected(): void;
  /** It was given up: what came was no RFB or no picture, or the stream ended. */
  disconnected(clean: boolean): void;
  /** The device's clipboard has this text, which is hostile. */
  clipboard(text: string): void;
}

/** Of clipboard text, in bytes of UTF-8; the device takes no more. */
export const MAX_CLIPBOARD = 1024 * 1024;

/** What is used of noVNC 1.7.0 beside what it offers; another version may have none of it. */
interface Private {
  readonly _sock?: { rQlen?(): number };
  readonly _display?: Parameters<typeof decodeAside>[0];
  readonly _keyboard?: { ungrab?(): void };
  readonly _mouseButtonMask?: number;
  readonly _mousePos?: { readonly x: number; readonly y: number };
  _handleMouseButton?(x: number, y: number, buttons: number): void;
}

/** noVNC in a place of the page. */
export class DesktopView {
  readonly #rfb: RFB;
  readonly #private: Private;
  #over = false;

  constructor(place: HTMLElement, channel: DesktopChannel, label: string, listener: DesktopListener) {
    this.#rfb = new RFB(place, channel, { shared: true });
    this.#rfb.background = "transparent";
    this.#rfb.scaleViewport = true;
    this.#rfb.viewOnly = true;
    this.#private = this.#rfb as unknown as Private;
    // where another version has no such queue, credit is given at once
    channel.unread = () => this.#private._sock?.rQlen?.() ?? 0;
    const canvas = place.querySelector("canvas");
    canvas?.setAttribute("role", "application");
    canvas?.setAttribute("aria-label", label);
    canvas?.setAttribute("tabindex", "0");
    this.#rfb.addEventListener("connect", () => listener.connected());
    this.#rfb.addEventListener("clipboard", (event) => {
      const detail: unknown = (event as CustomEvent<{ readonly text?: unknown }>).detail?.text;
      if (typeof detail === "string") listener.clipboard(detail.slice(0, MAX_CLIPBOARD));
    });
    let broken = false;
    decodeAside(this.#private._display, () => {
      broken = true;
      this.dispose();
    });
    this.#rfb.addEventListener("disconnect", (event) => {
      this.#over = true;
      listener.disconnected(!broken && (event as CustomEvent<{ readonly clean?: boolean }>).detail?.clean === true);
    });
  }

  /** Nothing of mouse, keyboard and clipboard is sent while one only looks; the device ignores it in any case. */
  set controls(on: boolean) {
    if (this.#rfb.viewOnly !== on) return;
    if (!on) this.#release();
    this.#rfb.viewOnly = !on;
  }

  /** What is pressed: its end would be left out with everything else, and the device would hold it. */
  #release(): void {
    this.#private._keyboard?.ungrab?.();
    const { _mouseButtonMask: buttons, _mousePos: at } = this.#private;
    if (buttons !== undefined && buttons !== 0) this.#private._handleMouseButton?.(at?.x ?? 0, at?.y ?? 0, 0);
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
