/**
 * Records of one direction (`session.md`, Records).
 *
 * ```
 * record = sequence u64 ‖ AES-256-GCM(key, nonce = 00000000 ‖ sequence, aad = empty, plaintext)      ≤ 65,560 bytes
 * ```
 *
 * Top bit of the sequence clear: data under `k_data`, rekeyed at each epoch (sequence >> 20). Top bit set: control under `k_ctl`, never rekeyed.
 */
import { type Bytes, concat, utf8 } from "./bytes";
import { AesGcmKey, EMPTY, hkdfExpand } from "./crypto";

export const MAX_RECORD = 65_560;
export const MAX_PLAINTEXT = MAX_RECORD - 24;
/** Sequence and tag, nothing between. */
export const MIN_RECORD = 24;
const EPOCH = 2 ** 20;
const MAX_CONTROL = 2 ** 20;
const REKEY_NONCE: Bytes = concat(new Uint8Array(4), new Uint8Array(8).fill(0xff));

/** What stands in front of a record. */
export type RecordNumber =
  | { readonly kind: "data"; readonly sequence: number }
  | { readonly kind: "control"; readonly counter: number };

/** Reads the number without believing it. Undefined if no honest sender could have written it. */
export function recordNumber(record: Bytes): RecordNumber | undefined {
  if (record.length < MIN_RECORD || record.length > MAX_RECORD) return undefined;
  const view = new DataView(record.buffer, record.byteOffset, 8);
  const high = view.getUint32(0);
  const value = (high & 0x7fff_ffff) * 2 ** 32 + view.getUint32(4);
  if (high >= 0x8000_0000) return value < MAX_CONTROL ? { kind: "control", counter: value } : undefined;
  return Number.isSafeInteger(value) ? { kind: "data", sequence: value } : undefined;
}

function header(high: number, low: number): Bytes {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, high);
  view.setUint32(4, low);
  return bytes;
}

function dataHeader(sequence: number): Bytes {
  return header(Math.floor(sequence / 2 ** 32), sequence % 2 ** 32);
}

function nonceOf(number: Bytes): Bytes {
  const nonce = new Uint8Array(12);
  nonce.set(number, 4);
  return nonce;
}

/** `k_data` of the epochs, each from the one before; only the newest two are kept. */
class EpochKeys {
  #epoch = 0;
  #coming: Promise<AesGcmKey>;
  /** What has come of that. */
  #key: AesGcmKey | undefined;

  constructor(first: Promise<AesGcmKey>) {
    this.#coming = this.#noted(first);
  }

  /** At once if the epoch is not new. Sequences come in order, so an epoch is never asked for again once the next one was. */
  at(sequence: number): AesGcmKey | Promise<AesGcmKey> {
    const epoch = Math.floor(sequence / EPOCH);
    if (epoch < this.#epoch) throw new Error(`epoch ${epoch} is over`);
    for (; this.#epoch < epoch; this.#epoch++) this.#coming = this.#noted(this.#coming.then(rekeyed));
    return this.#key ?? this.#coming;
  }

  #noted(coming: Promise<AesGcmKey>): Promise<AesGcmKey> {
    this.#key = undefined;
    const noted = coming.then((key) => {
      if (this.#coming === noted) this.#key = key;
      return key;
    });
    return noted;
  }
}

/** Noise REKEY: the first 32 bytes of the encryption of 32 zero bytes. */
async function rekeyed(key: AesGcmKey): Promise<AesGcmKey> {
  return AesGcmKey.of((await key.seal(REKEY_NONCE, EMPTY, new Uint8Array(32))).slice(0, 32));
}

async function dataKey(splitKey: Bytes): Promise<AesGcmKey> {
  return AesGcmKey.of(await hkdfExpand(splitKey, utf8("bascule/1 data"), 32));
}

async function controlKey(splitKey: Bytes): Promise<AesGcmKey> {
  return AesGcmKey.of(await hkdfExpand(splitKey, utf8("bascule/1 control"), 32));
}

async function sealLater(
  key: Promise<AesGcmKey>,
  seal: (ready: AesGcmKey, bytes: Bytes) => Promise<Bytes>,
  bytes: Bytes,
): Promise<Bytes> {
  return seal(await key, bytes);
}

/** Seals what one end sends. It chooses every number itself, so no nonce is used twice. */
export class RecordSealer {
  readonly #data: EpochKeys;
  readonly #control: Promise<AesGcmKey>;
  #sequence: number;
  #counter = 0;

  /** `first` is the first sequence; other than 0 only in tests of the epochs. */
  constructor(splitKey: Bytes, first = 0) {
    this.#data = new EpochKeys(dataKey(splitKey));
    this.#control = controlKey(splitKey);
    this.#sequence = first;
  }

  /** The sequence that the next data record will have. */
  get next(): number {
    return this.#sequence;
  }

  /**
   * The number is taken at once; the results of several calls may be awaited together. The plaintext may be overwritten as soon as this returns.
   *
   * @param reused what the record is written to, if it has its length
   */
  async sealData(plaintext: Bytes, reused?: Bytes): Promise<Bytes> {
    const sequence = this.#sequence++;
    if (plaintext.length > MAX_PLAINTEXT) throw new RangeError(`plaintext of ${plaintext.length} bytes`);
    const number = dataHeader(sequence);
    const key = this.#data.at(sequence);
    const seal = (ready: AesGcmKey, bytes: Bytes) => ready.seal(nonceOf(number), EMPTY, bytes);
    // WebCrypto copies what it is given before it returns
    const ciphertext = await (key instanceof AesGcmKey
      ? seal(key, plaintext)
      : sealLater(key, seal, plaintext.slice()));
    const length = number.length + ciphertext.length;
    const record = reused?.length === length ? reused : new Uint8Array(length);
    record.set(number);
    record.set(ciphertext, number.length);
    return record;
  }

  async sealControl(plaintext: Bytes): Promise<Bytes> {
    const counter = this.#counter++;
    if (counter >= MAX_CONTROL) throw new RangeError("no control records left");
    const number = header(0x8000_0000, counter);
    return concat(number, await (await this.#control).seal(nonceOf(number), EMPTY, plaintext));
  }
}

/** Opens what the other end sends. It checks tags alone; which number may come next is for the caller to say, in order for data. */
export class RecordOpener {
  readonly #data: EpochKeys;
  readonly #control: Promise<AesGcmKey>;

  constructor(splitKey: Bytes) {
    this.#data = new EpochKeys(dataKey(splitKey));
    this.#control = controlKey(splitKey);
  }

  /** The plaintext of a record whose number was read by {@link recordNumber}; rejects if the tag does not fit. */
  async open(record: Bytes, number: RecordNumber): Promise<Bytes> {
    const key = await (number.kind === "data" ? this.#data.at(number.sequence) : this.#control);
    return key.open(nonceOf(record.subarray(0, 8)), EMPTY, record.subarray(8));
  }
}
