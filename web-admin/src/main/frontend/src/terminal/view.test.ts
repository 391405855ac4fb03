// @vitest-environment happy-dom
import { Terminal } from "@xterm/xterm";
import { afterEach, describe, expect, it } from "vitest";
import { SessionError } from "../session";
import type { TerminalExit, TerminalSize, TerminalStream } from "../session/api";
import { harden, inert, pasteable } from "./harden";
import { TerminalView, type TerminalViewOptions } from "./view";

/** A stream that notes what the terminal does with it. */
class NotedStream implements TerminalStream {
  readonly opened = Promise.resolve({ account: "operator" });
  readonly written: string[] = [];
  readonly sizes: TerminalSize[] = [];
  #data: (bytes: Uint8Array<ArrayBuffer>, consumed: () => void) => void = () => undefined;
  #exit: (exit: TerminalExit) => void = () => undefined;

  write(bytes: Uint8Array<ArrayBuffer>): void {
    this.written.push(new TextDecoder().decode(bytes));
  }
  resize(size: TerminalSize): void {
    this.sizes.push(size);
  }
  onData(listener: (bytes: Uint8Array<ArrayBuffer>, consumed: () => void) => void): void {
    this.#data = listener;
  }
  onExit(listener: (exit: TerminalExit) => void): void {
    this.#exit = listener;
  }
  close(): void {}

