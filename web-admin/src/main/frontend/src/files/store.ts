import type { Sink } from "./client";
import type { RawPath } from "./path";
import type { PieceHash } from "./pieceHash";
import { contentOf, downloads, entriesOf, StoreFile } from "./storeFile";

/**
 * Downloads on their way, in the private file system of this origin, where they outlive the page. What the browser hands out in the end is that file, which is not read into memory. Where there is no
 * such file system it stays in memory and begins anew after a reload.
 */
const MEBIBYTE = 1024 * 1024;
/** What a `Blob` in memory is put together from. */
const PART = 16 * MEBIBYTE;
const MANIFEST = "manifest.json";
/** The browser may still be reading what another tab has handed out. */
const HANDED_OUT_MS = 60 * 60_000;
/** Nobody has gone on with it for so long. */
const LEFT_MS = 7 * 24 * 60 * 60_000;
/** What a person is told; where files cannot be written for another reason, memory will do. */
const TOLD = new Set(["QuotaExceededError", "NoModificationAllowedError"]);

/** What a download is of. */
export interface Manifest {
  /** The id of whom it is for. */
  readonly user: string;
  readonly device: string;
  readonly path: RawPath;
  readonly size: number;
  readonly modified: number;
  /** An archive of a folder, which cannot be gone on with. */
  readonly folder?: boolean;
}

interface Stored extends Manifest {
  /** When that was written. */
  readonly since: number;
}

export class StoredDownload implements Sink {
  readonly #folder: FileSystemDirectoryHandle | undefined;
  /** In memory where there is no folder, otherwise what the folder has. */
  #parts: Blob[];
  #length: number;
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #waiting = 0;
  #file: Promise<StoreFile> | undefined;

  private constructor(
    readonly id: string,
    readonly manifest: Manifest,
    folder: FileSystemDirectoryHandle | undefined,
    parts: Blob[],
  ) {
    this.#folder = folder;
    this.#parts = parts;
    this.#length = parts.reduce((sum, { size }) => sum + size, 0);
  }

  /** A new one, or the one that was begun for the same version of the file. */
  static async of(manifest: Manifest): Promise<StoredDownload> {
    // nothing of what is shorter would outlive the page: whole mebibytes are relied on
    const root = manifest.size < MEBIBYTE ? undefined : await downloads();
    const id = await idOf(manifest);
    if (root === undefined) return new StoredDownload(id, manifest, undefined, []);
    const folder = await root.getDirectoryHandle(id, { create: true });
    if ((await manifestOf(folder)) === undefined)
      try {
        await StoreFile.put(id, MANIFEST, JSON.stringify(manifest));
      } catch (error) {
        if (error instanceof DOMException && TOLD.has(error.name)) throw error;
        await root.removeEntry(id, { recursive: true }).catch(() => undefined);
        return new StoredDownload(id, manifest, undefined, []);
      }
    const content = await contentOf(folder);
    // what a page that was closed has half written is not relied on
    const length = content?.size === manifest.size ? manifest.size : wholeMebibytes(content?.size ?? 0);
    return new StoredDownload(id, manifest, folder, content === undefined ? [] : [content.slice(0, length)]);
  }

  get length(): number {
    return this.#length;
  }

  async *stored(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (const part of this.#parts)
      for (let at = 0; at < part.size; at += MEBIBYTE)
        yield new Uint8Array(await part.slice(at, at + MEBIBYTE).arrayBuffer());
  }

  /** @throws DOMException `QuotaExceededError`, or `NoModificationAllowedError` if another tab downloads the same */
  async write(bytes: Uint8Array<ArrayBuffer>, hash?: PieceHash): Promise<void> {
    if (this.#folder === undefined) {
      hash?.update(bytes);
      this.#keep(bytes);
    } else {
      this.#file ??= StoreFile.open(this.id, this.#length);
      await (await this.#file).write(bytes, hash);
    }
    this.#length += bytes.length;
  }

  #keep(bytes: Uint8Array<ArrayBuffer>): void {
    this.#pieces.push(bytes);
    this.#waiting += bytes.length;
    if (this.#waiting >= PART) this.#gather();
  }

  /** The browser may keep what is in a `Blob` elsewhere than in memory. */
  #gather(): void {
    this.#parts.push(new Blob(this.#pieces));
    this.#pieces = [];
    this.#waiting = 0;
  }

  async end(): Promise<void> {
    await this.#close();
    if (this.#folder === undefined) return this.#gather();
    const content = await contentOf(this.#folder);
    this.#parts = content === undefined ? [] : [content];
  }

  async #close(): Promise<void> {
    const file = this.#file;
    this.#file = undefined;
    await (await file)?.close();
  }

  /** While nothing is written: another tab may go on with it. */
  async rest(): Promise<void> {
    await this.#close().catch(() => undefined);
  }

  /** After a break: goes on behind what is there. */
  async again(): Promise<StoredDownload> {
    await this.rest();
    if (this.#folder !== undefined) return StoredDownload.of(this.manifest);
    this.#gather();
    return new StoredDownload(this.id, this.manifest, undefined, this.#parts);
  }

  /** All of it, for the browser to save. */
  blob(): Blob {
    return new Blob(this.#parts, { type: "application/octet-stream" });
  }

  async forget(): Promise<void> {
    await this.rest();
    this.#parts = [];
    this.#pieces = [];
    await (await downloads())?.removeEntry(this.id, { recursive: true }).catch(() => undefined);
  }
}

function wholeMebibytes(size: number): number {
  return size - (size % MEBIBYTE);
}

/** Downloads of a device that a reload interrupted. */
export async function interrupted(user: string, device: string): Promise<readonly StoredDownload[]> {
  const found = (await tidied(user)).filter((manifest) => manifest.device === device);
  return Promise.all(found.map((manifest) => StoredDownload.of(manifest)));
}

/** Removes what another user has left, what was handed out, and what nobody has gone on with. @returns the rest */
export async function tidied(user: string): Promise<readonly Manifest[]> {
  const root = await downloads();
  const kept: Manifest[] = [];
  for await (const [id, handle] of entriesOf(root)) {
    const folder = handle as FileSystemDirectoryHandle;
    const manifest = await manifestOf(folder);
    const content = await contentOf(folder);
    // another tab is about to begin it, or has not got so far
    if (manifest === undefined && content === undefined) continue;
    const age = Date.now() - Math.max(manifest?.since ?? 0, content?.lastModified ?? 0);
    const over = manifest?.folder === true || content?.size === manifest?.size;
    if (manifest?.user !== user || age > (over ? HANDED_OUT_MS : LEFT_MS))
      await root?.removeEntry(id, { recursive: true }).catch(() => undefined);
    else if (!over) kept.push(manifest);
  }
  return kept;
}

async function manifestOf(folder: FileSystemDirectoryHandle): Promise<Stored | undefined> {
  try {
    const file = await (await folder.getFileHandle(MANIFEST)).getFile();
    const value: unknown = JSON.parse(await file.text());
    if (typeof value !== "object" || value === null) return undefined;
    const { user, device, path, size, modified, folder: archive } = value as Record<string, unknown>;
    return typeof user === "string" &&
      typeof device === "string" &&
      typeof path === "string" &&
      typeof size === "number" &&
      typeof modified === "number"
      ? { user, device, path, size, modified, folder: archive === true, since: file.lastModified }
      : undefined;
  } catch {
    return undefined;
  }
}

async function idOf({ user, device, path, size, modified }: Manifest): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([user, device, path, size, modified]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return [...hash.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
