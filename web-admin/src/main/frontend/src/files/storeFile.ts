import { FileThread } from "./fileThread";
import type { PieceHash } from "./pieceHash";

const FOLDER = "bascule-downloads";
const CONTENT = "content";
/** What a write hands over. */
const BLOCK = 1024 * 1024;
/** Blocks that the worker has not written yet. */
const MAX_AHEAD = 4;

/** What this page writes at present. */
const open = new Set<StoreFile>();
/** Nothing is kept any more: whoever it was for has left. */
let left = false;

/** The folder of all downloads; none where this browser keeps no files, as in some private windows, and after {@link emptied}. */
export async function downloads(): Promise<FileSystemDirectoryHandle | undefined> {
  if (left) return undefined;
  try {
    const root = await navigator.storage.getDirectory();
    // whether a file can be written as it comes is known in the worker alone: a page has no createSyncAccessHandle
    if (typeof Worker === "undefined") return undefined;
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return undefined;
  }
}

/** What is there of a download. */
export async function contentOf(folder: FileSystemDirectoryHandle): Promise<File | undefined> {
  try {
    return await (await folder.getFileHandle(CONTENT)).getFile();
  } catch {
    return undefined;
  }
}

/** Removes all downloads of this browser, those too that this page is writing. */
export async function emptied(): Promise<void> {
  const root = await downloads();
  left = true;
  await Promise.allSettled([...open].map((file) => file.close()));
  for await (const [id] of entriesOf(root)) await root?.removeEntry(id, { recursive: true }).catch(() => undefined);
}

export async function* entriesOf(
  root: FileSystemDirectoryHandle | undefined,
): AsyncGenerator<readonly [string, FileSystemHandle]> {
  // TypeScript does not know that it can be gone through
  if (root !== undefined) yield* root as unknown as AsyncIterable<[string, FileSystemHandle]>;
}

/** A file that one download is written to, by a worker. Nobody else can open it meanwhile, another tab neither. */
export class StoreFile {
  readonly #thread = new FileThread();
  #failed: DOMException | undefined;
  #block = new Uint8Array(BLOCK);
  readonly #free: Uint8Array<ArrayBuffer>[] = [];
  #filled = 0;
  /** Takes in what is in the block. */
  #hash: PieceHash | undefined;
  #pending: Promise<unknown>[] = [];

  private constructor() {
    open.add(this);
  }

  /**
   * @param download the name of its folder
   * @param at bytes that are there; what is behind them goes
   * @throws DOMException `NoModificationAllowedError` if another tab writes it
   */
  static async open(download: string, at: number): Promise<StoreFile> {
    return StoreFile.#opened(download, CONTENT, at);
  }

  /** A small file beside it. */
  static async put(download: string, name: string, text: string): Promise<void> {
    const file = await StoreFile.#opened(download, name, 0);
    await file.write(new TextEncoder().encode(text));
    await file.close();
  }

  static async #opened(download: string, name: string, at: number): Promise<StoreFile> {
    const file = new StoreFile();
    try {
      await file.#thread.ask({ folder: FOLDER, download, name, at });
    } catch (error) {
      file.#stop();
      throw error;
    }
    return file;
  }

  /**
   * Resolves when there is room for more.
   *
   * @param hash takes whole blocks in, and at the end the rest
   * @throws DOMException of an earlier write, too
   */
  async write(bytes: Uint8Array<ArrayBuffer>, hash?: PieceHash): Promise<void> {
    this.#hash = hash;
    for (let rest = bytes; rest.length > 0; ) {
      const part = rest.subarray(0, BLOCK - this.#filled);
      this.#block.set(part, this.#filled);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === BLOCK) await this.#send();
    }
  }

  /** Everything that was written is in the file, and others may open it. */
  async close(): Promise<void> {
    try {
      if (this.#filled > 0) await this.#send();
      await Promise.all(this.#pending);
    } finally {
      await this.#thread.ask("close").catch(() => undefined);
      this.#stop();
    }
  }

  #stop(): void {
    open.delete(this);
    this.#thread.end();
  }

  async #send(): Promise<void> {
    const bytes = this.#block.subarray(0, this.#filled);
    const hashed = this.#hash?.isPiece(bytes.length) === true;
    if (!hashed) this.#hash?.update(bytes);
    this.#block = this.#free.pop() ?? new Uint8Array(BLOCK);
    this.#filled = 0;
    const written = this.#thread.ask({ bytes, hashed }, [bytes.buffer]).then(({ block, hash }) => {
      if (block !== undefined) this.#free.push(new Uint8Array(block));
      return hash ?? new Uint8Array();
    });
    written.catch((error: DOMException) => {
      this.#failed ??= error;
    });
    if (hashed) this.#hash?.add(written);
    this.#pending.push(written);
    if (this.#pending.length > MAX_AHEAD) await this.#pending.shift();
    if (this.#failed !== undefined) throw this.#failed;
  }
}
