import { concat } from "../session/bytes";
import { bytesOf, type RawPath } from "./path";

type Bytes = Uint8Array<ArrayBuffer>;

/**
 * A ZIP archive that is written as its files come (APPNOTE 6.3.9): stored, not compressed, sizes and CRC-32 behind the data (4.3.9), ZIP64 for each entry (4.5.3), so nothing has to be known before and nothing is too large.
 * Names are the bytes that the device has; bit 11 says where they are UTF-8.
 */
export class ZipWriter {
  readonly #write: (bytes: Bytes) => Promise<void>;
  readonly #entries: Bytes[] = [];
  #at = 0;

  constructor(write: (bytes: Bytes) => Promise<void>) {
    this.#write = write;
  }

  async #put(bytes: Bytes): Promise<void> {
    this.#at += bytes.length;
    await this.#write(bytes);
  }

  /**
   * Adds a file, or a folder if the name ends with a slash.
   *
   * @param content gives the bytes to the function that it is called with
   */
  async add(
    name: RawPath,
    modified: number,
    mode: number,
    content: (write: (bytes: Bytes) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const start = this.#at;
    const raw = bytesOf(name);
    const flags = 0x0008 | (isUtf8(raw) ? 0x0800 : 0);
    const when = dosTime(modified);
    const local = record(30);
    local.u32(0x04034b50).u16(45).u16(flags).u16(0).u32(when).u32(0).u32(0xffffffff).u32(0xffffffff);
    local.u16(raw.length).u16(20);
    const extra = record(20).u16(1).u16(16).u64(0).u64(0);
    await this.#put(concat(local.bytes, raw, extra.bytes));
    const crc = new Crc32();
    let size = 0;
    await content(async (bytes) => {
      crc.update(bytes);
      size += bytes.length;
      await this.#put(bytes);
    });
    await this.#put(record(24).u32(0x08074b50).u32(crc.value).u64(size).u64(size).bytes);
    const isFolder = name.endsWith("/");
    const central = record(46);
    central.u32(0x02014b50).u16(0x032d).u16(45).u16(flags).u16(0).u32(when).u32(crc.value);
    central.u32(0xffffffff).u32(0xffffffff).u16(raw.length).u16(28).u16(0).u16(0).u16(0);
    central.u32((((isFolder ? 0o040000 : 0o100000) | mode) * 65_536 + (isFolder ? 16 : 0)) >>> 0).u32(0xffffffff);
    this.#entries.push(concat(central.bytes, raw, record(28).u16(1).u16(24).u64(size).u64(size).u64(start).bytes));
  }

  /** The directory of the archive, at its end. */
  async end(): Promise<void> {
    const start = this.#at;
    for (const entry of this.#entries) await this.#put(entry);
    const size = this.#at - start;
    const count = this.#entries.length;
    const end64 = record(56);
    end64.u32(0x06064b50).u64(44).u16(0x032d).u16(45).u32(0).u32(0).u64(count).u64(count).u64(size).u64(start);
    const locator = record(20).u32(0x07064b50).u32(0).u64(this.#at).u32(1);
    const end = record(22);
    end.u32(0x06054b50).u16(0).u16(0).u16(0xffff).u16(0xffff).u32(0xffffffff).u32(0xffffffff).u16(0);
    await this.#put(concat(end64.bytes, locator.bytes, end.bytes));
  }
}

interface Fields {
  u16(value: number): Fields;
  u32(value: number): Fields;
  u64(value: number): Fields;
  readonly bytes: Bytes;
}

/** Little-endian fields one after the other. */
function record(length: number): Fields {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const fields: Fields = {
    u16: (value) => {
      view.setUint16(at, value, true);
      at += 2;
      return fields;
    },
    u32: (value) => {
      view.setUint32(at, value, true);
      at += 4;
      return fields;
    },
    u64: (value) => {
      view.setBigUint64(at, BigInt(value), true);
      at += 8;
      return fields;
    },
    bytes,
  };
  return fields;
}

/** Local time in steps of two seconds, from 1980. */
function dosTime(milliseconds: number): number {
  const time = new Date(Math.max(milliseconds, Date.UTC(1980, 0, 2)));
  const date = ((Math.min(time.getFullYear(), 2107) - 1980) << 9) | ((time.getMonth() + 1) << 5) | time.getDate();
  const clock = (time.getHours() << 11) | (time.getMinutes() << 5) | (time.getSeconds() >> 1);
  return date * 65_536 + clock;
}

function isUtf8(bytes: Bytes): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

class Crc32 {
  #state = 0xffffffff;

  update(bytes: Bytes): void {
    let state = this.#state;
    for (let i = 0; i < bytes.length; i++) state = (TABLE[(state ^ (bytes[i] ?? 0)) & 255] ?? 0) ^ (state >>> 8);
    this.#state = state;
  }

  get value(): number {
    return (this.#state ^ 0xffffffff) >>> 0;
  }
}
