import { Field, ImportError } from "../api/importer";
import type { FileListener, FileStream, Session } from "../session/api";
import { importInfo, type SystemInfo } from "./info";
import { type ProcessRow, type Sample, TableReader } from "./table";

/** What the device could not do; the codes are those of `docs/protocol/system.md`. */
export class SystemError extends Error {
  constructor(
    readonly code: string,
    /** Of the device: hostile text. */
    readonly detail: string,
  ) {
    super(code);
  }
}

export const SIGNALS = ["TERM", "KILL", "HUP", "INT", "STOP", "CONT"] as const;
export type Signal = (typeof SIGNALS)[number];

type Request = Readonly<Record<string, unknown>>;

interface Told {
  readonly bytes?: (bytes: Uint8Array<ArrayBuffer>) => void;
  readonly event?: (event: Field) => void;
}

/** One request: ends when the device has ended the stream. */
function ask(session: Session, request: Request, told: Told, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    let failure: Error | undefined;
    let stream: FileStream | undefined;
    const fail = (error: Error) => {
      failure ??= error;
      stream?.cancel();
      reject(failure);
    };
    const attempt = (work: () => void) => {
      try {
        work();
      } catch (error) {
        fail(error instanceof ImportError ? new SystemError("failed", "") : (error as Error));
      }
    };
    const listener: FileListener = {
      data: (bytes, consumed) => {
        if (failure === undefined) attempt(() => told.bytes?.(bytes));
        consumed();
      },
      event: (event) =>
        attempt(() => {
          const field = new Field(event);
          const error = field.get("error");
          if (error.absent) told.event?.(field);
          else failure ??= new SystemError(error.get("code").text(), error.get("text").text());
        }),
      ended: (error) => {
        const why = failure ?? error;
        if (why === undefined) resolve();
        else reject(why);
      },
    };
    stream = session.openSystem(request, listener);
    signal?.addEventListener("abort", () => fail(new DOMException("", "AbortError")));
    stream.close();
  });
}

/** The table of processes, again and again until it is aborted or refused. */
export function watchProcesses(
  session: Session,
  told: (rows: readonly ProcessRow[], sample: Sample) => void,
  signal: AbortSignal,
): Promise<void> {
  const table = new TableReader(told);
  return ask(session, { op: "processes", interval: 2 }, { bytes: (bytes) => table.read(bytes) }, signal);
}

/** No device says more about itself. */
const MAX_INFO = 256 * 1024;

/** What the device is, once. */
export async function systemInfo(session: Session, signal: AbortSignal): Promise<SystemInfo> {
  const decoder = new TextDecoder();
  let text = "";
  const add = (bytes: Uint8Array<ArrayBuffer>) => {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MAX_INFO) throw new ImportError("info", "text is too long");
  };
  await ask(session, { op: "info" }, { bytes: add }, signal);
  return importInfo(text);
}

export function sendSignal(session: Session, row: ProcessRow, signal: Signal): Promise<void> {
  return ask(session, { op: "signal", pid: row.pid, start: row.start, signal }, {});
}

export function restart(session: Session, reason: string): Promise<void> {
  return ask(session, { op: "restart", reason }, {});
}

/** How a program ended. */
export type Exit = { readonly kind: "code" | "signal"; readonly value: number };

const HEADER = 5;

/**
 * Starts a program.
 *
 * @param line for the shell of the account
 * @param folder absolute path, or empty for the home of the account
 * @param account empty for the session's; another one is only for a session of root
 * @param output told what the program writes, as it comes
 */
export async function startProgram(
  session: Session,
  line: string,
  folder: string,
  account: string,
  output: (text: string) => void,
  signal: AbortSignal,
): Promise<Exit> {
  const frames = new Frames(output);
  let exit: Exit | undefined;
  const request = {
    op: "start",
    shell: line,
    ...(folder === "" ? {} : { folder }),
    ...(account === "" ? {} : { account }),
  };
  const event = (said: Field) => {
    const how = said.get("exit");
    if (how.absent) return;
    const kind = how.get("signal").absent ? "code" : "signal";
    exit = { kind, value: how.get(kind).count() };
  };
  await ask(session, request, { bytes: (bytes) => frames.read(bytes), event }, signal);
  if (exit === undefined) throw new SystemError("failed", "");
  return exit;
}

/** Takes `channel u8 ‖ u32 length ‖ bytes` apart; both channels are shown alike. */
class Frames {
  readonly #decoders = [new TextDecoder(), new TextDecoder()] as const;
  readonly #head = new Uint8Array(HEADER);
  #headed = 0;
  #left = 0;

  constructor(private readonly output: (text: string) => void) {}

  read(bytes: Uint8Array<ArrayBuffer>): void {
    let from = 0;
    while (from < bytes.length) {
      if (this.#left === 0) {
        this.#head[this.#headed++] = bytes[from++] ?? 0;
        if (this.#headed === HEADER) {
          this.#headed = 0;
          this.#left = new DataView(this.#head.buffer).getUint32(1);
        }
      } else {
        const length = Math.min(this.#left, bytes.length - from);
        const decoder = this.#decoders[this.#head[0] === 2 ? 1 : 0];
        this.output(decoder.decode(bytes.subarray(from, from + length), { stream: true }));
        this.#left -= length;
        from += length;
      }
    }
  }
}
