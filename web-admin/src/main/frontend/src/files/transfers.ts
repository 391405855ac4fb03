import { SessionError } from "../session";
import type { Session } from "../session/api";
import { countAll, discard, download, FileError, makeFolder, upload } from "./client";
import { join, nameOf, type RawPath, rawOf } from "./path";
import { type Manifest, StoredDownload } from "./store";
import { downloadTree } from "./tree";

export type TransferState = "queued" | "running" | "checking" | "paused" | "done" | "failed";

/** One file on its way, as it is shown. */
export interface Transfer {
  readonly id: number;
  readonly kind: "download" | "upload";
  readonly path: RawPath;
  /** Null of a folder that could not be counted, until it is there. */
  readonly size: number | null;
  readonly done: number;
  /** Bytes a second, lately. */
  readonly rate: number;
  readonly state: TransferState;
  /** A folder, as an archive. */
  readonly folder: boolean;
  /** Why it failed: a code of `files.md`, or of the session. */
  readonly error: { readonly code: string; readonly detail: string } | null;
}

interface Job {
  view: Transfer;
  readonly file: File | null;
  /** What is downloaded; none of a folder, which is always begun anew. */
  readonly manifest: Manifest | null;
  /** Once it was begun: until then it takes no room. */
  stored: StoredDownload | null;
  replace: boolean;
  /** Folders that must be there before. */
  readonly folders: readonly RawPath[];
  abort: AbortController | null;
  /** The device was asked to take it. */
  begun: boolean;
  /** Until its last attempt has let go of everything. */
  over: Promise<void>;
  readonly samples: { readonly at: number; readonly done: number }[];
}

const AT_ONCE = 3;
const SHOW_EVERY_MS = 200;
/** The rate is that of the last seconds, from samples that are so far apart. */
const RATE_MS = 3_000;
const SAMPLE_MS = 50;

/** All transfers of a page: some at once, the rest waiting; each can be paused, and goes on after a break of the session. */
export class Transfers {
  readonly #user: string;
  readonly #device: string;
  readonly #save: (name: string, content: Blob) => void;
  /** By id, in the order in which they came. */
  readonly #jobs = new Map<number, Job>();
  /** Downloads of files, by what they are of. */
  readonly #downloads = new Map<string, Job>();
  /** Those that wait for their turn, the next one first. */
  #queued = new Set<Job>();
  #running = 0;
  readonly #made = new Set<RawPath>();
  readonly #listeners = new Set<() => void>();
  #session: Session | null = null;
  /** Null when something has changed since it was looked at. */
  #snapshot: readonly Transfer[] | null = [];
  #timer: ReturnType<typeof setTimeout> | null = null;
  #shownAt = Number.NEGATIVE_INFINITY;
  #next = 1;
  /** Something on the device was changed by an upload. */
  onUploaded: (folder: RawPath) => void = () => undefined;

  /**
   * @param user the id of whom the downloads are for
   * @param save hands a file to the user
   */
  constructor(user: string, device: string, save: (name: string, content: Blob) => void) {
    this.#user = user;
    this.#device = device;
    this.#save = save;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): readonly Transfer[] => {
    this.#snapshot ??= [...this.#jobs.values()].map(({ view }) => view);
    return this.#snapshot;
  };

