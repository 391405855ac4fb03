import { queryString, sessionFetch } from "./http";
import { Field, ImportError, importId, importSlice, type Slice } from "./importer";
import { once } from "./once";
import { importProblem, Problem } from "./problem";

export const FORMATS = ["csv", "json"] as const;
export type Format = (typeof FORMATS)[number];

export const PHASES = ["reading", "checking", "writing", "ended"] as const;
export const COUNTS = ["created", "updated", "moved", "deleted", "unchanged", "skipped"] as const;
export const ACTIONS = ["create", "update", "move", "delete", "skip"] as const;

/** The server takes no longer file. */
export const MAX_FILE = 64 * 1024 * 1024;

export interface LineProblem {
  /** 0 for the import as a whole. */
  readonly line: number;
  readonly column: string;
  readonly reason: string;
}

/** An import as its user sees it. */
export interface Job {
  readonly id: string;
  readonly dryRun: boolean;
  readonly state: "running" | "done" | "failed";
  readonly phase: (typeof PHASES)[number];
  readonly done: number;
  readonly total: number;
  readonly changes: Readonly<Record<(typeof COUNTS)[number], number>>;
  readonly problems: readonly LineProblem[];
}

export interface LineChange {
  readonly line: number;
  readonly action: (typeof ACTIONS)[number];
  readonly kind: string;
  readonly path: string;
  readonly detail: string;
}

export function importJob(value: unknown): Job {
  const root = new Field(value);
  const changes = root.get("changes");
  const count = (name: (typeof COUNTS)[number]) => changes.get(name).count();
  return {
    id: importId(root.get("id")),
    dryRun: root.get("dryRun").bool(),
    state: root.get("state").oneOf("running", "done", "failed"),
    phase: root.get("phase").oneOf(...PHASES),
    done: root.get("done").count(),
    total: root.get("total").count(),
    changes: {
      created: count("created"),
      updated: count("updated"),
      moved: count("moved"),
      deleted: count("deleted"),
      unchanged: count("unchanged"),
      skipped: count("skipped"),
    },
    problems: root.get("problems").list((problem) => ({
      line: problem.get("line").count(),
      column: problem.get("column").text(),
      reason: problem.get("reason").text(),
    })),
  };
}

export function importChanges(value: unknown): Slice<LineChange> {
  return importSlice(value, (item) => {
    const change = new Field(item);
    return {
      line: change.get("line").count(),
      action: change.get("action").oneOf(...ACTIONS),
      kind: change.get("kind").text(),
      path: change.get("path").text(),
      detail: change.get("detail").text(),
    };
  });
}

interface Wanted {
  readonly file: File;
  readonly format: Format;
  readonly dryRun: boolean;
  readonly skip: boolean;
}

/**
 * Sends a file; the import then goes on at the server. A file that was sent without an answer is imported once, however often it is sent.
 *
 * @throws Problem as every request does
 */
export async function startImport({ file, format, dryRun, skip }: Wanted): Promise<Job> {
  const query = { format, dryRun: String(dryRun), unknownDevices: skip ? "skip" : "refuse" };
  const path = `/api/imports${queryString(query)}`;
  return once(`${path}\n${await digest(file)}`, (key) => sendFile(path, file, format, key));
}

/** What a file holds, as a text: name, size and time stay the same where it was changed within a second. */
async function digest(file: File): Promise<string> {
  try {
    return new Uint8Array(await crypto.subtle.digest("SHA-256", await file.arrayBuffer())).join();
  } catch {
    throw new Problem("offline", 0, null, null);
  }
}

async function sendFile(path: string, file: File, format: Format, key: string): Promise<Job> {
  let response: Response;
  let text: string;
  try {
    response = await sessionFetch(path, {
      method: "POST",
      headers: {
        "Content-Type": format === "csv" ? "text/csv" : "application/json",
        Accept: "application/json",
        "Idempotency-Key": key,
      },
      body: file,
    });
    text = await response.text();
  } catch {
    throw new Problem("offline", 0, null, null);
  }
  if (!response.ok) throw importProblem(response.status, parsed(text));
  try {
    return importJob(parsed(text));
  } catch (error) {
    if (error instanceof ImportError) throw new Problem("bad-answer", response.status, error.message, null);
    throw error;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