  /** Output of the device; resolves when the terminal took it. */
  print(output: string | Uint8Array<ArrayBuffer>): Promise<void> {
    const bytes = typeof output === "string" ? new TextEncoder().encode(output) : output;
    return new Promise((consumed) => this.#data(bytes, consumed));
  }
  exit(exit: TerminalExit): void {
    this.#exit(exit);
  }
}

const views: TerminalView[] = [];
afterEach(() => {
  for (const view of views.splice(0)) view.dispose();
  document.body.replaceChildren();
});

function attached(options: TerminalViewOptions = {}) {
  const element = document.createElement("div");
  document.body.append(element);
  const view = new TerminalView(element, options);
  views.push(view);
  const stream = new NotedStream();
  view.attach(stream);
  return { view, stream, element };
}

describe("TerminalView", () => {
  it("draws output, also characters cut between two records, and says when it is dealt with", async () => {
    const { view, stream } = attached();
    const smile = new TextEncoder().encode("a🙂b");
    await stream.print(smile.slice(0, 3));
    await stream.print(smile.slice(3));
    expect(view.text()).toBe("a🙂b");
  });

  it("knows the widths of Unicode 11", async () => {
    const { stream } = attached();
    await stream.print("🙂\x1b[6n");
    expect(stream.written).toEqual(["\x1b[1;3R"]);
  });

  it("tells the stream its size when it is attached", () => {
    const { view, stream } = attached();
    expect(stream.sizes).toEqual([view.size]);
  });

  it.each<[TerminalExit, string]>([
    [{ kind: "code", code: 3 }, "[exit code 3]"],
    [{ kind: "signal", signal: 9 }, "[ended by signal 9]"],
    [{ kind: "closed" }, "[closed by the device]"],
    [{ kind: "left" }, "[closed]"],
    [{ kind: "error", error: new SessionError("interrupted") }, "[interrupted]"],
  ])("shows how it ended: %o", async (exit, line) => {
    const { view, stream } = attached();
    await stream.print("last words");
    const told = new Promise((resolve) => {
      view.onExit = resolve;
    });
    stream.exit(exit);
    expect(await told).toEqual(exit);
    expect(view.text()).toContain(`last words\n${line}`);
  });

  it("shows the page's own words without what a terminal would act upon", async () => {
    const { view, stream } = attached({ describeExit: () => "the \x1b[2Jend\u202e" });
    const told = new Promise((resolve) => {
      view.onExit = resolve;
    });
    stream.exit({ kind: "left" });
    await told;
    expect(view.text()).toContain("the [2Jend");
  });

  it("leaves the alternate screen when the program died in it", async () => {
    const { view, stream } = attached();
    await stream.print("shell\r\n\x1b[?1049hfull screen");
    const told = new Promise((resolve) => {
      view.onExit = resolve;
    });
    stream.exit({ kind: "signal", signal: 9 });
    await told;
    expect(view.text()).toContain("shell");
    expect(view.text()).not.toContain("full screen");
  });

  it("says how it ended below the last output, not over it", async () => {
    const { view, stream } = attached({ describeExit: () => "the end" });
    await stream.print("first\r\nsecond\r\nthird");
    const told = new Promise((resolve) => {
      view.onExit = resolve;
    });
    stream.exit({ kind: "code", code: 0 });
    await told;
    expect(view.text()).toMatch(/first\s+second\s+third\s+the end/);
  });

  it("pastes in brackets when the program asks, and nothing can close them early", async () => {
    const { stream, element } = attached();
    await stream.print("\x1b[?2004h");
    const event = new Event("paste", { bubbles: true, cancelable: true });
    const text = "one\ntwo\x1b[201~rm -rf\r";
    Object.defineProperty(event, "clipboardData", { value: { getData: () => text } });
    element.querySelector("textarea")?.dispatchEvent(event);
    expect(stream.written).toEqual(["\x1b[200~one\rtwo[201~rm -rf\r\x1b[201~"]);
    expect(event.defaultPrevented).toBe(true);
  });

  it("sends nothing to a stream that ended, and consumes after it was removed", async () => {
    const { view, stream, element } = attached();
    view.dispose();
    await stream.print("late");
    expect(element.querySelector("textarea")).toBeNull();
  });
});

describe("hostile output", () => {
  async function write(output: string) {
    const terminal = new Terminal({ allowProposedApi: true, cols: 80, rows: 24 });
    harden(terminal);
    const events = { title: 0, answer: "" };
    terminal.onTitleChange(() => events.title++);
    terminal.onData((data) => {
      events.answer += data;
    });
    await new Promise<void>((done) => terminal.write(output, done));
    const line = terminal.buffer.active.getLine(0);
    const cell = line?.getCell(0);
    return { ...events, text: line?.translateToString(true), cell };
  }

  it.each([
    ["title", "\x1b]0;evil\x07x"],
    ["title, ended by ST", "\x1b]2;evil\x1b\\x"],
    ["report of the title", "\x1b]2;evil\x07\x1b[21tx"],
    ["report of the icon name", "\x1b]1;evil\x07\x1b[20tx"],
    ["answer-back", "\x05x"],
    ["clipboard written", "\x1b]52;c;ZXZpbA==\x07x"],
    ["clipboard read", "\x1b]52;c;?\x07x"],
    ["window size reports", "\x1b[14t\x1b[15t\x1b[18t\x1b[19tx"],
    ["notification", "\x1b]9;evil\x07\x1b]777;notify;a;b\x07x"],
    ["file", "\x1b]1337;File=name=ZXZpbA==:ZXZpbA==\x07x"],
    ["font", "\x1b]50;?\x07x"],
    ["an unfinished sequence", "x\x1b]2;"],
  ])("does nothing to page or device: %s", async (_, output) => {
    expect(await write(output)).toMatchObject({ title: 0, answer: "", text: "x" });
  });

  it("links are text alone", async () => {
    expect((await write("\x1b]8;;javascript:alert(1)\x07x\x1b]8;;\x07")).text).toBe("x");
    const { element, stream } = attached();
    await stream.print("\x1b]8;;https://evil.example/\x07click\x1b]8;;\x07");
    expect(element.querySelector("a")).toBeNull();
  });

  it("what a full-screen program needs to know is answered, in forms that the asker cannot choose", async () => {
    expect((await write("\x1b[6n\x1b[5n\x1b[c")).answer).toBe("\x1b[1;1R\x1b[0n\x1b[?1;2c");
  });

  it("an endless sequence does not keep its text", async () => {
    expect((await write(`\x1b]2;${"A".repeat(3_000_000)}\x07x`)).text).toBe("x");
  });
});

it("inert takes out control characters and bidirectional marks", () => {
  expect(inert("a\x1b[31m\u009b31mb\u202ec\u2066\n")).toBe("a[31m31mbc");
});

it("pasteable keeps text, tabs and lines", () => {
  expect(pasteable("ä\t1\r\n2\n\x1b[201~\x03\u009b\x7f")).toBe("ä\t1\r\n2\n[201~");
});