  /** The session that transfers run over from now on; what a lost one broke off goes on. */
  use(session: Session | null): void {
    this.#session = session;
    if (session === null) return;
    for (const job of this.#jobs.values())
      if (job.view.state === "failed" && job.view.error?.code === "interrupted") this.#set(job, { state: "queued" });
    // what was on its way goes before what has waited
    this.#queued = new Set([...this.#queued].sort((one, other) => one.view.id - other.view.id));
    this.#begin();
  }

  get active(): boolean {
    return this.#running > 0 || this.#queued.size > 0;
  }

  /** What is in the list already goes on, or is compared and handed out again: there is one place for its content. */
  download(path: RawPath, size: number, modified: number): void {
    const manifest = { user: this.#user, device: this.#device, path, size, modified };
    const job = this.#downloads.get(keyOf(manifest));
    if (job === undefined) this.#add("download", path, size, { manifest });
    else if (!isUnderWay(job.view)) this.resume(job.view.id);
  }

  /** A folder with all that is in it, as a ZIP archive. */
  downloadFolder(path: RawPath): void {
    this.#add("download", path, 0, { folder: true });
  }

  /** One that a reload interrupted: it waits until somebody wants it. */
  interrupted(stored: StoredDownload): void {
    const { manifest } = stored;
    if (this.#downloads.has(keyOf(manifest))) return;
    this.#add("download", manifest.path, manifest.size, { manifest, stored, paused: true });
  }

  /**
   * @param below names of folders between the folder and the file
   * @param file null for the folders alone
   */
  upload(folder: RawPath, below: readonly string[], file: File | null): void {
    const folders: RawPath[] = [];
    let at = folder;
    for (const name of below) {
      at = join(at, rawOf(name));
      folders.push(at);
    }
    if (file === null) this.#add("upload", at, 0, { folders });
    else this.#add("upload", join(at, rawOf(file.name)), file.size, { file, folders });
  }

  pause(id: number): void {
    this.#with(id, (job) => {
      this.#set(job, { state: "paused", rate: 0 });
      job.abort?.abort();
      job.abort = null;
    });
  }

  /** @param replace what is called so already */
  resume(id: number, replace = false): void {
    this.#with(id, (job) => {
      job.replace ||= replace;
      this.#set(job, { state: "queued", error: null });
      this.#begin();
    });
  }

  /** Takes it from the list; what is not whole is removed at either end. */
  remove(id: number): void {
    this.#with(id, (job) => {
      const { kind, state, path } = job.view;
      this.#count(job, -1);
      this.#jobs.delete(id);
      if (job.manifest !== null) this.#downloads.delete(keyOf(job.manifest));
      job.abort?.abort();
      void job.over.then(() => job.stored?.forget());
      const session = this.#session;
      if (kind === "upload" && state !== "done" && job.file !== null && session !== null && job.begun)
        discard(session, path, job.file.size, job.file.lastModified).catch(() => undefined);
      this.#show();
      this.#begin();
    });
  }

  #with(id: number, action: (job: Job) => void): void {
    const job = this.#jobs.get(id);
    if (job !== undefined) action(job);
  }

  #add(
    kind: Transfer["kind"],
    path: RawPath,
    size: number,
    more: {
      manifest?: Manifest;
      stored?: StoredDownload;
      file?: File;
      folders?: readonly RawPath[];
      paused?: boolean;
      folder?: boolean;
    },
  ): void {
    const { manifest = null, stored = null, file = null, folders = [], paused = false, folder = false } = more;
    const state = paused ? "paused" : "queued";
    const done = stored?.length ?? 0;
    const view: Transfer = { id: this.#next++, kind, path, size, done, rate: 0, state, folder, error: null };
    const job: Job = {
      view,
      file,
      manifest,
      stored,
      replace: false,
      folders,
      abort: null,
      begun: false,
      over: Promise.resolve(),
      samples: [],
    };
    this.#jobs.set(view.id, job);
    if (manifest !== null) this.#downloads.set(keyOf(manifest), job);
    this.#count(job, 1);
    this.#show();
    this.#begin();
  }

  #begin(): void {
    const session = this.#session;
    if (session === null) return;
    for (const job of this.#queued) {
      if (this.#running >= AT_ONCE) return;
      job.over = this.#run(job, session);
    }
  }

  async #run(job: Job, session: Session): Promise<void> {
    const abort = new AbortController();
    job.abort = abort;
    job.samples.length = 0;
    this.#set(job, { state: "running", error: null, rate: 0 });
    let failed: unknown = null;
    try {
      await job.over;
      if (job.view.kind === "upload") await this.#upload(job, session, abort.signal);
      else if (job.manifest === null) await this.#archive(job, session, abort.signal);
      else await this.#download(job, job.manifest, session, abort.signal);
    } catch (error) {
      failed = error;
    }
    await job.stored?.rest();
    if (!abort.signal.aborted)
      this.#set(
        job,
        failed === null
          ? { state: "done", done: job.view.size ?? job.view.done, rate: 0 }
          : { state: "failed", rate: 0, error: described(failed) },
      );
    if (job.abort === abort) job.abort = null;
    this.#begin();
  }

  async #upload(job: Job, session: Session, signal: AbortSignal): Promise<void> {
    for (const folder of job.folders) {
      if (this.#made.has(folder)) continue;
      await makeFolder(session, folder, true);
      this.#made.add(folder);
    }
    job.begun = job.file !== null;
    if (job.file !== null)
      await upload(session, job.view.path, job.file, {
        replace: job.replace,
        signal,
        progress: (done) => this.#progress(job, done),
        sent: () => {
          if (!signal.aborted) this.#set(job, { state: "checking" });
        },
      });
    this.onUploaded(job.view.path);
  }

  async #download(job: Job, manifest: Manifest, session: Session, signal: AbortSignal): Promise<void> {
    const { path } = manifest;
    let stored = await (job.stored?.again() ?? StoredDownload.of(manifest));
    job.stored = stored;
    this.#set(job, { done: stored.length });
    const options = { signal, progress: (done: number) => this.#progress(job, done) };
    try {
      await download(session, path, stored, options);
    } catch (error) {
      if (!(error instanceof FileError) || (error.code !== "changed" && error.code !== "checksum")) throw error;
      // not the beginning of this file: from the beginning, once
      await stored.forget();
      stored = await StoredDownload.of(manifest);
      job.stored = stored;
      await download(session, path, stored, options);
    }
    this.#save(nameOf(path), stored.blob());
  }

  async #archive(job: Job, session: Session, signal: AbortSignal): Promise<void> {
    const { path } = job.view;
    await job.stored?.forget();
    const size = await sizeOf(session, path, signal);
    this.#set(job, { size, done: 0 });
    const manifest = {
      user: this.#user,
      device: this.#device,
      path,
      // what may be large is not kept in memory
      size: size ?? Number.MAX_SAFE_INTEGER,
      modified: job.view.id,
      folder: true,
    };
    const before = await StoredDownload.of(manifest);
    await before.forget();
    const stored = await StoredDownload.of(manifest);
    job.stored = stored;
    await downloadTree(
      session,
      path,
      (piece) => stored.write(piece),
      signal,
      (done) => this.#progress(job, done),
    );
    await stored.end();
    this.#set(job, { size: job.view.done });
    this.#save(`${nameOf(path) || "root"}.zip`, stored.blob());
  }

  /** Hands a whole download out again. */
  save(id: number): void {
    this.#with(id, ({ stored, view }) => {
      if (stored !== null && view.state === "done")
        this.#save(nameOf(view.path) + (view.folder ? ".zip" : ""), stored.blob());
    });
  }

  #progress(job: Job, done: number): void {
    const now = performance.now();
    const last = job.samples.at(-1);
    if (last === undefined || now - last.at >= SAMPLE_MS) {
      job.samples.push({ at: now, done });
      while ((job.samples[0]?.at ?? now) < now - RATE_MS) job.samples.shift();
    }
    const first = job.samples[0];
    const rate =
      first === undefined || now - first.at < SAMPLE_MS
        ? job.view.rate
        : ((done - first.done) * 1000) / (now - first.at);
    job.view = { ...job.view, done, rate };
    this.#show();
  }

  #set(job: Job, change: Partial<Transfer>): void {
    this.#count(job, -1);
    job.view = { ...job.view, ...change };
    this.#count(job, 1);
    this.#show();
  }

  /** Of its state: one more, or one less. What was taken from the list counts no more. */
  #count(job: Job, by: 1 | -1): void {
    const { id, state } = job.view;
    if (!this.#jobs.has(id)) return;
    if (isRunning(job.view)) this.#running += by;
    if (state === "queued" && by === 1) this.#queued.add(job);
    else this.#queued.delete(job);
  }

  /** At once, but not more often than people see: thousands of files change it a hundred times a second. */
  #show(): void {
    this.#snapshot = null;
    if (this.#timer !== null) return;
    const wait = this.#shownAt + SHOW_EVERY_MS - performance.now();
    if (wait > 0) {
      this.#timer = setTimeout(() => this.#tell(), wait);
      return;
    }
    this.#tell();
  }

  #tell(): void {
    this.#timer = null;
    this.#shownAt = performance.now();
    for (const listener of [...this.#listeners]) listener();
  }
}

