/**
 * Writes one download into the private file system, away from the page's thread: only a worker may write into a file in place. The page ({@link file://./storeFile.ts}) sends {@link ToWorker}, one answer
 * comes for each, in order.
 */
export type ToWorker =
  /** Opens it, and cuts it off behind so many bytes. */
  | { readonly folder: string; readonly download: string; readonly name: string; readonly at: number }
  | { readonly bytes: Uint8Array<ArrayBuffer> }
  | "close";

export interface FromWorker {
  /** The name of a `DOMException` if it failed. */
  readonly failed?: string;
  /** The memory of what was written, to be used again: new memory costs more than the write. */
  readonly block?: ArrayBuffer;
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
  queue = queue
    .then(() => run(data))
    .then(
      () => answer(typeof data === "object" && "bytes" in data ? { block: data.bytes.buffer } : {}),
      (error: unknown) => answer({ failed: error instanceof DOMException ? error.name : "UnknownError" }),
    );
};

function answer(message: FromWorker): void {
  self.postMessage(message, { transfer: message.block === undefined ? [] : [message.block] });
}

async function run(message: ToWorker): Promise<void> {
  if (message === "close") {
    file?.flush();
    file?.close();
    file = undefined;
  } else if ("bytes" in message) write(message.bytes);
  else {
    const root = await navigator.storage.getDirectory();
    const folder = await (await root.getDirectoryHandle(message.folder)).getDirectoryHandle(message.download);
    const handle = await folder.getFileHandle(message.name, { create: true });
    file = await (
      handle as unknown as { createSyncAccessHandle(): Promise<SyncAccessHandle> }
    ).createSyncAccessHandle();
    at = message.at;
    file.truncate(at);
  }
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
