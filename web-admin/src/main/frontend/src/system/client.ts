import { Field, ImportError } from "../api/importer";
import type { FileListener, Session } from "../session/api";
import type { SessionError } from "../session/errors";

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

/** A process of the device. Texts are hostile. */
export interface DeviceProcess {
  readonly pid: number;
  /** Clock ticks since the device's boot: with the number it names one process for good. */
  readonly start: number;
  readonly parent: number;
  readonly user: string;
  readonly state: string;
  readonly threads: number;
  /** Tenths of a percent of one processor; -1 while it is not known. */
  readonly cpu: number;
  /** Bytes. */
  readonly memory: number;
  readonly name: string;
  readonly command: string;
}

export interface Sample {
  readonly processes: ReadonlyMap<number, DeviceProcess>;
  /** Hundredths, over 1, 5 and 15 minutes. */
  readonly load: readonly number[];
  readonly memoryTotal: number;
  readonly memoryAvailable: number;
  /** Seconds. */
  readonly uptime: number;
}

export const SIGNALS = ["TERM", "KILL", "HUP", "INT", "STOP", "CONT"] as const;
export type Signal = (typeof SIGNALS)[number];

type Json = Readonly<Record<string, unknown>>;

const MAX_PROCESSES = 20_000;
const MAX_LINE = 256 * 1024;

function numberAt(row: readonly Field[], at: number): number {
  return (row[at] ?? new Field(undefined, "row")).number();
}

function textAt(row: readonly Field[], at: number): string {
  return (row[at] ?? new Field(undefined, "row")).text();
}

/** Reads the lines of a table and tells each sample. */
export class TableReader {
  readonly #onSample: (sample: Sample) => void;
  readonly #decoder = new TextDecoder();
  readonly #table = new Map<number, DeviceProcess>();
  #rest = "";

  constructor(onSample: (sample: Sample) => void) {
    this.#onSample = onSample;
  }

  /** @throws ImportError what is no table */
  add(bytes: Uint8Array<ArrayBuffer>): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE) throw new ImportError("line", "too long");
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      throw new ImportError("line", "not JSON");
    }
    const said = new Field(value);
    const [gone, rows, figures, sample] = [said.get("gone"), said.get("rows"), said.get("figures"), said.get("sample")];
    if (!gone.absent) for (const pid of gone.list((each) => each.number())) this.#table.delete(pid);
    if (!rows.absent) for (const row of rows.list((each) => each.list((cell) => cell))) this.#row(row);
    if (!figures.absent) for (const row of figures.list((each) => each.list((cell) => cell))) this.#figures(row);
    if (!sample.absent) this.#sample(sample);
  }

  #row(row: readonly Field[]): void {
    const pid = numberAt(row, 0);
    this.#table.set(pid, {
      pid,
      start: numberAt(row, 1),
      parent: numberAt(row, 2),
      user: textAt(row, 3),
      state: textAt(row, 4),
      threads: numberAt(row, 5),
      cpu: numberAt(row, 6),
      memory: numberAt(row, 7),
      name: textAt(row, 8),
      command: textAt(row, 9),
    });
    if (this.#table.size > MAX_PROCESSES) throw new ImportError("rows", "too many");
  }

  #figures(row: readonly Field[]): void {
    const before = this.#table.get(numberAt(row, 0));
    if (before === undefined) throw new ImportError("figures", "of an unknown process");
    this.#table.set(before.pid, {
      ...before,
      parent: numberAt(row, 1),
      state: textAt(row, 2),
      threads: numberAt(row, 3),
      cpu: numberAt(row, 4),
      memory: numberAt(row, 5),
    });
  }

  #sample(sample: Field): void {
    const memory = sample.get("memory").list((each) => each.number());
    this.#onSample({
      processes: new Map(this.#table),
      load: sample.get("load").list((each) => each.number()),
      memoryTotal: memory[0] ?? 0,
      memoryAvailable: memory[1] ?? 0,
      uptime: sample.get("uptime").number(),
    });
  }
}

/** The table, sample after sample, until the signal or a failure. Resolves at the end in order. */
export function watch(session: Session, onSample: (sample: Sample) => void, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const reader = new TableReader(onSample);
    const stream = request(session, { op: "processes" }, resolve, reject, (bytes) => {
      try {
        reader.add(bytes);
      } catch {
        reject(new SystemError("failed", ""));
        stream.cancel();
      }
    });
    signal.addEventListener("abort", () => {
      stream.cancel();
      resolve();
    });
  });
}

function request(
  session: Session,
  what: Json,
  onDone: () => void,
  onFailure: (error: Error) => void,
  onBytes: (bytes: Uint8Array<ArrayBuffer>) => void,
) {
  const listener: FileListener = {
    data(bytes, consumed) {
      onBytes(bytes);
      consumed();
    },
    event(event) {
      const error = new Field(event).get("error");
      if (!error.absent) onFailure(new SystemError(error.get("code").text(), error.get("text").text()));
      else if (!new Field(event).get("done").absent) onDone();
    },
    ended(error: SessionError | undefined) {
      if (error === undefined) onDone();
      else onFailure(error);
    },
  };
  const stream = session.openSystem(what, listener);
  stream.close();
  return stream;
}

function ask(session: Session, what: Json): Promise<void> {
  return new Promise((resolve, reject) => {
    request(session, what, resolve, reject, () => reject(new SystemError("failed", "")));
  });
}

/** Only if it is still that process. */
export function send(session: Session, { pid, start }: DeviceProcess, signal: Signal): Promise<void> {
  return ask(session, { op: "signal", pid, start, signal });
}

export function restart(session: Session, reason: string): Promise<void> {
  return ask(session, { op: "restart", reason });
}
