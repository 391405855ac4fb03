import { hex } from "../session/bytes";

/** Bytes. */
export const PIECE = 1 << 20;
/** Pieces that may be hashed at the same time. */
const AHEAD = 4;

type Bytes = Uint8Array<ArrayBuffer>;

export interface Piece {
  readonly bytes: Bytes;
  /** SHA-256 of them, where another thread has made it. */
  readonly hash?: Bytes;
}

/**
 * The checksum of a transfer (`files.md`): SHA-256 over the SHA-256 of each MiB. Pieces are hashed by WebCrypto, away from the page's thread.
 */
export class PieceHash {
  readonly #pieces: Promise<Bytes>[] = [];
  /** One for all pieces: `digest` copies it before it returns. */
  readonly #filling: Bytes = new Uint8Array(PIECE);
  #filled = 0;

  update(bytes: Bytes): void {
    for (let rest = bytes; rest.length > 0; ) {
      if (this.#filled === 0 && rest.length >= PIECE) {
        // as uploads have them: no copy beside that which the browser makes
        this.#pieces.push(sha256(rest.subarray(0, PIECE)));
        rest = rest.subarray(PIECE);
        continue;
      }
      const part = rest.subarray(0, PIECE - this.#filled);
      this.#filling.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === PIECE) {
        this.#pieces.push(sha256(this.#filling));
        this.#filled = 0;
      }
    }
  }

  /** Whether so many bytes that follow are a piece, so that who has them may hash them and {@link add} that. */
  isPiece(length: number): boolean {
    return this.#filled === 0 && length === PIECE;
  }

  /** @param hash SHA-256 of the next piece */
  add(hash: Promise<Bytes>): void {
    hash.catch(() => undefined); // heard where it is waited for
    this.#pieces.push(hash);
  }

  take({ bytes, hash }: Piece): void {
    if (hash !== undefined && this.isPiece(bytes.length)) this.add(Promise.resolve(hash));
    else this.update(bytes);
  }

  /** When at most four whole pieces are not hashed yet: whoever waits for it keeps no more in memory. */
  get settled(): Promise<unknown> {
    return this.#pieces.at(-1 - AHEAD) ?? Promise.resolve();
  }

  /** Of what was so far; it can go on. */
  async soFar(): Promise<Bytes> {
    const last = this.#filled === 0 ? [] : [sha256(this.#filling.subarray(0, this.#filled))];
    const hashes = await Promise.all([...this.#pieces, ...last]);
    const all = new Uint8Array(hashes.length * 32);
    hashes.forEach((hash, i) => {
      all.set(hash, i * 32);
    });
    return sha256(all);
  }

  async hex(): Promise<string> {
    return hex(await this.soFar());
  }
}

async function sha256(bytes: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
