import { SessionError } from "../session";
import type { Session } from "../session/api";
import { download, FileError, list, type Sink } from "./client";
import { join, nameOf, type RawPath, rawOf, textOf } from "./path";
import type { PieceHash } from "./pieceHash";
import { ZipWriter } from "./zip";

const MAX_DEPTH = 200;
/** In the archive: what of the folder is not in it, and why. */
const LEFT_OUT = "NOT-INCLUDED.txt";

/** A sink that passes everything on. */
class Through implements Sink {
  readonly length = 0;
  readonly #to: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>;

  constructor(to: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>) {
    this.#to = to;
  }

  async *stored(): AsyncGenerator<Uint8Array<ArrayBuffer>> {}

  write(bytes: Uint8Array<ArrayBuffer>, hash: PieceHash): Promise<void> {
    hash.update(bytes);
    return this.#to(bytes);
  }

  async end(): Promise<void> {}
}

/**
 * A folder with all that is in it as a ZIP archive, each file compared by its checksum. Links, special files, and what the account may not read are named in a text in the archive; a file that fails
 * on its way ends it all, for half a file must not look like a whole one.
 *
 * @param progress bytes of files so far
 */
export async function downloadTree(
  session: Session,
  folder: RawPath,
  write: (bytes: Uint8Array<ArrayBuffer>) => Promise<void>,
  signal: AbortSignal,
  progress: (done: number) => void,
): Promise<void> {
  const zip = new ZipWriter(write);
  const leftOut: string[] = [];
  let done = 0;
  const walk = async (path: RawPath, below: RawPath, depth: number): Promise<void> => {
    if (depth > MAX_DEPTH) throw new FileError("too-deep", "");
    await zip.add(`${below}/`, Date.now(), 0o755, async () => undefined);
    for (const entry of (await list(session, path, signal)).entries) {
      const at = join(path, entry.name);
      const name = `${below}/${entry.name}`;
      try {
        if (entry.kind === "folder") await walk(at, name, depth + 1);
        else if (entry.kind !== "file") leftOut.push(`${textOf(name)}: ${entry.kind}`);
        else {
          let began = false;
          await zip.add(name, entry.modified, entry.mode & 0o777, async (put) => {
            const sink = new Through(async (bytes) => {
              began = true;
              done += bytes.length;
              progress(done);
              await put(bytes);
            });
            try {
              await download(session, at, sink, { signal });
            } catch (error) {
              // nothing of it is in the archive but its name
              if (began || error instanceof SessionError || !(error instanceof FileError)) throw new Broken(error);
              leftOut.push(`${textOf(name)}: ${error.code}`);
            }
          });
        }
      } catch (error) {
        if (!(error instanceof FileError) || error.code === "not-permitted") throw error;
        leftOut.push(`${textOf(name)}: ${error.code}`);
      }
    }
  };
  try {
    await walk(folder, folder === "/" ? "root" : nameOf(folder), 0);
  } catch (error) {
    throw error instanceof Broken ? error.cause : error;
  }
  if (leftOut.length > 0) {
    const text = new TextEncoder().encode(`${leftOut.join("\n")}\n`);
    await zip.add(rawOf(LEFT_OUT), Date.now(), 0o644, (put) => put(text));
  }
  await zip.end();
}

/** A file that broke off in the archive: not to be gone on after. */
class Broken extends Error {
  constructor(cause: unknown) {
    super("", { cause });
  }
}
