import type { Terminal } from "@xterm/xterm";

/**
 * What the output of a device may not do with the page around it. The bytes of a terminal are hostile: a file that somebody prints can hold any of this.
 *
 * Beside these handlers xterm.js is created without `windowOptions`, so that no sequence moves, resizes or reports the window or its title, nobody
 * listens to its title events, and there is no answer-back string. What is left to ask (cursor position, device attributes, colours) has
 * answers that the asker cannot choose.
 */
const SWALLOWED_OSC: readonly (readonly [code: number, why: string])[] = [
  [0, "icon name and title"],
  [1, "icon name"],
  [2, "title"],
  [8, "links whose text hides where they lead (javascript: and file: among them)"],
  [9, "notifications, progress"],
  [50, "fonts"],
  [52, "reading and writing the clipboard"],
  [777, "notifications"],
  [1337, "files and images of other terminals"],
];

/** Makes `terminal` ignore {@link SWALLOWED_OSC}. */
export function harden(terminal: Pick<Terminal, "parser">): void {
  for (const [code] of SWALLOWED_OSC) terminal.parser.registerOscHandler(code, () => true);
}

/** `text` without the characters that a terminal acts upon (C0, DEL, C1) and without bidirectional marks. */
export function inert(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
}

/**
 * Clipboard text as it may be pasted: without control characters but tab and line ends. A web page that filled the clipboard could otherwise end
 * the bracketed paste itself (`ESC [ 201 ~`) and have the rest run.
 */
export function pasteable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "");
}
