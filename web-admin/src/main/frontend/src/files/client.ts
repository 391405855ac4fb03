import { Field, ImportError } from "../api/importer";
import type { SessionError } from "../session";
import type { FileListener, FileStream, Session } from "../session/api";
import { b64u, unb64u } from "../session/bytes";
import { type Entry, EntryReader, MalformedList } from "./entry";
import { FileThread } from "./fileThread";
import { jsonOf, type RawPath } from "./path";
import { PIECE, type Piece, PieceHash } from "./pieceHash";

/** What the device could not do; the codes are those of `docs/protocol/files.md`. */
export class FileError extends Error {
  constructor(
    readonly code: string,
    /** Of the device: hostile text. */
    readonly detail: string,
  ) {
    super(code);
  }
}

type Json = Readonly<Record<string, unknown>>;

/** Beyond what the session gives at first: enough for a long way. */
const CREDIT = 6 * 1024 * 1024;
/** A file from this length on has a thread of its own, which takes a moment to start. */
const LONG = 8 * PIECE;
/** Pieces that are read at once: each goes through three threads of the browser. */
const READS = 3;
/** Written and not yet sent. */
const AHEAD = 2 * 1024 * 1024;

/** One stream with its request: events to wait for, bytes to take. */
class Exchange implements FileListener {
  readonly #stream: FileStream;
  readonly #events: Json[] = [];
  #end: Error | "done" | undefined;
  #wake: (() => void)[] = [];
  #bytes: ((bytes: Uint8Array<ArrayBuffer>, consumed: () => void) => void) | undefined;

  constructor(
    session: Session,
    request: Json,
    signal?: AbortSignal,
    bytes?: (bytes: Uint8Array<ArrayBuffer>, consumed: () => void) => void,
  ) {
    this.#bytes = bytes;
    if (signal?.aborted === true) throw new DOMException("", "AbortError");
    this.#stream = session.openFile(request, this);
    signal?.addEventListener("abort", () => this.fail(new DOMException("", "AbortError")));
  }

  get stream(): FileStream {
    return this.#stream;
  }

