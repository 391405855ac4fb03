/**
 * Plaintexts of records (`session.md`, Records): `type u8 ‖ ack u64 ‖ body`. The layout stands at each type. Unknown types and extra bytes are violations.
 */
import { type Bytes, concat, lp, Reader, u8, u16, u32, u64, utf8 } from "./bytes";

const OPEN = 0x01; // u32 stream ‖ lp(service) ‖ lp(arguments)
const DATA = 0x02; // u32 stream ‖ u16 length ‖ bytes[length] ‖ padding
const CREDIT = 0x03; // u32 stream ‖ u32 bytes
const CLOSE = 0x04; // u32 stream ‖ u64 bytes sent
const RESET = 0x05; // u32 stream ‖ u16 reason ‖ lp(text)
const ACK = 0x06; //
const PING = 0x07; // u8 0 request, 1 reply ‖ u64 value
const CONFIRM = 0x08; // SHA-256(m1 ‖ m2)[32]
const END = 0x09; // u64 own data records before ‖ u16 reason ‖ lp(text)
const EVENT = 0x0a; // u32 stream ‖ lp(JSON object)
const RESUME = 0x01; // control: sid[16] ‖ lp(relay id) ‖ u32 attempt ‖ u64 next

export type JsonObject = { readonly [name: string]: unknown };

export type Frame =
  | { readonly type: "open"; readonly stream: number; readonly service: string; readonly arguments: JsonObject }
  | { readonly type: "data"; readonly stream: number; readonly bytes: Bytes; readonly padded: boolean }
  | { readonly type: "credit"; readonly stream: number; readonly bytes: number }
  | { readonly type: "close"; readonly stream: number; readonly sent: number }
  | { readonly type: "reset"; readonly stream: number; readonly reason: number; readonly text: string }
  | { readonly type: "ack" }
  | { readonly type: "ping"; readonly reply: boolean; readonly value: Bytes }
  | { readonly type: "confirm"; readonly hash: Bytes }
  | { readonly type: "end"; readonly before: number; readonly reason: number; readonly text: string }
  | { readonly type: "event"; readonly stream: number; readonly event: JsonObject };

export interface Resume {
  readonly sid: Bytes;
  readonly relay: string;
  readonly attempt: number;
  readonly next: number;
}

/** type, ack, stream, length: what a DATA record has beside its bytes. */
const DATA_OVERHEAD = 1 + 8 + 4 + 2;
/** The plaintext whose record has 64 KiB with the header of a client's frame: one read of a relay, and four records of TLS. */
export const BULK_PLAINTEXT = 65_536 - 14 - 24;
/** As many bytes as is put into one DATA record. */
export const MAX_DATA = BULK_PLAINTEXT - DATA_OVERHEAD;

/** 64, 128, 256, 512, 1,024, then multiples of 1,024. */
export function paddedLength(length: number): number {
  for (const step of [64, 128, 256, 512]) if (length <= step) return step;
  return Math.ceil(length / 1024) * 1024;
}

export function encodeFrame(frame: Frame, ack: number): Bytes {
  switch (frame.type) {
    case "open":
      return concat(u8(OPEN), u64(ack), u32(frame.stream), lp(frame.service), lp(JSON.stringify(frame.arguments)));
    case "data":
      return encodeData(frame, ack, new Uint8Array(dataLength(frame)));
    case "credit":
      return concat(u8(CREDIT), u64(ack), u32(frame.stream), u32(frame.bytes));
    case "close":
      return concat(u8(CLOSE), u64(ack), u32(frame.stream), u64(frame.sent));
    case "reset":
      return concat(u8(RESET), u64(ack), u32(frame.stream), u16(frame.reason), lp(frame.text));
    case "ack":
      return concat(u8(ACK), u64(ack));
    case "ping":
      return concat(u8(PING), u64(ack), u8(frame.reply ? 1 : 0), frame.value);
    case "confirm":
      return concat(u8(CONFIRM), u64(ack), frame.hash);
    case "end":
      return concat(u8(END), u64(ack), u64(frame.before), u16(frame.reason), lp(frame.text));
    case "event":
      return concat(u8(EVENT), u64(ack), u32(frame.stream), lp(JSON.stringify(frame.event)));
  }
}

export type DataFrame = Extract<Frame, { type: "data" }>;

/** Of the plaintext. */
export function dataLength({ bytes, padded }: DataFrame): number {
  const length = DATA_OVERHEAD + bytes.length;
  return padded ? paddedLength(length) : length;
}

/** @param into begins with what is returned, and has room for {@link dataLength} */
export function encodeData(frame: DataFrame, ack: number, into: Bytes): Bytes {
  const { stream, bytes } = frame;
  const plaintext = into.subarray(0, dataLength(frame));
  plaintext.set(concat(u8(DATA), u64(ack), u32(stream), u16(bytes.length)));
  plaintext.set(bytes, DATA_OVERHEAD);
  plaintext.fill(0, DATA_OVERHEAD + bytes.length);
  return plaintext;
}

/** @throws RangeError if the plaintext is not exactly a frame */
export function decodeFrame(plaintext: Bytes): { readonly ack: number; readonly frame: Frame } {
  const reader = new Reader(plaintext);
  const type = reader.u8();
  const ack = reader.u64();
  const frame = decodeBody(type, reader);
  reader.end();
  return { ack, frame };
}

function decodeBody(type: number, reader: Reader): Frame {
  switch (type) {
    case OPEN:
      return { type: "open", stream: reader.u32(), service: reader.text(), arguments: json(reader) };
    case DATA: {
      const stream = reader.u32();
      const bytes = reader.take(reader.u16());
      const padding = reader.rest();
      if (padding.some((byte) => byte !== 0)) throw new RangeError("padding that is not zero");
      return { type: "data", stream, bytes, padded: padding.length > 0 };
    }
    case CREDIT:
      return { type: "credit", stream: reader.u32(), bytes: reader.u32() };
    case CLOSE:
      return { type: "close", stream: reader.u32(), sent: reader.u64() };
    case RESET:
      return { type: "reset", stream: reader.u32(), reason: reader.u16(), text: reader.text() };
    case ACK:
      return { type: "ack" };
    case PING: {
      const direction = reader.u8();
      if (direction > 1) throw new RangeError(`ping of kind ${direction}`);
      return { type: "ping", reply: direction === 1, value: reader.take(8) };
    }
    case CONFIRM:
      return { type: "confirm", hash: reader.take(32) };
    case END:
      return { type: "end", before: reader.u64(), reason: reader.u16(), text: reader.text() };
    case EVENT:
      return { type: "event", stream: reader.u32(), event: json(reader) };
    default:
      throw new RangeError(`unknown type ${type}`);
  }
}

function json(reader: Reader): JsonObject {
  const text = reader.text();
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RangeError("not JSON", { cause });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new RangeError("not a JSON object");
  return value as JsonObject;
}

export function encodeResume(resume: Resume): Bytes {
  return concat(u8(RESUME), resume.sid, lp(utf8(resume.relay)), u32(resume.attempt), u64(resume.next));
}

/** @throws RangeError if the plaintext of a control record is not exactly a `RESUME` */
export function decodeResume(plaintext: Bytes): Resume {
  const reader = new Reader(plaintext);
  if (reader.u8() !== RESUME) throw new RangeError("unknown control record");
  const resume = { sid: reader.take(16), relay: reader.text(), attempt: reader.u32(), next: reader.u64() };
  reader.end();
  return resume;
}
