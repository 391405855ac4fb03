import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { transformWithOxc } from "vite";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { type Chosen, ofDrop } from "../pages/files/dropped";
import { upload } from "./client";
import { jsonOf } from "./path";
import { PIECE } from "./pieceHash";
import { interrupted } from "./store";
import { type DeviceSide, fileSession, listed } from "./testing";
import { Transfers } from "./transfers";

const SOURCE = new URL("./fileWorker.ts", import.meta.url);
const workerCode = (await transformWithOxc(readFileSync(SOURCE, "utf8"), SOURCE.pathname)).code.replace(
  /^export .*$/m,
  "",
);

/** The private file system of an origin, whose tabs share it, with its locks. */
class StoredFile {
  readonly kind = "file";
  bytes = new Uint8Array(0);
  written = Date.now();
  writer: object | undefined;

  async getFile(): Promise<File> {
    return new File([this.bytes], "", { lastModified: this.written });
  }

  createSyncAccessHandle = async (writer: object) => {
    if (this.writer !== undefined) throw new DOMException("", "NoModificationAllowedError");
    this.writer = writer;
    return {
      truncate: (size: number) => {
        const kept = new Uint8Array(size);
        kept.set(this.bytes.subarray(0, size));
        this.bytes = kept;
      },
      write: (part: Uint8Array, { at }: { at: number }) => {
        const all = new Uint8Array(Math.max(this.bytes.length, at + part.length));
        all.set(this.bytes);
        all.set(part, at);
        this.bytes = all;
        this.written = Date.now();
        return part.length;
      },
      flush: () => undefined,
      close: () => {
        this.writer = undefined;
      },
    };
  };
}

class StoredFolder {
  readonly kind = "directory";
  readonly entries = new Map<string, StoredFolder | StoredFile>();

  #child<T>(name: string, make: () => T & (StoredFolder | StoredFile), create = false): T {
    if (!this.entries.has(name)) {
      if (!create) throw new DOMException("", "NotFoundError");
      this.entries.set(name, make());
    }
    return this.entries.get(name) as T;
  }

  async getDirectoryHandle(name: string, options?: { create: boolean }) {
    return this.#child(name, () => new StoredFolder(), options?.create);
  }

  async getFileHandle(name: string, options?: { create: boolean }) {
    return this.#child(name, () => new StoredFile(), options?.create);
  }

  async removeEntry(name: string) {
    if (this.locked(name)) throw new DOMException("", "NoModificationAllowedError");
    this.entries.delete(name);
  }

  locked(name: string): boolean {
    const entry = this.entries.get(name);
    if (entry instanceof StoredFile) return entry.writer !== undefined;
    return entry !== undefined && [...entry.entries.keys()].some((child) => entry.locked(child));
  }

  async *[Symbol.asyncIterator]() {
    yield* this.entries;
  }
}

let disk: StoredFolder;

