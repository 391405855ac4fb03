// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { concat, u8, u16, u32, utf8 } from "../session/bytes";
import { DesktopChannel } from "./channel";
import { COMBINATIONS } from "./keys";
import { FakeStream } from "./testing";
import { TouchKeyboard } from "./touch";

/** What noVNC draws with; happy-dom draws nothing. */
let drawn: { readonly data: readonly number[]; readonly x: number; readonly y: number }[];
/** Pictures that the browser was asked to decode; happy-dom decodes none. */
let decoders: FakeDecoder[];

class FakeDecoder {
  static readonly SIZE = { displayWidth: 2, displayHeight: 1 };
  closed = 0;
  readonly bytes: readonly number[];
  answer: (result: object) => void = () => undefined;
  fail: (error: unknown) => void = () => undefined;
  constructor({ data }: { readonly data: Uint8Array }) {
    this.bytes = [...data];
    decoders.push(this);
  }
  decode(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.answer = resolve;
      this.fail = reject;
    });
  }
  close(): void {
    this.closed++;
  }
}

beforeEach(() => {
  drawn = [];
  decoders = [];
  const context = new Proxy(
    {},
    {
      get: (_target, name) =>
        name === "putImageData"
          ? (image: { data: Uint8ClampedArray }, x: number, y: number) => drawn.push({ data: [...image.data], x, y })
          : name === "drawImage"
            ? (image: { data?: number[] }, ...at: number[]) =>
                image.data !== undefined && drawn.push({ data: image.data, x: at[4] ?? 0, y: at[5] ?? 0 })
            : () => undefined,
      set: () => true,
    },
  );
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(context as never);
  vi.stubGlobal(
    "ImageData",
    class {
      constructor(
        readonly data: Uint8ClampedArray,
        readonly width: number,
        readonly height: number,
      ) {}
    },
  );
});

afterEach(() => {
  vi.unstubAllGlobals();
  document.body.replaceChildren();
});

const soon = () => new Promise((resolve) => setTimeout(resolve, 5));

/** A server that speaks enough of RFB 3.8 for a client to be connected. */
class FakeServer {
  readonly stream = new FakeStream();
  readonly channel = new DesktopChannel(this.stream);
  consumed = 0;

  send(...parts: Uint8Array[]): void {
    const bytes = concat(...parts);
    this.channel.data(bytes, () => {
      this.consumed += bytes.length;
    });
  }

  async greet(width = 2, height = 1): Promise<void> {
    this.send(utf8("RFB 003.008\n"));
    await soon();
    expect(new TextDecoder().decode(this.stream.take())).toBe("RFB 003.008\n");
    this.send(u8(1), u8(1));
    await soon();
    expect([...this.stream.take()]).toEqual([1]);
    this.send(u32(0));
    await soon();
    expect([...this.stream.take()]).toEqual([1]);
    const format = [32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 0, 8, 16, 0, 0, 0];
    this.send(u16(width), u16(height), new Uint8Array(format), u32(4), utf8("test"));
    await soon();
  }

  rectangle(x: number, y: number, width: number, height: number, encoding: number, content: Uint8Array): void {
    this.send(u8(0), u8(0), u16(1), u16(x), u16(y), u16(width), u16(height), u32(encoding >>> 0), content);
  }
}

async function shown() {
  // it looks at the document when it is loaded
  const { DesktopView } = await import("./view");
  const server = new FakeServer();
  const place = document.createElement("div");
  document.body.append(place);
  const happened: string[] = [];
  const view = new DesktopView(place, server.channel, "Desktop of press-1", {
    connected: () => happened.push("connected"),
    disconnected: (clean) => happened.push(clean ? "left" : "broken"),
    clipboard: (text) => happened.push(`clipboard ${text}`),
  });
  return { server, place, view, happened };
}

