import type { DeviceProcess } from "./client";

export type SortKey = "pid" | "user" | "cpu" | "memory" | "command";

export interface Sort {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** A process as a row of the table. */
export interface Row {
  readonly process: DeviceProcess;
  /** Below the first of its tree; 0 in a flat table. */
  readonly depth: number;
}

/** What to show: threads of the kernel have no command line, but a name. */
export function label(process: DeviceProcess): string {
  return process.command === "" ? `[${process.name}]` : process.command;
}

function compare(key: SortKey, a: DeviceProcess, b: DeviceProcess): number {
  if (key === "user") return a.user < b.user ? -1 : a.user > b.user ? 1 : 0;
  if (key === "command") return label(a) < label(b) ? -1 : label(a) > label(b) ? 1 : 0;
  return a[key] - b[key];
}

/** Those that the filter leaves, in order; as a tree each is behind the one that has started it. */
export function rows(all: Iterable<DeviceProcess>, sort: Sort, filter: string, tree: boolean): readonly Row[] {
  const wanted = filter.trim().toLowerCase();
  const left = [...all].filter(
    (process) =>
      wanted === "" ||
      String(process.pid) === wanted ||
      process.user.toLowerCase().includes(wanted) ||
      label(process).toLowerCase().includes(wanted),
  );
  const way = sort.descending ? -1 : 1;
  left.sort((a, b) => way * compare(sort.key, a, b) || a.pid - b.pid);
  return tree ? asTree(left) : left.map((process) => ({ process, depth: 0 }));
}

/** A device that says that two are each other's parents gets them shown all the same. */
function asTree(sorted: readonly DeviceProcess[]): readonly Row[] {
  const present = new Set(sorted.map(({ pid }) => pid));
  const children = new Map<number, DeviceProcess[]>();
  const roots: DeviceProcess[] = [];
  for (const process of sorted) {
    if (present.has(process.parent)) {
      const siblings = children.get(process.parent);
      if (siblings === undefined) children.set(process.parent, [process]);
      else siblings.push(process);
    } else roots.push(process);
  }
  const placed: Row[] = [];
  const done = new Set<number>();
  for (const root of [...roots, ...sorted]) {
    const waiting: Row[] = [{ process: root, depth: 0 }];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (done.has(next.process.pid)) continue;
      done.add(next.process.pid);
      placed.push(next);
      for (const child of (children.get(next.process.pid) ?? []).toReversed())
        waiting.push({ process: child, depth: next.depth + 1 });
    }
  }
  return placed;
}