/** Runs the worker as it is, beside the page. */
class TestWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly #self: { onmessage?: (event: { data: unknown }) => void; postMessage: (message: unknown) => void };

  constructor() {
    this.#self = { postMessage: (data) => queueMicrotask(() => this.onmessage?.({ data })) };
    const handle = (file: StoredFile) => ({ createSyncAccessHandle: () => file.createSyncAccessHandle(this) });
    const storage = {
      getDirectory: async () => ({
        getDirectoryHandle: async (name: string) => {
          const top = await disk.getDirectoryHandle(name);
          return {
            getDirectoryHandle: async (below: string) => {
              const folder = (await (top as StoredFolder).getDirectoryHandle(below)) as StoredFolder;
              return {
                getFileHandle: async (file: string, options: { create: boolean }) =>
                  handle((await folder.getFileHandle(file, options)) as StoredFile),
              };
            },
          };
        },
      }),
    };
    new Function("self", "navigator", workerCode)(this.#self, { storage });
  }

  postMessage(message: unknown): void {
    const data = structuredClone(message);
    queueMicrotask(() => this.#self.onmessage?.({ data }));
  }

  terminate(): void {
    const free = (entry: StoredFolder | StoredFile): void => {
      if (entry instanceof StoredFolder) for (const child of entry.entries.values()) free(child);
      else if (entry.writer === this) entry.writer = undefined;
    };
    free(disk);
  }
}

const MEBIBYTE = 1024 * 1024;
const PORTION = 256 * 1024;
const USER = "anna";
const DEVICE = "device";
const content = Uint8Array.from({ length: 7 * MEBIBYTE }, (_, i) => (i * 7919 + (i >> 8) * 31) & 255);

function pieces(bytes: Uint8Array): string {
  const all = createHash("sha256");
  for (let at = 0; at < bytes.length; at += PIECE)
    all.update(
      createHash("sha256")
        .update(bytes.subarray(at, at + PIECE))
        .digest(),
    );
  return all.digest("hex");
}

let saved: Blob[];
let requests: Record<string, unknown>[];
/** So much of the file is sent before the device waits. */
let until: number;
let breaks: boolean;

function serve(side: DeviceSide): void {
  if (!side.closed) return;
  const { request } = side;
  requests.push(request);
  if (request.op === "mkdir") {
    side.say({ done: { entries: 1 } });
    return side.end();
  }
  side.say({ file: { size: content.length } });
  for (let at = request.offset as number; at < until; at += PORTION)
    side.send(content.slice(at, Math.min(at + PORTION, until)));
  if (until === content.length) {
    side.say({ end: { pieces: pieces(content) } });
    side.end();
  } else if (breaks) {
    side.say({ error: { code: "failed", text: "" } });
    side.end();
  }
}

/** A tab with the page. */
function tab(): Transfers {
  const transfers = new Transfers(USER, DEVICE, (_name, blob) => saved.push(blob));
  transfers.use(fileSession(serve));
  return transfers;
}

const first = (transfers: Transfers) => transfers.snapshot()[0];
const state = (transfers: Transfers, wanted: string) =>
  vi.waitFor(() => expect(first(transfers)?.state).toBe(wanted), 5_000);
const arrived = (transfers: Transfers, bytes: number) =>
  vi.waitFor(() => expect(first(transfers)?.done).toBe(bytes), 5_000);
const begin = (transfers: Transfers) => transfers.download("/srv/big", content.length, 1);

async function expectWhole(): Promise<void> {
  expect(saved).toHaveLength(1);
  const bytes = new Uint8Array(await (saved[0] as Blob).arrayBuffer());
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(createHash("sha256").update(content).digest("hex"));
}

beforeEach(() => {
  disk = new StoredFolder();
  saved = [];
  requests = [];
  until = 5 * MEBIBYTE + 3;
  breaks = false;
  vi.stubGlobal("navigator", { storage: { getDirectory: async () => disk } });
  vi.stubGlobal("Worker", TestWorker);
});

describe("a download into the browser's files", () => {
  it("is written by a worker whose address is vouched for, as the site's policy wants", async () => {
    const addresses: unknown[] = [];
    class StrictWorker extends TestWorker {
      constructor(address: unknown) {
        super();
        addresses.push(address);
      }
    }
    vi.stubGlobal("Worker", StrictWorker);
    vi.stubGlobal("trustedTypes", {
      createPolicy: (_name: string, rules: { createScriptURL(): string }) => ({
        createScriptURL: () => ({ vouchedFor: rules.createScriptURL() }),
      }),
    });
    vi.resetModules();
    const { StoreFile } = await import("./storeFile");
    const folder = await disk.getDirectoryHandle("bascule-downloads", { create: true });
    await folder.getDirectoryHandle("one", { create: true });
    await StoreFile.put("one", "manifest.json", "{}");
    expect(addresses).toEqual([{ vouchedFor: expect.stringContaining("fileWorker") }]);
  });

  it("goes on behind all that came before it was paused, in this tab", async () => {
    const transfers = tab();
    begin(transfers);
    await arrived(transfers, until);
    transfers.pause(1);
    until = content.length;
    transfers.resume(1);
    await state(transfers, "done");
    // whole mebibytes are relied on
    expect(requests.map(({ offset }) => offset)).toEqual([0, 5 * MEBIBYTE]);
    await expectWhole();
  });

  it.each([
    ["is paused", (): undefined => undefined, "paused"],
    [
      "has failed",
      () => {
        breaks = true;
      },
      "failed",
    ],
  ] as const)("that %s is gone on with in another tab", async (_what, prepare, stopped) => {
    prepare();
    const one = tab();
    begin(one);
    await arrived(one, until);
    const two = tab();
    for (const stored of await interrupted(USER, DEVICE)) two.interrupted(stored);
    if (stopped === "paused") {
      two.resume(1);
      await state(two, "failed");
      expect(first(two)?.error?.code).toBe("in-another-tab");
      one.pause(1);
    }
    await state(one, stopped);
    until = content.length;
    await vi.waitFor(() => expect(disk.locked("bascule-downloads")).toBe(false));
    two.resume(1);
    await state(two, "done");
    expect(requests.at(-1)?.offset).toBe(5 * MEBIBYTE);
    await expectWhole();
  });

  it("is found after a reload, and goes on", async () => {
    const one = tab();
    begin(one);
    await arrived(one, until);
    one.pause(1);
    await vi.waitFor(() => expect(disk.locked("bascule-downloads")).toBe(false));
    const two = tab();
    for (const stored of await interrupted(USER, DEVICE)) two.interrupted(stored);
    expect(first(two)).toMatchObject({ state: "paused", path: "/srv/big", done: 5 * MEBIBYTE });
    until = content.length;
    two.resume(1);
    await state(two, "done");
    await expectWhole();
  });

  it("that has failed takes no room any more, whatever the device sends", async () => {
    let device: DeviceSide | undefined;
    const transfers = new Transfers(USER, DEVICE, (_name, blob) => saved.push(blob));
    transfers.use(
      fileSession((side) => {
        if (!side.closed) return;
        device = side;
        side.say({ file: { size: content.length } });
        side.send(content.slice(0, MEBIBYTE));
        side.say({ error: { code: "failed", text: "" } });
      }),
    );
    begin(transfers);
    await state(transfers, "failed");
    const stored = async (): Promise<number[]> => (await interrupted(USER, DEVICE)).map(({ length }) => length);
    expect(await stored()).toEqual([MEBIBYTE]);
    for (let at = MEBIBYTE; at < 4 * MEBIBYTE; at += PORTION) device?.send(content.slice(at, at + PORTION));
    await new Promise((waited) => setTimeout(waited, 50));
    expect(disk.locked("bascule-downloads")).toBe(false);
    expect(await stored()).toEqual([MEBIBYTE]);
  });

  it("is one of hundreds, and takes room when it is its turn", async () => {
    const workers = new Set<TestWorker>();
    class CountedWorker extends TestWorker {
      constructor() {
        super();
        workers.add(this);
      }
    }
    vi.stubGlobal("Worker", CountedWorker);
    const transfers = tab();
    for (let i = 0; i < 200; i++) transfers.download(`/srv/${i}`, content.length, 1);
    await vi.waitFor(() => expect(transfers.snapshot()).toHaveLength(200));
    await vi.waitFor(() => expect(requests).toHaveLength(3));
    await arrived(transfers, until);
    // one for what it is of, one for the content
    expect(workers.size).toBe(2 * 3);
    expect(await interrupted(USER, DEVICE)).toHaveLength(3);
    expect(transfers.snapshot().filter((transfer) => transfer.state === "queued")).toHaveLength(197);
    transfers.remove(1);
    await vi.waitFor(() => expect(requests).toHaveLength(4));
  });

  it("is one, however often it is asked for", async () => {
    const transfers = tab();
    begin(transfers);
    begin(transfers);
    await arrived(transfers, until);
    begin(transfers);
    expect(transfers.snapshot()).toHaveLength(1);
    transfers.pause(1);
    until = content.length;
    begin(transfers);
    await state(transfers, "done");
    await expectWhole();
    // is it still that file?
    begin(transfers);
    await vi.waitFor(() => expect(saved).toHaveLength(2));
    expect(transfers.snapshot()).toHaveLength(1);
    expect(requests.map(({ offset }) => offset)).toEqual([0, 5 * MEBIBYTE, content.length]);
    transfers.download("/srv/big", content.length, 2);
    expect(transfers.snapshot()).toHaveLength(2);
  });

  it("that is cancelled on its way leaves nothing", async () => {
    const transfers = tab();
    begin(transfers);
    await arrived(transfers, until);
    transfers.remove(1);
    const downloads = disk.entries.get("bascule-downloads") as StoredFolder;
    await vi.waitFor(() => expect(downloads.entries.size).toBe(0));
    expect(transfers.snapshot()).toEqual([]);
  });
});

describe("what downloads have left in the browser", () => {
  const HOUR = 60 * 60_000;
  const downloads = () => [
    ...((disk.entries.get("bascule-downloads") as StoredFolder | undefined)?.entries.keys() ?? []),
  ];
  const free = () => vi.waitFor(() => expect(disk.locked("bascule-downloads")).toBe(false));
  const later = (after: number) => {
    const now = Date.now() + after;
    vi.spyOn(Date, "now").mockReturnValue(now);
  };
  /** Of another device than the one that is looked at later. */
  const begun = () => {
    const transfers = new Transfers(USER, "another", (_name, blob) => saved.push(blob));
    transfers.use(fileSession(serve));
    begin(transfers);
    return transfers;
  };
  const paused = async () => {
    const transfers = begun();
    await arrived(transfers, until);
    transfers.pause(1);
    await free();
  };

  it("is removed a week after somebody has gone on with it", async () => {
    await paused();
    later(7 * 24 * HOUR - 1_000);
    expect(await interrupted(USER, DEVICE)).toEqual([]);
    expect(await interrupted(USER, "another")).toHaveLength(1);
    later(2_000);
    await interrupted(USER, DEVICE);
    expect(downloads()).toEqual([]);
  });

  it("is removed an hour after it was handed out whole, until when a tab may hand it out again", async () => {
    until = content.length;
    const transfers = begun();
    await state(transfers, "done");
    later(HOUR - 1_000);
    expect(await interrupted(USER, "another")).toEqual([]);
    expect(downloads()).toHaveLength(1);
    later(2_000);
    await interrupted(USER, DEVICE);
    expect(downloads()).toEqual([]);
  });

  it("is removed when another user is there, and none of it is his", async () => {
    await paused();
    expect(await interrupted("berta", "another")).toEqual([]);
    expect(downloads()).toEqual([]);
  });

  it("is removed at once when its user leaves, though it is on its way", async () => {
    vi.resetModules();
    const fresh = { ...(await import("./transfers")), ...(await import("./storeFile")) };
    const transfers = new fresh.Transfers(USER, DEVICE, (_name, blob) => saved.push(blob));
    let device: DeviceSide | undefined;
    transfers.use(
      fileSession((side) => {
        // they are asked for at once, in any order
        if (side.request.path === jsonOf("/srv/1")) device = side;
        serve(side);
      }),
    );
    for (const path of ["/srv/1", "/srv/2", "/srv/3", "/srv/4"]) transfers.download(path, content.length, 1);
    await vi.waitFor(() => expect(requests).toHaveLength(3));
    await arrived(transfers, until);
    await fresh.emptied();
    expect(downloads()).toEqual([]);
    // what comes later, and who waits for his turn, is kept nowhere
    device?.send(content.slice(0, 2 * MEBIBYTE));
    await state(transfers, "failed");
    await vi.waitFor(() => expect(requests).toHaveLength(4));
    expect(downloads()).toEqual([]);
  });
});

describe("a folder as an archive", () => {
  const readable = new TextEncoder().encode("what can be read");
  /** Nobody may look into `/srv/locked`. */
  const folders = (side: DeviceSide): void => {
    if (!side.closed) return;
    const path = atob(String(side.request.path).replaceAll("-", "+").replaceAll("_", "/"));
    if (side.request.op === "count" || path === "/srv/locked") side.say({ error: { code: "denied", text: "" } });
    else if (side.request.op === "list") {
      side.say({ folder: { free: 0 } });
      side.send(listed("locked", "d", 0));
      side.send(listed("open.txt", "f", readable.length));
      side.say({ end: { entries: 2 } });
    } else {
      side.say({ file: { size: readable.length } });
      side.send(readable.slice());
      side.say({ end: { pieces: pieces(readable) } });
    }
    side.end();
  };

  it("has what can be read of it, and names the rest, though it cannot be counted", async () => {
    const transfers = new Transfers(USER, DEVICE, (_name, blob) => saved.push(blob));
    transfers.use(fileSession(folders));
    transfers.downloadFolder("/srv");
    await state(transfers, "done");
    expect(first(transfers)).toMatchObject({ size: readable.length, done: readable.length });
    const text = await (saved[0] as Blob).text();
    expect(text).toContain("what can be read");
    expect(text).toContain("srv/locked: denied");
    // what may be large is on the disk
    expect((disk.entries.get("bascule-downloads") as StoredFolder).entries.size).toBe(1);
  });

  it("fails where nothing of it can be read", async () => {
    const transfers = new Transfers(USER, DEVICE, (_name, blob) => saved.push(blob));
    transfers.use(fileSession(folders));
    transfers.downloadFolder("/srv/locked");
    await state(transfers, "failed");
    expect(first(transfers)?.error?.code).toBe("denied");
    expect(saved).toEqual([]);
  });
});

describe("thousands of transfers", () => {
  it("are shown a few times a second, and each is begun when it is its turn", async () => {
    const transfers = tab();
    let shown = 0;
    transfers.subscribe(() => {
      shown += 1;
    });
    const began = performance.now();
    const done = () => transfers.snapshot().filter((transfer) => transfer.state === "done").length;
    for (let i = 0; i < 5_000; i++) transfers.upload("/srv", [`${i}`], null);
    expect(transfers.snapshot()).toHaveLength(5_000);
    expect(transfers.active).toBe(true);
    await vi.waitFor(() => expect(done()).toBe(5_000), { timeout: 15_000, interval: 50 });
    const paths = requests.map(({ path }) => atob(String(path)));
    expect(paths).toEqual(Array.from({ length: 5_000 }, (_, i) => `/srv/${i}`));
    expect(transfers.active).toBe(false);
    await new Promise((waited) => setTimeout(waited, 300));
    expect(shown).toBeLessThanOrEqual((performance.now() - began) / 200 + 1);
    for (const { id } of transfers.snapshot()) transfers.remove(id);
    expect(transfers.snapshot()).toEqual([]);
  }, 20_000);

  it("go on in their order after a break, those first that it broke off", async () => {
    const broken: DeviceSide[] = [];
    const transfers = new Transfers(USER, DEVICE, () => undefined);
    transfers.use(
      fileSession((side) => {
        if (side.closed) broken.push(side);
      }),
    );
    for (let i = 1; i <= 9; i++) transfers.upload("/srv", [`${i}`], null);
    await vi.waitFor(() => expect(broken).toHaveLength(3));
    transfers.use(null);
    for (const side of broken) side.fail("interrupted");
    const states = () => transfers.snapshot().map((transfer) => transfer.state);
    await vi.waitFor(() => expect(states().slice(0, 3)).toEqual(["failed", "failed", "failed"]));
    transfers.use(fileSession(serve));
    await vi.waitFor(() => expect(new Set(states())).toEqual(new Set(["done"])));
    expect(requests.map(({ path }) => atob(String(path)))).toEqual(
      Array.from({ length: 9 }, (_, i) => `/srv/${i + 1}`),
    );
  });
});

type Tree = { readonly [name: string]: string | Tree };

function dropped(name: string, what: string | Tree): FileSystemEntry {
  if (typeof what === "string") {
    const file = (done: (file: File) => void) => done(new File([what], name));
    return { isFile: true, name, file } as unknown as FileSystemEntry;
  }
  const createReader = () => {
    const left = Object.entries(what);
    // one at a time, as a browser gives some at a time
    return {
      readEntries: (done: (entries: FileSystemEntry[]) => void) =>
        done(left.splice(0, 1).map(([child, below]) => dropped(child, below))),
    };
  };
  return { isFile: false, name, createReader } as unknown as FileSystemEntry;
}

describe("a folder that is dropped", () => {
  it("comes with its empty folders", async () => {
    const items = Object.entries({ a: { empty: {}, b: { "x.txt": "x" }, c: { deep: {} } }, none: {} }).map(
      ([name, what]) => ({ webkitGetAsEntry: () => dropped(name, what) }),
    );
    const chosen: readonly Chosen[] = await ofDrop({ items } as unknown as DataTransfer);
    expect(chosen.map(({ file, below }) => [...below, ...(file === null ? [] : [file.name])].join("/"))).toEqual([
      "a/empty",
      "a/b/x.txt",
      "a/c/deep",
      "none",
    ]);
    const transfers = tab();
    transfers.upload("/srv", ["a", "empty"], null);
    await state(transfers, "done");
    expect(requests.map(({ op, path }) => [op, atob(String(path))])).toEqual([
      ["mkdir", "/srv/a"],
      ["mkdir", "/srv/a/empty"],
    ]);
  });
});

describe("a long upload", () => {
  it("is read and hashed by a thread of its own, which ends with it, and goes on where an earlier attempt was", async () => {
    let threads = 0;
    class CountedWorker extends TestWorker {
      constructor() {
        super();
        threads++;
      }

      override terminate(): void {
        super.terminate();
        threads--;
      }
    }
    vi.stubGlobal("Worker", CountedWorker);
    const digest = vi.spyOn(crypto.subtle, "digest");
    const bytes = Uint8Array.from({ length: 11 * MEBIBYTE + 5 }, (_, i) => (i * 7919 + (i >> 8) * 31) & 255);
    const there = MEBIBYTE + 17;
    let side: DeviceSide | undefined;
    const session = fileSession((at) => {
      if (side === undefined) at.say({ ready: { offset: there, pieces: pieces(bytes.subarray(0, there)) } });
      side = at;
      if (!at.closed) return;
      at.say({ done: { sha256: "", tag: "" } });
      at.end();
    });
    await upload(session, "/f", new Blob([bytes]), { replace: false });
    expect(side?.said).toEqual([{ from: there }, { pieces: pieces(bytes) }]);
    expect(
      createHash("sha256")
        .update(concat(side?.received ?? []))
        .digest("hex"),
    ).toBe(createHash("sha256").update(bytes.subarray(there)).digest("hex"));
    expect(threads).toBe(0);
    // each whole piece behind the first ones was hashed where it was read: a buffer, not a view of one
    expect(digest.mock.calls.filter(([, of]) => of instanceof ArrayBuffer && of.byteLength === PIECE)).toHaveLength(9);
  });
});

function concat(parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}
