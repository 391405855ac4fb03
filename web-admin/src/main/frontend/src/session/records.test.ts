import { describe, expect, it } from "vitest";
import { type Bytes, concat, hex, u8, u64, unhex, utf8 } from "./bytes";
import { decodeFrame, decodeResume, encodeFrame, encodeResume, type Frame, paddedLength } from "./frames";
import { MAX_PLAINTEXT, RecordOpener, RecordSealer, recordNumber } from "./records";

const KEY = unhex("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");

async function open(opener: RecordOpener, record: Bytes): Promise<Bytes> {
  const number = recordNumber(record);
  if (number === undefined) throw new Error("not a record");
  return opener.open(record, number);
}

describe("records", () => {
  it("carry their sequence in clear and come back", async () => {
    const sealer = new RecordSealer(KEY);
    const opener = new RecordOpener(KEY);
    for (let i = 0; i < 3; i++) {
      const record = await sealer.sealData(utf8(`record ${i}`));
      expect(hex(record.slice(0, 8))).toBe(`000000000000000${i}`);
      expect(hex(await open(opener, record))).toBe(hex(utf8(`record ${i}`)));
    }
  });

  it("take numbers in the order of the calls, whatever is awaited first", async () => {
    const sealer = new RecordSealer(KEY);
    const records = await Promise.all(["a", "b", "c"].map((text) => sealer.sealData(utf8(text))));
    expect(records.map((record) => recordNumber(record))).toEqual(
      [0, 1, 2].map((sequence) => ({ kind: "data", sequence })),
    );
  });

  it("may be written into the memory of an old one, and the plaintext overwritten at once", async () => {
    const sealer = new RecordSealer(KEY);
    const other = new RecordSealer(KEY);
    for (const text of ["while the key is made", "with the key at hand"]) {
      const plaintext = utf8(text);
      const reused = new Uint8Array(text.length + 24).fill(0xff);
      const sealed = sealer.sealData(plaintext, reused);
      plaintext.fill(0);
      expect(await sealed).toBe(reused);
      expect(hex(reused)).toBe(hex(await other.sealData(utf8(text))));
    }
    const short = new Uint8Array(24);
    expect(await sealer.sealData(utf8("longer"), short)).not.toBe(short);
  });

  it("of control and data have different keys and numbers", async () => {
    const sealer = new RecordSealer(KEY);
    const control = await sealer.sealControl(utf8("same"));
    const data = await sealer.sealData(utf8("same"));
    expect(hex(control.slice(0, 8))).toBe("8000000000000000");
    expect(hex(control.slice(8))).not.toBe(hex(data.slice(8)));
    const moved = concat(data.slice(0, 8), control.slice(8));
    await expect(open(new RecordOpener(KEY), moved)).rejects.toThrow();
  });

  it("change their key at each epoch", async () => {
    const last = 2 ** 20 - 1;
    const sealer = new RecordSealer(KEY, last);
    const opener = new RecordOpener(KEY);
    const before = await sealer.sealData(utf8("x"));
    const after = await sealer.sealData(utf8("x"));
    expect(recordNumber(after)).toEqual({ kind: "data", sequence: 2 ** 20 });
    expect(hex(await open(opener, before))).toBe("78");
    expect(hex(await open(opener, after))).toBe("78");
    // under the first key the second record does not open
    const number = recordNumber(after);
    await expect(new RecordOpener(KEY).open(after, { kind: "data", sequence: 1 })).rejects.toThrow();
    expect(number).toBeDefined();
  });

  it("refuse every flipped bit and every other direction", async () => {
    const record = await new RecordSealer(KEY).sealData(encodeFrame({ type: "ack" }, 5));
    for (let bit = 64; bit < record.length * 8; bit++) {
      const flipped = record.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await expect(open(new RecordOpener(KEY), flipped), `bit ${bit}`).rejects.toThrow();
    }
    await expect(open(new RecordOpener(KEY.slice().reverse()), record)).rejects.toThrow();
    await expect(open(new RecordOpener(KEY), record.slice(0, -1))).rejects.toThrow();
  });

  it.each([
    ["shorter than a tag", new Uint8Array(23)],
    ["above 65,560 bytes", new Uint8Array(65_561)],
    ["a control counter of 2^20", concat(unhex("8000000000100000"), new Uint8Array(16))],
    ["a sequence above 2^53", concat(unhex("0020000000000000"), new Uint8Array(16))],
  ])("that are none: %s", (_, message) => {
    expect(recordNumber(message)).toBeUndefined();
  });

  it("are at most 65,560 bytes", async () => {
    const sealer = new RecordSealer(KEY);
    expect((await sealer.sealData(new Uint8Array(MAX_PLAINTEXT))).length).toBe(65_560);
    await expect(sealer.sealData(new Uint8Array(MAX_PLAINTEXT + 1))).rejects.toThrow("plaintext of 65537 bytes");
  });
});