describe("the desktop", () => {
  it("is drawn as it comes, on a canvas with a name", async () => {
    const { server, place, happened } = await shown();
    await server.greet();
    expect(happened).toEqual(["connected"]);
    const canvas = place.querySelector("canvas");
    expect(canvas?.getAttribute("aria-label")).toBe("Desktop of press-1");
    server.rectangle(0, 0, 2, 1, 0, new Uint8Array([10, 20, 30, 0, 40, 50, 60, 0]));
    await soon();
    expect(drawn.at(-1)).toEqual({ data: [10, 20, 30, 255, 40, 50, 60, 255], x: 0, y: 0 });
    expect(server.consumed).toBeGreaterThan(0);
  });

  it("has its pictures decoded beside the page, drawn in order and let go", async () => {
    vi.stubGlobal("ImageDecoder", FakeDecoder);
    const { server, happened } = await shown();
    await server.greet(2, 2);
    const jpeg = (...bytes: number[]) => new Uint8Array([0x90, bytes.length, ...bytes]);
    server.rectangle(0, 0, 2, 1, 7, jpeg(1, 2, 3));
    server.rectangle(0, 1, 2, 1, 7, jpeg(4));
    server.rectangle(0, 1, 2, 1, 0, new Uint8Array([10, 20, 30, 0, 40, 50, 60, 0]));
    await soon();
    // one update at a time: the next is read when this one is drawn
    expect(decoders.map(({ bytes }) => bytes)).toEqual([[1, 2, 3]]);
    expect(drawn).toEqual([]);
    let closed = 0;
    const frame = (data: number[]) => ({ image: { data, ...FakeDecoder.SIZE, close: () => closed++ } });
    decoders[0]?.answer(frame([7]));
    await soon();
    decoders[1]?.answer(frame([8]));
    await soon();
    expect(drawn.map(({ data, x, y }) => [data[0], x, y])).toEqual([
      [7, 0, 0],
      [8, 0, 1],
      [10, 0, 1],
    ]);
    expect([closed, ...decoders.map((each) => each.closed)]).toEqual([2, 1, 1]);
    expect(happened).toEqual(["connected"]);
  });

  it.each([
    ["cannot be decoded", (decoder: FakeDecoder) => decoder.fail(new DOMException("", "EncodingError"))],
    [
      "is larger than its place",
      (decoder: FakeDecoder) =>
        decoder.answer({ image: { displayWidth: 20_000, displayHeight: 1, close: () => undefined } }),
    ],
  ])("is given up when a picture %s", async (_what, answer) => {
    vi.stubGlobal("ImageDecoder", FakeDecoder);
    const { server, happened } = await shown();
    await server.greet();
    server.rectangle(0, 0, 2, 1, 7, new Uint8Array([0x90, 3, 9, 9, 9]));
    await soon();
    const [decoder] = decoders;
    if (decoder === undefined) throw new Error("not decoded");
    answer(decoder);
    await soon();
    expect(happened).toEqual(["connected", "broken"]);
    expect(server.stream.cancelled).toBe(true);
    expect(decoder.closed).toBe(1);
  });

  it("gets neither keys nor text while one only looks", async () => {
    const { server, view } = await shown();
    await server.greet();
    server.stream.take();
    view.press(COMBINATIONS[0]?.keys ?? []);
    view.type(0x61);
    view.paste("secret");
    await soon();
    expect(server.stream.take()).toHaveLength(0);
    view.controls = true;
    view.type(0x61);
    expect([...server.stream.take()]).toEqual([4, 1, 0, 0, 0, 0, 0, 0x61, 4, 0, 0, 0, 0, 0, 0, 0x61]);
  });

  it("holds nothing pressed when one only looks again", async () => {
    const { server, view, place } = await shown();
    await server.greet();
    view.controls = true;
    server.stream.take();
    const canvas = place.querySelector("canvas");
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA" }));
    canvas?.dispatchEvent(new MouseEvent("mousedown", { buttons: 1 }));
    expect([...server.stream.take()]).toEqual([4, 1, 0, 0, 0, 0, 0, 0x61, 5, 1, 0, 0, 0, 0]);
    view.controls = false;
    expect([...server.stream.take()]).toEqual([4, 0, 0, 0, 0, 0, 0, 0x61, 5, 0, 0, 0, 0, 0]);
    canvas?.dispatchEvent(new MouseEvent("mousedown", { buttons: 1 }));
    canvas?.dispatchEvent(new KeyboardEvent("keydown", { key: "a", code: "KeyA" }));
    expect(server.stream.take()).toHaveLength(0);
  });

  it("gets combinations by scan code where the device knows those, up in reverse", async () => {
    const { server, view } = await shown();
    await server.greet();
    view.controls = true;
    server.rectangle(0, 0, 0, 0, -258, new Uint8Array());
    await soon();
    server.stream.take();
    view.press(COMBINATIONS[0]?.keys ?? []);
    const bytes = server.stream.take();
    expect(bytes).toHaveLength(6 * 12);
    const messages = Array.from({ length: 6 }, (_, i) => new DataView(bytes.buffer, i * 12, 12));
    expect(messages.map((at) => [at.getUint8(0), at.getUint16(2), at.getUint32(8)])).toEqual([
      [255, 1, 0x1d],
      [255, 1, 0x38],
      [255, 1, 0xd3],
      [255, 0, 0xd3],
      [255, 0, 0x38],
      [255, 0, 0x1d],
    ]);
  });

  it("has a clipboard both ways, up to a length", async () => {
    const { server, view, happened } = await shown();
    await server.greet();
    view.controls = true;
    server.send(u8(3), new Uint8Array(3), u32(5), utf8("hello"));
    await soon();
    expect(happened).toContain("clipboard hello");
    server.stream.take();
    expect(view.paste("x".repeat(1024 * 1024 + 1))).toBe(false);
    expect(view.paste("ab")).toBe(true);
    expect([...server.stream.take()]).toEqual([6, 0, 0, 0, 0, 0, 0, 2, 0x61, 0x62]);
  });

  it("is given up when what comes is no RFB, and the stream is cancelled", async () => {
    const { server, happened } = await shown();
    server.send(utf8("HTTP/1.1 200\n"));
    await soon();
    expect(happened).toEqual(["broken"]);
    expect(server.stream.cancelled).toBe(true);
  });

  it("is left once", async () => {
    const { server, place, view } = await shown();
    await server.greet();
    view.dispose();
    view.dispose();
    await soon();
    expect(server.stream.cancelled).toBe(true);
    expect(place.querySelector("canvas")).toBeNull();
  });
});

describe("a touch keyboard", () => {
  it("tells of words, which become keys", () => {
    const field = document.createElement("textarea");
    document.body.append(field);
    const sent: number[] = [];
    const keyboard = new TouchKeyboard(field, (keysym) => sent.push(keysym));
    const type = (value: string) => {
      field.value = value;
      field.dispatchEvent(new Event("input"));
    };
    const filler = field.value;
    type(`${filler}helo`);
    expect(sent.splice(0)).toEqual([..."helo"].map((each) => each.charCodeAt(0)));
    // a correction of the word
    type(`${filler}hello`);
    expect(sent.splice(0)).toEqual([0xff08, 0x6c, 0x6f]);
    type(filler.slice(1));
    expect(sent.splice(0)).toEqual(Array(6).fill(0xff08));
    type("");
    expect(field.value).toBe(filler);
    sent.length = 0;
    const enter = new KeyboardEvent("keydown", { key: "Enter", cancelable: true });
    field.dispatchEvent(enter);
    expect(sent.splice(0)).toEqual([0xff0d]);
    expect(enter.defaultPrevented).toBe(true);
    keyboard.dispose();
    type(`${filler}x`);
    expect(sent).toEqual([]);
  });
});
