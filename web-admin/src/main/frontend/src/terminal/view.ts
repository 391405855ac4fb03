import { FitAddon } from "@xterm/addon-fit";
import { Unicode11Addon } from "@xterm/addon-unicode11";
import { Terminal } from "@xterm/xterm";
import "@xterm/xterm/css/xterm.css";
import type { TerminalExit, TerminalSize, TerminalStream } from "../session/api";
import { harden, inert, pasteable } from "./harden";
import { darkTheme, lightTheme } from "./theme";

export interface TerminalViewOptions {
  readonly dark?: boolean;
  /** Pixels, default 14. */
  readonly fontSize?: number;
  /** Name of the input for assistive technology. */
  readonly label?: string;
  /** Announces output to screen readers; costs time for every line. */
  readonly screenReader?: boolean;
  /** Shows a terminal of somebody else: takes no input, and its size is told by {@link TerminalView.show} instead of its element. */
  readonly watching?: boolean;
  /** The line that is written at the end, in the user's language; control characters are taken out. */
  readonly describeExit?: (exit: TerminalExit) => string;
}

/**
 * A terminal of xterm.js in an element, bound to one {@link TerminalStream} at a time.
 *
 * Every key is sent at once as a record of its own. The agent gets credit when output was drawn, not when it arrived, so a program that prints without
 * end cannot fill the memory of the page. It follows the size of its element.
 */
export class TerminalView {
  readonly #terminal: Terminal;
  readonly #fit = new FitAddon();
  readonly #observer: ResizeObserver;
  readonly #describeExit: (exit: TerminalExit) => string;
  readonly #encoder = new TextEncoder();
  readonly #element: HTMLElement;
  readonly #paste = (event: ClipboardEvent): void => {
    event.preventDefault();
    event.stopPropagation();
    this.#terminal.paste(pasteable(event.clipboardData?.getData("text/plain") ?? ""));
  };
  readonly #watching: boolean;
  #stream: TerminalStream | undefined;
  #frame = 0;
  #disposed = false;

  /** Called once for each attached stream, after its last output was written. */
  onExit: ((exit: TerminalExit) => void) | undefined;

  constructor(element: HTMLElement, options: TerminalViewOptions = {}) {
    this.#element = element;
    this.#watching = options.watching ?? false;
    this.#describeExit = options.describeExit ?? describe;
    this.#terminal = new Terminal({
      allowProposedApi: true, // unicode versions
      cursorBlink: false,
      fontFamily: '"Red Hat Mono", "RedHatMono", ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace',
      fontSize: options.fontSize ?? 14,
      linkHandler: { activate: () => undefined },
      logLevel: "off",
      minimumContrastRatio: 4.5,
      screenReaderMode: options.screenReader ?? false,
      scrollback: 10_000,
      theme: options.dark === true ? darkTheme : lightTheme,
      windowOptions: {},
    });
    harden(this.#terminal);
    this.#terminal.loadAddon(this.#fit);
    this.#terminal.loadAddon(new Unicode11Addon());
    this.#terminal.unicode.activeVersion = "11";
    this.#terminal.open(element);
    if (options.label !== undefined) this.#terminal.textarea?.setAttribute("aria-label", options.label);
    this.#terminal.options.disableStdin = this.#watching;
    this.#terminal.onData((text) => this.#stream?.write(this.#encoder.encode(text)));
    this.#terminal.onBinary((text) => this.#stream?.write(latin1(text)));
    this.#terminal.onResize(({ cols, rows }) => this.#stream?.resize(within({ cols, rows })));
    element.addEventListener("paste", this.#paste, { capture: true });
    this.#observer = new ResizeObserver(() => this.#fitSoon());
    this.#observer.observe(element);
    this.fit();
  }

  get size(): TerminalSize {
    return within(this.#terminal);
  }

  /** Shows `stream` and sends keys to it. A stream that was attached before is left alone and no longer gets input. */
  attach(stream: TerminalStream): void {
    const terminal = this.#terminal;
    this.#stream = stream;
    terminal.options.disableStdin = this.#watching;
    stream.onData((bytes, consumed) => {
      if (this.#disposed) consumed();
      else terminal.write(bytes, consumed);
    });
    stream.onExit((exit) => {
      if (this.#stream === stream) this.#stream = undefined;
      if (this.#disposed) return;
      terminal.options.disableStdin = true;
      // After all output: only then is it known which screen the program left.
      terminal.write("", () => {
        if (this.#disposed) return;
        // Whatever it left switched on (alternate screen, mouse reports, bracketed paste, colours) ends with it. Leaving an alternate screen that is
        // not shown would put the cursor back to where it was saved, at the top.
        if (terminal.buffer.active.type === "alternate") terminal.write("\x1b[?1049l");
        terminal.write("\x1b[?1000;1002;1003;1006;2004l\x1b[!p\x1b[?25l");
        terminal.write(`\r\n\x1b[2m${inert(this.#describeExit(exit))}\x1b[0m\r\n`, () => this.onExit?.(exit));
      });
    });
    stream.resize(this.size);
  }

  /** Takes the size of the element; done by itself when the element changes. */
  fit(): TerminalSize {
    if (!this.#disposed && !this.#watching) this.#fit.fit();
    return this.size;
  }

  /** Takes the size of the terminal that is watched. */
  show(size: TerminalSize): void {
    const { cols, rows } = within(size);
    if (!this.#disposed) this.#terminal.resize(cols, rows);
  }

  /** What is on the screen, without trailing space; for tests and for people who copy it. */
  text(): string {
    const { active } = this.#terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, i) => active.getLine(i)?.translateToString(true) ?? "");
    return lines.join("\n").trimEnd();
  }

  focus(): void {
    this.#terminal.focus();
  }

  /** Empties the screen before a new stream. */
  reset(): void {
    this.#terminal.reset();
  }

  setDark(dark: boolean): void {
    this.#terminal.options.theme = dark ? darkTheme : lightTheme;
  }

  /** Removes the terminal from the page. The stream is not closed. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    cancelAnimationFrame(this.#frame);
    this.#observer.disconnect();
    this.#element.removeEventListener("paste", this.#paste, { capture: true });
    this.#stream = undefined;
    this.#terminal.dispose();
  }

  #fitSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.fit());
  }
}

function within({ cols, rows }: TerminalSize): TerminalSize {
  return { cols: Math.min(1000, Math.max(1, cols)), rows: Math.min(1000, Math.max(1, rows)) };
}

function latin1(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text, (c) => c.charCodeAt(0) & 0xff);
}

function describe(exit: TerminalExit): string {
  switch (exit.kind) {
    case "code":
      return `[exit code ${exit.code}]`;
    case "signal":
      return `[ended by signal ${exit.signal}]`;
    case "closed":
      return "[closed by the device]";
    case "left":
      return "[closed]";
    case "error":
      return `[${exit.error.code}]`;
  }
}
