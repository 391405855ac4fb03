import { Field, ImportError } from "../api/importer";

/** One process of the device; texts are hostile. */
export interface ProcessRow {
  readonly pid: number;
  /** Clock ticks since the device's boot: with the number it names one process for good. */
  readonly start: number;
  readonly parent: number;
  readonly user: string;
  /** The letter of proc(5). */
  readonly state: string;
  readonly threads: number;
  /** Tenths of a percent of one processor; -1 at first sight. */
  readonly cpu: number;
  /** Resident, bytes. */
  readonly memory: number;
  readonly name: string;
  /** Empty for a thread of the kernel. */
  readonly command: string;
}

/** Figures of the device at the moment of a table. Bytes, seconds, hundredths. */
export interface Sample {
  readonly uptime: number;
  readonly load: readonly number[];
  readonly memory: readonly number[];
}

/** The agent has no longer ones (`docs/protocol/system.md`). */
const MAX_LINE = 256 * 1024;
const MAX_ROWS = 25_000;

/** Keeps the table that the device tells line by line. */
export class TableReader {
  readonly #decoder = new TextDecoder();
  readonly #rows = new Map<number, ProcessRow>();
  #rest = "";

  /** @param told called when the table is as it was at one moment */
  constructor(private readonly told: (rows: readonly ProcessRow[], sample: Sample) => void) {}

  /** @throws ImportError what is no table */
  read(bytes: Uint8Array): void {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    if (this.#rest.length > MAX_LINE) throw new ImportError("table", "a line is too long");
    for (const line of lines) this.#line(parsed(line));
  }

  #line(line: Field): void {
    for (const gone of line.get("gone").listOrEmpty((pid) => pid.count())) this.#rows.delete(gone);
    for (const row of line.get("rows").listOrEmpty(importRow)) this.#rows.set(row.pid, row);
    for (const values of line.get("figures").listOrEmpty((figures) => figures.list((value) => value))) {
      const [pid, parent, state, threads, cpu, memory] = values;
      const before = this.#rows.get(pid?.count() ?? -1);
      if (before !== undefined)
        this.#rows.set(before.pid, {
          ...before,
          parent: at(parent).count(),
          state: at(state).text(),
          threads: at(threads).count(),
          cpu: at(cpu).number(),
          memory: at(memory).number(),
        });
    }
    if (this.#rows.size > MAX_ROWS) throw new ImportError("table", "there are too many rows");
    const sample = line.get("sample");
    if (!sample.absent) this.told([...this.#rows.values()], importSample(sample));
  }
}

export function importSample(sample: Field): Sample {
  return {
    uptime: sample.get("uptime").count(),
    load: sample.get("load").list((value) => value.number()),
    memory: sample.get("memory").list((value) => value.number()),
  };
}

function parsed(line: string): Field {
  try {
    return new Field(JSON.parse(line));
  } catch {
    throw new ImportError("table", "a line is no JSON");
  }
}

function at(field: Field | undefined): Field {
  return field ?? new Field(undefined, "row");
}

function importRow(row: Field): ProcessRow {
  const values = row.list((value) => value);
  return {
    pid: at(values[0]).count(),
    start: at(values[1]).count(),
    parent: at(values[2]).count(),
    user: at(values[3]).text(),
    state: at(values[4]).text(),
    threads: at(values[5]).count(),
    cpu: at(values[6]).number(),
    memory: at(values[7]).number(),
    name: at(values[8]).text(),
    command: at(values[9]).text(),
  };
}
