/** A key as X11 names it, and as the standard keyboard has it. */
export interface Key {
  readonly keysym: number;
  /** `KeyboardEvent.code`: which key, whatever is written on it. */
  readonly code: string;
}

const CONTROL: Key = { keysym: 0xffe3, code: "ControlLeft" };
const ALT: Key = { keysym: 0xffe9, code: "AltLeft" };
const SHIFT: Key = { keysym: 0xffe1, code: "ShiftLeft" };
const SUPER: Key = { keysym: 0xffeb, code: "MetaLeft" };
const DELETE: Key = { keysym: 0xffff, code: "Delete" };
const TAB: Key = { keysym: 0xff09, code: "Tab" };
const ESCAPE: Key = { keysym: 0xff1b, code: "Escape" };
const PRINT: Key = { keysym: 0xff61, code: "PrintScreen" };
const F2: Key = { keysym: 0xffbf, code: "F2" };
const F4: Key = { keysym: 0xffc1, code: "F4" };

/** Keys that the browser or its machine keeps for itself, in the order of the menu. The names are written on keyboards and belong to no language. */
export const COMBINATIONS: readonly { readonly name: string; readonly keys: readonly Key[] }[] = [
  { name: "Ctrl+Alt+Del", keys: [CONTROL, ALT, DELETE] },
  { name: "Alt+Tab", keys: [ALT, TAB] },
  { name: "Win", keys: [SUPER] },
  { name: "Win+L", keys: [SUPER, { keysym: 0x6c, code: "KeyL" }] },
  { name: "Win+R", keys: [SUPER, { keysym: 0x72, code: "KeyR" }] },
  { name: "Ctrl+Esc", keys: [CONTROL, ESCAPE] },
  { name: "Ctrl+Shift+Esc", keys: [CONTROL, SHIFT, ESCAPE] },
  { name: "Esc", keys: [ESCAPE] },
  { name: "Tab", keys: [TAB] },
  { name: "PrtSc", keys: [PRINT] },
  { name: "Alt+PrtSc", keys: [ALT, PRINT] },
  { name: "Alt+F2", keys: [ALT, F2] },
  { name: "Alt+F4", keys: [ALT, F4] },
  { name: "Ctrl+Alt+F1", keys: [CONTROL, ALT, { keysym: 0xffbe, code: "F1" }] },
  { name: "Ctrl+Alt+F2", keys: [CONTROL, ALT, F2] },
];

/** Keys of a touch keyboard that bring no text. */
const SPECIAL: Readonly<Record<string, number>> = {
  Backspace: 0xff08,
  Tab: 0xff09,
  Enter: 0xff0d,
  Escape: 0xff1b,
  Home: 0xff50,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  Delete: 0xffff,
};

export const BACKSPACE = 0xff08;

/** @returns undefined for what is no such key */
export function specialKeysym(key: string): number | undefined {
  return Object.hasOwn(SPECIAL, key) ? SPECIAL[key] : undefined;
}

/** The keysym of a character, as X11 has it: itself in Latin-1, and a Unicode keysym otherwise. */
export function keysymOf(character: string): number {
  const point = character.codePointAt(0) ?? 0;
  if (point === 0x0a || point === 0x0d) return 0xff0d;
  if (point === 0x09) return 0xff09;
  if ((point >= 0x20 && point <= 0x7e) || (point >= 0xa0 && point <= 0xff)) return point;
  return 0x01000000 + point;
}
