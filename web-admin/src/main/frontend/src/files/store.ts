import type { Sink } from "./client";
import type { RawPath } from "./path";

/**
 * Downloads on their way, in the private file system of this origin: in segments, of which each that is whole outlives the page. What the browser hands out in the end is put together from them without
 * being read into memory. Where there is no such file system a download stays in memory, and begins anew after a reload.
 */
const SEGMENT = 16 * 1024 * 1024;
const FOLDER = "bascule-downloads";

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
  readonly #segments: (Blob | File)[];
  readonly #folder: FileSystemDirectoryHandle | undefined;
  #length: number;
  /** Of the segment that is not whole yet. */
  #pieces: Uint8Array<ArrayBuffer>[] = [];
  #filled = 0;

  private constructor(
    readonly id: string,
    readonly manifest: Manifest,
    folder: FileSystemDirectoryHandle | undefined,
    segments: Blob[],
  ) {
    this.#folder = folder;
    this.#segments = segments;
    this.#length = segments.reduce((sum, { size }) => sum + size, 0);
  }

  /** A new one, or the one that was begun for the same version of the file. */
  static async of(manifest: Manifest): Promise<StoredDownload> {
    const root = await rootFolder();
    const id = await idOf(manifest);
    if (root === undefined) return new StoredDownload(id, manifest, undefined, []);
    const folder = await root.getDirectoryHandle(id, { create: true });
    await writeFile(folder, "manifest.json", new Blob([JSON.stringify(manifest)]));
    const segments: Blob[] = [];
    for (;;) {
      const segment = await readFile(folder, `${segments.length}`);
      if (segment === undefined || segment.size !== SEGMENT) break;
      segments.push(segment);
    }
    return new StoredDownload(id, manifest, folder, segments);
  }

  get length(): number {
    return this.#length;
  }

  async *stored(): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    for (const segment of this.#segments) yield new Uint8Array(await segment.arrayBuffer());
  }

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#length += bytes.length;
    for (let rest = bytes; rest.length > 0; ) {
      const part = rest.subarray(0, SEGMENT - this.#filled);
      this.#pieces.push(part);
      this.#filled += part.length;
      rest = rest.subarray(part.length);
      if (this.#filled === SEGMENT) await this.#store();
    }
  }

  async end(): Promise<void> {
    if (this.#filled > 0) await this.#store();
  }

  async #store(): Promise<void> {
    const segment = new Blob(this.#pieces);
    const name = `${this.#segments.length}`;
    this.#pieces = [];
    this.#filled = 0;
    if (this.#folder === undefined) {
      this.#segments.push(segment);
      return;
    }
    await writeFile(this.#folder, name, segment);
    this.#segments.push((await readFile(this.#folder, name)) ?? segment);
  }

  /** What is not whole is lost; the next attempt begins behind the last whole segment. */
  async again(): Promise<StoredDownload> {
    if (this.#folder !== undefined) return StoredDownload.of(this.manifest);
    const whole = this.#segments.filter(({ size }) => size === SEGMENT);
    return new StoredDownload(this.id, this.manifest, undefined, whole);
  }

  /** All of it, for the browser to save. */
  blob(): Blob {
    return new Blob(this.#segments, { type: "application/octet-stream" });
  }

  async forget(): Promise<void> {
    this.#segments.length = 0;
    await (await rootFolder())?.removeEntry(this.id, { recursive: true }).catch(() => undefined);
  }
}

/** Downloads of a device that a reload interrupted. What is whole was handed out, and is removed. */
export async function interrupted(device: string): Promise<readonly StoredDownload[]> {
  const root = await rootFolder();
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
    const value: unknown = JSON.parse((await (await readFile(folder, "manifest.json"))?.text()) ?? "");
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

async function rootFolder(): Promise<FileSystemDirectoryHandle | undefined> {
  try {
    const root = await navigator.storage.getDirectory();
    // Safari before 26 writes from workers alone
    if (!("createWritable" in FileSystemFileHandle.prototype)) return undefined;
    return await root.getDirectoryHandle(FOLDER, { create: true });
  } catch {
    return undefined;
  }
}

async function writeFile(folder: FileSystemDirectoryHandle, name: string, content: Blob): Promise<void> {
  const handle = await folder.getFileHandle(name, { create: true });
  const writable = await handle.createWritable();
  await writable.write(content);
  await writable.close();
}

async function readFile(folder: FileSystemDirectoryHandle, name: string): Promise<File | undefined> {
  try {
    return await (await folder.getFileHandle(name)).getFile();
  } catch {
    return undefined;
  }
}
