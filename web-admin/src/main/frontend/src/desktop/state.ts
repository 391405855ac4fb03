import type { JsonObject } from "../session/frames";

export type DesktopMode = "view" | "control";

/** One monitor, in pixels of the whole screen. */
export interface DesktopScreen {
  readonly id: string;
  /** Hostile text. */
  readonly name: string;
  readonly width: number;
  readonly height: number;
}

/** What the device says about its desktop; its texts are hostile. */
export interface DesktopState {
  readonly display: string;
  readonly account: string;
  readonly mode: DesktopMode;
  readonly screens: readonly DesktopScreen[];
  /** Its screen is locked. */
  readonly locked: boolean;
  /** Whether mouse and keyboard at the device work. */
  readonly localInput: boolean;
  /** Nothing is pressed there, because somebody at the device is asked. */
  readonly held?: boolean;
  readonly clipboard: { readonly toDevice: boolean; readonly fromDevice: boolean };
  /** What the VNC server calls its screen, if it is one's. */
  readonly server?: string;
}

/** Why a desktop is not shown, or something was refused; `text` is for people, in English, and hostile. */
export interface DesktopRefusal {
  readonly code: string;
  readonly text: string;
}

const MAX_TEXT = 256;
const MAX_REFUSAL = 1_000;
const MAX_SCREENS = 32;
const MAX_PIXELS = 65_535;
const CODE = /^[a-z-]{1,40}$/;

/** @returns null for what is no state of a desktop */
export function importState(value: unknown): DesktopState | null {
  if (!isObject(value)) return null;
  const { mode, screens, clipboard } = value;
  if (mode !== "view" && mode !== "control") return null;
  return {
    display: text(value.display),
    account: text(value.account),
    mode,
    screens: (Array.isArray(screens) ? screens : []).slice(0, MAX_SCREENS).flatMap(importScreen),
    locked: value.locked === true,
    localInput: value.localInput !== false,
    clipboard: {
      toDevice: isObject(clipboard) && clipboard.toDevice === true,
      fromDevice: isObject(clipboard) && clipboard.fromDevice === true,
    },
    ...(value.held === true ? { held: true } : {}),
    ...(isObject(value.vnc) ? { server: text(value.vnc.name) } : {}),
  };
}

/** @returns null for what is no error */
export function importRefusal(value: unknown): DesktopRefusal | null {
  if (!isObject(value)) return null;
  const code = typeof value.code === "string" && CODE.test(value.code) ? value.code : "failed";
  return { code, text: typeof value.text === "string" ? value.text.slice(0, MAX_REFUSAL) : "" };
}

function importScreen(value: unknown): readonly DesktopScreen[] {
  if (!isObject(value) || typeof value.id !== "string" || value.id === "") return [];
  const { width, height } = value;
  if (!isPixels(width) || !isPixels(height)) return [];
  return [{ id: value.id.slice(0, MAX_TEXT), name: text(value.name), width, height }];
}

function isPixels(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value > 0 && value <= MAX_PIXELS;
}

function text(value: unknown): string {
  return typeof value === "string" ? value.slice(0, MAX_TEXT) : "";
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
