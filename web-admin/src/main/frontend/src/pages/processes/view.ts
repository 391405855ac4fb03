import type { ProcessRow } from "../../system";

export type SortKey = "pid" | "user" | "cpu" | "memory" | "command";

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** A row with its depth in the tree. */
export interface Shown {
  readonly row: ProcessRow;
  readonly depth: number;
}

const MAX_DEPTH = 12;

/** What is shown of a table: those with the text in them, sorted; in a tree with all that are above them, brothers sorted. */
export function shown(rows: readonly ProcessRow[], sort: Sort, filter: string, tree: boolean): Shown[] {
  const wanted = filter.trim().toLowerCase();
  const kept = wanted === "" ? [...rows] : rows.filter((row) => matches(row, wanted));
  const compare = order(sort);
  if (!tree) return kept.sort(compare).map((row) => ({ row, depth: 0 }));
  return asTree(wanted === "" ? kept : withParents(rows, kept), compare);
}

function matches(row: ProcessRow, wanted: string): boolean {
  return (
    String(row.pid) === wanted ||
    row.name.toLowerCase().includes(wanted) ||
    row.command.toLowerCase().includes(wanted) ||
    row.user.toLowerCase().includes(wanted)
  );
}

function order({ key, descending }: Sort): (a: ProcessRow, b: ProcessRow) => number {
  const direction = descending ? -1 : 1;
  const text = (row: ProcessRow) => (key === "user" ? row.user : row.command || row.name);
  return (a, b) => {
    const by =
      key === "user" || key === "command" ? (text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0) : a[key] - b[key];
    return direction * by || a.pid - b.pid;
  };
}

function withParents(rows: readonly ProcessRow[], kept: readonly ProcessRow[]): ProcessRow[] {
  const all = new Map(rows.map((row) => [row.pid, row]));
  const found = new Map<number, ProcessRow>();
  for (const each of kept)
    for (let row: ProcessRow | undefined = each; row !== undefined && !found.has(row.pid); row = all.get(row.parent))
      found.set(row.pid, row);
  return [...found.values()];
}

function asTree(rows: readonly ProcessRow[], compare: (a: ProcessRow, b: ProcessRow) => number): Shown[] {
  const present = new Set(rows.map(({ pid }) => pid));
  const below = new Map<number, ProcessRow[]>();
  for (const row of rows) {
    const parent = present.has(row.parent) && row.parent !== row.pid ? row.parent : 0;
    const brothers = below.get(parent);
    if (brothers === undefined) below.set(parent, [row]);
    else brothers.push(row);
  }
  const all: Shown[] = [];
  const done = new Set<number>();
  // not by recursion: a chain of processes may be as long as the table
  const todo = (below.get(0) ?? [])
    .sort(compare)
    .reverse()
    .map((row) => ({ row, depth: 0 }));
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const { row, depth } = next;
    if (done.has(row.pid)) continue;
    done.add(row.pid);
    all.push({ row, depth: Math.min(depth, MAX_DEPTH) });
    for (const child of (below.get(row.pid) ?? []).sort(compare).reverse()) todo.push({ row: child, depth: depth + 1 });
  }
  return all;
}
