import type { Session } from "../session/api";
import { download, FileError, type Sink, stat } from "./client";
import type { RawPath } from "./path";

/** What is edited in a page. */
const MAX_TEXT = 256 * 1024;

class MemorySink implements Sink {
  readonly length = 0;
  readonly parts: Uint8Array<ArrayBuffer>[] = [];

  async *stored(): AsyncGenerator<Uint8Array<ArrayBuffer>> {}

  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.parts.push(bytes);
  }

  async end(): Promise<void> {}
}

/**
 * A small text with the tag of its version.
 *
 * @throws FileError also `too-long-to-edit` and `not-a-text`
 */
export async function readText(
  session: Session,
  path: RawPath,
  signal: AbortSignal,
): Promise<{ readonly text: string; readonly tag: string }> {
  const before = await stat(session, path);
  if (before.size > MAX_TEXT) throw new FileError("too-long-to-edit", "");
  const sink = new MemorySink();
  await download(session, path, sink, { signal });
  if ((await stat(session, path)).tag !== before.tag) throw new FileError("changed", "");
  const bytes = new Uint8Array(await new Blob(sink.parts).arrayBuffer());
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    // a text field would make one line end of the other
    if (text.includes("\0") || text.includes("\r")) throw new FileError("not-a-text", "");
    return { text, tag: before.tag };
  } catch {
    throw new FileError("not-a-text", "");
  }
}
