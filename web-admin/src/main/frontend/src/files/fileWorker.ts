/**
 * Writes one download into the private file system, where only a worker may write into a file in place, or reads one upload; and hashes it: new memory for every MiB costs as much as all the rest, and the
 * page's thread has enough to do. The page ({@link file://./fileThread.ts}) sends {@link ToWorker}, one answer comes for each, in order.
 */
export type ToWorker =
  /** What there is of it from one byte to another is read, and hashed. */
  | { readonly source: Blob; readonly from: number; readonly to: number }
  /** Opens it, and cuts it off behind so many bytes. */
  | { readonly folder: string; readonly download: string; readonly name: string; readonly at: number }
  | { readonly bytes: Uint8Array<ArrayBuffer>; readonly hashed: boolean }
  | "close";

export interface FromWorker {
  /** The name of a `DOMException` if it failed. */
  readonly failed?: string;
  /** What was read, or the memory of what was written, to be used again: new memory costs more than the write. */
  readonly block?: ArrayBuffer;
  /** SHA-256 of that; of what was written if it was asked for. */
  readonly hash?: Uint8Array<ArrayBuffer>;
}

interface SyncAccessHandle {
  write(bytes: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}

let file: SyncAccessHandle | undefined;
let at = 0;
let queue: Promise<void> = Promise.resolve();

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  // reads need nothing of each other, and are made at once
  const result = data !== "close" && "source" in data ? run(data) : queue.then(() => run(data));
  result.catch(() => undefined); // it may fail before its turn comes, and is answered then
  queue = queue
    .then(() => result)
    .then(answer, (error: unknown) => answer({ failed: error instanceof DOMException ? error.name : "UnknownError" }));
};

function answer(message: FromWorker): void {
  self.postMessage(message, { transfer: message.block === undefined ? [] : [message.block] });
}

async function run(message: ToWorker): Promise<FromWorker> {
  if (message === "close") {
    file?.flush();
    file?.close();
    file = undefined;
  } else if ("bytes" in message) {
    const { bytes, hashed } = message;
    // hashed elsewhere while it is written here
    const hash = hashed ? sha256(bytes) : undefined;
    write(bytes);
    return { block: bytes.buffer, ...(hash === undefined ? {} : { hash: await hash }) };
  } else if ("source" in message) {
    const block = await message.source.slice(message.from, message.to).arrayBuffer();
    return { block, hash: await sha256(block) };
  } else {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle(message.folder)).getDirectoryHandle(message.download);
    const handle = await folder.getFileHandle(message.name, { create: true });
    file = await (
      handle as unknown as { createSyncAccessHandle(): Promise<SyncAccessHandle> }
    ).createSyncAccessHandle();
    at = message.at;
    file.truncate(at);
  }
  return {};
}

async function sha256(bytes: BufferSource): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

function write(bytes: Uint8Array<ArrayBuffer>): void {
  if (file === undefined) throw new DOMException("", "InvalidStateError");
  for (let rest = bytes; rest.length > 0; ) {
    const count = file.write(rest, { at });
    if (count === 0) throw new DOMException("", "QuotaExceededError");
    at += count;
    rest = rest.subarray(count);
  }
}