  /** The next event with this member, as it is read. With one that is an error, or that is not what it should be, the exchange has failed. */
  async next<T>(member: string, read: (field: Field) => T): Promise<T> {
    for (;;) {
      for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
        try {
          const field = new Field(event);
          const error = field.get("error");
          if (!error.absent) throw new FileError(error.get("code").text(), error.get("text").text());
          if (!field.get(member).absent) return read(field.get(member));
        } catch (error) {
          this.fail(error instanceof Error ? error : new Error(String(error)));
          throw error;
        }
      }
      if (this.#end instanceof Error) throw this.#end;
      if (this.#end === "done") throw new FileError("failed", "");
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  /** Until little of what was written waits. */
  async room(): Promise<void> {
    while (this.#stream.waiting > AHEAD && this.#end === undefined)
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    if (this.#events.some((event) => "error" in event)) await this.next("done", nothing);
    if (this.#end instanceof Error) throw this.#end;
  }

  fail(error: Error): void {
    if (this.#end !== undefined) return;
    this.#end = error;
    this.#stream.cancel();
    this.#tell();
  }

  /** Everything has come: whatever comes now is too much. */
  whole(): void {
    this.#bytes = undefined;
  }

  data(bytes: Uint8Array<ArrayBuffer>, consumed: () => void): void {
    if (this.#end !== undefined) return;
    if (this.#bytes === undefined) this.fail(new FileError("failed", "bytes that nobody asked for"));
    else this.#bytes(bytes, consumed);
  }

  event(event: Json): void {
    if (this.#events.length < 1_000) this.#events.push(event);
    this.#tell();
  }

  drained(): void {
    this.#tell();
  }

  ended(error: SessionError | undefined): void {
    this.#end ??= error ?? "done";
    this.#tell();
  }

  #tell(): void {
    const waiting = this.#wake;
    this.#wake = [];
    for (const wake of waiting) wake();
  }
}

/** An answer without bytes. */
async function ask<T>(
  session: Session,
  request: Json,
  member: string,
  read: (field: Field) => T,
  signal?: AbortSignal,
): Promise<T> {
  const exchange = new Exchange(session, request, signal);
  exchange.stream.close();
  return exchange.next(member, read);
}

const nothing = () => undefined;

export interface Roots {
  readonly roots: readonly RawPath[];
}

export async function roots(session: Session): Promise<readonly RawPath[]> {
  return ask(session, { op: "roots" }, "roots", (list) => list.list((root) => rawOfJson(root.get("path").text())));
}

function rawOfJson(text: string): RawPath {
  try {
    return String.fromCharCode(...unb64u(text));
  } catch {
    throw new ImportError("path", "not base64url");
  }
}

export interface Found {
  readonly kind: string;
  readonly size: number;
  readonly mode: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
  readonly tag: string;
}

export async function stat(session: Session, path: RawPath): Promise<Found> {
  return ask(session, { op: "stat", path: jsonOf(path) }, "stat", (found) => ({
    kind: found.get("kind").text(),
    size: found.get("size").number(),
    mode: found.get("mode").number(),
    modified: found.get("mtime").number(),
    tag: found.get("tag").text(),
  }));
}

export interface Listed {
  readonly entries: readonly Entry[];
  /** Bytes of the file system that are free. */
  readonly free: number;
}

/** Of a folder: what a browser can keep and show, a million entries with the shortest names. */
const MAX_LIST = 32 * 1024 * 1024;

export async function list(session: Session, path: RawPath, signal?: AbortSignal): Promise<Listed> {
  const reader = new EntryReader();
  const entries: Entry[] = [];
  let length = 0;
  const exchange: Exchange = new Exchange(session, { op: "list", path: jsonOf(path) }, signal, (bytes, consumed) => {
    try {
      for (const entry of reader.read(bytes)) entries.push(entry);
    } catch (error) {
      exchange.fail(error instanceof MalformedList ? error : new MalformedList(String(error)));
    }
    length += bytes.length;
    if (length > MAX_LIST) exchange.fail(new FileError("too-many", ""));
    consumed();
  });
  exchange.stream.close();
  const free = await exchange.next("folder", (folder) => folder.get("free").number());
  await exchange.next("end", nothing);
  exchange.whole();
  if (!reader.complete) throw new MalformedList("half an entry");
  return { entries, free };
}

export async function makeFolder(session: Session, path: RawPath, existing = false): Promise<void> {
  await ask(session, { op: "mkdir", path: jsonOf(path), existing }, "done", nothing);
}

export async function rename(session: Session, path: RawPath, to: RawPath): Promise<void> {
  await ask(session, { op: "rename", path: jsonOf(path), to: jsonOf(to) }, "done", nothing);
}

/** How many entries are at and below it, with how many bytes. */
export async function countAll(
  session: Session,
  path: RawPath,
  signal?: AbortSignal,
): Promise<{ readonly entries: number; readonly bytes: number }> {
  return ask(
    session,
    { op: "count", path: jsonOf(path) },
    "done",
    (done) => ({ entries: done.get("entries").number(), bytes: done.get("bytes").number() }),
    signal,
  );
}

export async function count(session: Session, path: RawPath, signal?: AbortSignal): Promise<number> {
  return (await countAll(session, path, signal)).entries;
}

export async function remove(session: Session, path: RawPath): Promise<void> {
  await ask(session, { op: "delete", path: jsonOf(path), recursive: true }, "done", nothing);
}

/** Removes what a broken upload has left. */
export async function discard(session: Session, path: RawPath, size: number, mtime: number): Promise<void> {
  await ask(session, { op: "discard", path: jsonOf(path), size, mtime }, "done", nothing);
}

/** Where a download goes, with what it has already. */
export interface Sink {
  /** How many bytes are there. */
  readonly length: number;
  /** Those bytes again, in order. */
  stored(): AsyncIterable<Uint8Array<ArrayBuffer>>;
  /** @param hash takes the same bytes in, at the latest at the end, in pieces that are as large as they are written in */
  write(bytes: Uint8Array<ArrayBuffer>, hash: PieceHash): Promise<void>;
  /** Everything is written. */
  end(): Promise<void>;
}

interface Transferring {
  readonly signal?: AbortSignal;
  readonly progress?: (done: number) => void;
}

/**
 * Brings a file, behind what is there already; SHA-256 is compared at the end. Nothing is written beyond the size that the device says,
 * and nothing any more when it is over, whatever comes then.
 */
export async function download(
  session: Session,
  path: RawPath,
  sink: Sink,
  { signal, progress }: Transferring = {},
): Promise<void> {
  const hash = new PieceHash();
  for await (const bytes of sink.stored()) hash.update(bytes);
  let done = sink.length;
  const prefix = done === 0 ? {} : { prefix: b64u(await hash.soFar()) };
  const request = { op: "read", path: jsonOf(path), offset: done, ...prefix };
  const exchange: Exchange = new Exchange(session, request, signal, (bytes, consumed) => {
    done += bytes.length;
    const end = done;
    progress?.(done);
    written = written
      .then(async () => {
        if (end > most) throw new FileError("failed", "more bytes than the file has");
        await sink.write(bytes, hash);
        await hash.settled;
      })
      .then(consumed);
    written.catch((error: unknown) => exchange.fail(error instanceof Error ? error : new Error(String(error))));
  });
  exchange.stream.grant(CREDIT);
  exchange.stream.close();
  const size = exchange.next("file", (file) => file.get("size").count());
  let most = 0;
  let written: Promise<unknown> = size.then((bytes) => {
    most = bytes;
  });
  const pieces = await size
    .then(() => exchange.next("end", (end) => end.get("pieces").text()))
    .finally(() => written.catch(nothing));
  exchange.whole();
  await written;
  await sink.end();
  if (done !== (await size) || pieces !== (await hash.hex())) throw new FileError("checksum", "");
}

export interface UploadOptions extends Transferring {
  readonly replace: boolean;
  /** Only over this version of the file. */
  readonly match?: string;
  /** The device has everything, and checks and stores it. */
  readonly sent?: () => void;
}

/** Sends a file, going on with what an earlier attempt has brought. */
export async function upload(session: Session, path: RawPath, file: Blob, options: UploadOptions): Promise<void> {
  const mtime = file instanceof File ? { mtime: file.lastModified } : {};
  const { signal, progress, replace, match } = options;
  const exchange = new Exchange(
    session,
    {
      op: "write",
      path: jsonOf(path),
      size: file.size,
      ...mtime,
      replace,
      resume: file instanceof File,
      ...(match === undefined ? {} : { match }),
    },
    signal,
  );
  const ready = await exchange.next("ready", (field) => ({
    offset: field.get("offset").count(),
    pieces: field.get("pieces").value,
  }));
  let at = ready.offset;
  let hash = new PieceHash();
  if (at > 0) {
    for await (const piece of pieces(file, 0, at)) hash.take(piece);
    if ((await hash.hex()) !== ready.pieces) {
      at = 0;
      hash = new PieceHash();
    }
    exchange.stream.sendEvent({ from: at });
  }
  for await (const piece of pieces(file, at, file.size)) {
    const { bytes } = piece;
    hash.take(piece);
    exchange.stream.write(bytes);
    at += bytes.length;
    await hash.settled;
    await exchange.room();
    progress?.(at - exchange.stream.waiting);
  }
  // an event overtakes bytes that wait for credit, which the device allows
  exchange.stream.sendEvent({ pieces: await hash.hex() });
  exchange.stream.close();
  options.sent?.();
  await exchange.next("done", nothing);
}

/** What a file has from one byte to another, in pieces that end at whole MiB. The next ones are read while one is used. */
export async function* pieces(file: Blob, from: number, to: number): AsyncGenerator<Piece> {
  const thread = to - from < LONG || typeof Worker === "undefined" ? undefined : new FileThread();
  const read = async (at: number): Promise<Piece> => {
    const end = endOf(at);
    if (thread === undefined) return { bytes: new Uint8Array(await file.slice(at, end).arrayBuffer()) };
    const { block, hash } = await thread.ask({ source: file, from: at, to: end });
    return { bytes: new Uint8Array(block ?? new ArrayBuffer()), ...(hash === undefined ? {} : { hash }) };
  };
  const endOf = (at: number) => Math.min(at - (at % PIECE) + PIECE, to);
  const reads: Promise<Piece>[] = [];
  let next = from;
  try {
    for (;;) {
      for (; next < to && reads.length < READS; next = endOf(next)) {
        const piece = read(next);
        // whoever stops here does not wait for it
        piece.catch(nothing);
        reads.push(piece);
      }
      const piece = await reads.shift();
      if (piece === undefined) return;
      yield piece;
    }
  } finally {
    thread?.end();
  }
}
