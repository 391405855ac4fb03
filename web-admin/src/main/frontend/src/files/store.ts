import type { Sink } from "./client";
import type { RawPath } from "./path";
import { contentOf, downloads, StoreFile } from "./storeFile";

/**
 * Downloads on their way, in the private file system of this origin, where they outlive the page. What the browser hands out in the end is that file, which is not read into memory. Where there is no
 * such file system it stays in memory and begins anew after a reload.
 */
const MEBIBYTE = 1024 * 1024;
/** What a `Blob` in memory is put together from. */
const PART = 16 * MEBIBYTE;
const MANIFEST = "manifest.json";
/** What a person is told; where files cannot be written for another reason, memory will do. */
const TOLD = new Set(["QuotaExceededError", "NoModificationAllowedError"]);

/** What a download is of. */
export interface Manifest {
  readonly device: string;
  readonly path: RawPath;
  readonly size: number;
  readonly modified: number;
  /** An archive of a folder, which cannot be gone on with. */
  readonly folder?: boolean;
}

interface Stored extends Manifest {
  readonly id: string;
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
    if ((await manifestOf(id, folder)) === undefined)
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
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (this.#folder === undefined) this.#keep(bytes);
    else {
      this.#file ??= StoreFile.open(this.id, this.#length);
      await (await this.#file).write(bytes);
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

/** Downloads of a device that a reload interrupted. What is whole was handed out, and is removed. */
export async function interrupted(device: string): Promise<readonly StoredDownload[]> {
  const root = await downloads();
  if (root === undefined) return [];
  const found: StoredDownload[] = [];
  for await (const [id, handle] of root as unknown as AsyncIterable<[string, FileSystemHandle]>) {
    if (handle.kind !== "directory") continue;
    const stored = await manifestOf(id, handle as FileSystemDirectoryHandle);
    if (stored === undefined || stored.device !== device) continue;
    const download = await StoredDownload.of(stored);
    if (download.id === id && download.length < stored.size) found.push(download);
    else await root.removeEntry(id, { recursive: true }).catch(() => undefined);
  }
  return found;
}

async function manifestOf(id: string, folder: FileSystemDirectoryHandle): Promise<Stored | undefined> {
  try {
    const file = await (await folder.getFileHandle(MANIFEST)).getFile();
    const value: unknown = JSON.parse(await file.text());
    if (typeof value !== "object" || value === null) return undefined;
    const { device, path, size, modified, folder: archive } = value as Record<string, unknown>;
    return typeof device === "string" &&
      typeof path === "string" &&
      typeof size === "number" &&
      typeof modified === "number"
      ? { id, device, path, size: archive === true ? 0 : size, modified }
      : undefined;
  } catch {
    return undefined;
  }
}

async function idOf({ device, path, size, modified }: Manifest): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify([device, path, size, modified]));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", text));
  return [...hash.subarray(0, 16)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