describe("frames", () => {
  const frames: Frame[] = [
    { type: "open", stream: 1, service: "terminal", arguments: { cols: 80, rows: 24 } },
    { type: "data", stream: 1, bytes: utf8("ls\r"), padded: true },
    { type: "credit", stream: 3, bytes: 65_536 },
    { type: "close", stream: 1, sent: 2 ** 40 },
    { type: "reset", stream: 1, reason: 1, text: "nö" },
    { type: "ack" },
    { type: "ping", reply: true, value: u64(7) },
    { type: "confirm", hash: KEY },
    { type: "end", before: 9, reason: 0, text: "" },
    { type: "event", stream: 1, event: { resize: { cols: 1, rows: 2 } } },
  ];

  it.each(frames)("$type comes back with its ack", (frame) => {
    expect(decodeFrame(encodeFrame(frame, 77))).toEqual({ ack: 77, frame });
  });

  it.each(frames.filter((frame) => frame.type !== "data"))("$type with an extra byte or cut is refused", (frame) => {
    const plaintext = encodeFrame(frame, 0);
    expect(() => decodeFrame(concat(plaintext, u8(0)))).toThrow(RangeError);
    expect(() => decodeFrame(plaintext.slice(0, -1))).toThrow(RangeError);
  });

  it("DATA is padded with zeros to steps that hide its length", () => {
    for (const [length, padded] of [
      [1, 64],
      [49, 64],
      [50, 128],
      [497, 512],
      [498, 1024],
      [1009, 1024],
      [1010, 2048],
      [65_521, 65_536],
    ] as const) {
      const frame: Frame = { type: "data", stream: 1, bytes: new Uint8Array(length).fill(1), padded: true };
      expect(encodeFrame(frame, 0).length, `${length} bytes`).toBe(padded);
    }
    expect(paddedLength(64)).toBe(64);
    const plaintext = encodeFrame({ type: "data", stream: 1, bytes: utf8("x"), padded: true }, 0);
    plaintext[63] = 1;
    expect(() => decodeFrame(plaintext)).toThrow("padding that is not zero");
  });

  it.each([
    ["unknown type", "0b0000000000000000"],
    ["no type", ""],
    ["ack above 2^53", "060020000000000000"],
    ["PING of kind 2", "070000000000000000020000000000000001"],
    ["OPEN with arguments that are a list", "01000000000000000000000001000178000 25b5d".replaceAll(" ", "")],
    ["EVENT that is no JSON", "0a0000000000000000000000010001 7b".replaceAll(" ", "")],
    ["RESET with a text that is no UTF-8", "050000000000000000000000010001 0001ff".replaceAll(" ", "")],
  ])("refused: %s", (_, plaintext) => {
    expect(() => decodeFrame(unhex(plaintext))).toThrow(RangeError);
  });

  it("RESUME", () => {
    const resume = { sid: KEY.slice(0, 16), relay: "relay-1", attempt: 1, next: 12 };
    expect(decodeResume(encodeResume(resume))).toEqual(resume);
    expect(() => decodeResume(concat(encodeResume(resume), u8(0)))).toThrow(RangeError);
    expect(() => decodeResume(concat(u8(2), encodeResume(resume).slice(1)))).toThrow("unknown control record");
  });
});