/** Of a folder with all that is in it; null where the device cannot count it, which keeps nobody from what can be read of it. */
async function sizeOf(session: Session, path: RawPath, signal: AbortSignal): Promise<number | null> {
  try {
    return (await countAll(session, path, signal)).bytes;
  } catch (error) {
    if (error instanceof FileError) return null;
    throw error;
  }
}

function isRunning({ state }: Transfer): boolean {
  return state === "running" || state === "checking";
}

function isUnderWay(transfer: Transfer): boolean {
  return isRunning(transfer) || transfer.state === "queued";
}

/** Which version of which file, of one user and device. */
function keyOf({ path, size, modified }: Manifest): string {
  return JSON.stringify([path, size, modified]);
}

function described(error: unknown): { readonly code: string; readonly detail: string } {
  if (error instanceof FileError) return { code: error.code, detail: error.detail };
  if (error instanceof SessionError) {
    const lost = error.code === "interrupted" || error.code === "ended-by-device" || error.code === "ticket-expired";
    return { code: lost ? "interrupted" : error.code, detail: error.detail };
  }
  if (error instanceof DOMException && error.name === "QuotaExceededError")
    return { code: "no-space-here", detail: "" };
  if (error instanceof DOMException && error.name === "NoModificationAllowedError")
    return { code: "in-another-tab", detail: "" };
  if (error instanceof DOMException && error.name === "NotReadableError") return { code: "unreadable", detail: "" };
  return { code: "failed", detail: "" };
}
