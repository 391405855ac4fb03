import type { Session } from "../session/api";
import { download, FileError, type Sink, stat } from "./client";
import type { RawPath } from "./path";
import type { PieceHash } from "./pieceHash";

/** What is edited in a page. */
const MAX_TEXT = 256 * 1024;

class MemorySink implements Sink {
  readonly length = 0;
  readonly parts: Uint8Array<ArrayBuffer>[] = [];

  async *stored(): AsyncGenerator<Uint8Array<ArrayBuffer>> {}

  async write(bytes: Uint8Array<ArrayBuffer>, hash: PieceHash): Promise<void> {
    hash.update(bytes);
    this.parts.push(bytes);
  }

  async end(): Promise<void> {}
}

/** A text as a field shows it: with `\n` alone, which a browser makes of each line end. */
export interface EditedText {
  readonly text: string;
  /** Its line ends in the file, which are all the same. */
  readonly lineEnd: "\n" | "\r\n";
  /** Of its version. */
  readonly tag: string;
}

/** What a field has made of it, with the file's own line ends. */
export function written(text: string, lineEnd: EditedText["lineEnd"]): Blob {
  return new Blob([text.replaceAll("\n", lineEnd)]);
}

/**
 * A small text with the tag of its version.
 *
 * @throws FileError also `too-long-to-edit` and `not-a-text`
 */
export async function readText(session: Session, path: RawPath, signal: AbortSignal): Promise<EditedText> {
  const before = await stat(session, path);
  if (before.size > MAX_TEXT) throw new FileError("too-long-to-edit", "");
  const sink = new MemorySink();
  await download(session, path, sink, { signal });
  if ((await stat(session, path)).tag !== before.tag) throw new FileError("changed", "");
  const bytes = new Uint8Array(await new Blob(sink.parts).arrayBuffer());
  try {
    const all = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    const lineEnd = all.includes("\r") ? "\r\n" : "\n";
    const text = all.replaceAll("\r\n", "\n");
    // with two kinds of line ends nobody knows which one belongs to which line afterwards
    if (text.includes("\0") || text.includes("\r") || text.replaceAll("\n", lineEnd) !== all)
      throw new FileError("not-a-text", "");
    return { text, lineEnd, tag: before.tag };
  } catch {
    throw new FileError("not-a-text", "");
  }
}
