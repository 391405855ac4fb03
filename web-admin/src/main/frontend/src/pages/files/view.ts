import { type Entry, textOf } from "../../files";
import type { Sort, SortKey } from "./FileList";

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** What is shown of a folder: without hidden files unless they are wanted, with those that have the text in their name, folders first. */
export function shown(entries: readonly Entry[], sort: Sort, filter: string, hidden: boolean): Entry[] {
  const wanted = filter.trim().toLowerCase();
  const kept = entries
    .filter((entry) => hidden || !entry.name.startsWith("."))
    .map((entry) => ({ entry, text: textOf(entry.name), folder: entry.kind === "folder", key: keyOf(entry, sort.key) }))
    .filter(({ text }) => wanted === "" || text.toLowerCase().includes(wanted));
  const direction = sort.descending ? -1 : 1;
  kept.sort((one, other) => {
    if (one.folder !== other.folder) return one.folder ? -1 : 1;
    const order = one.key - other.key;
    return direction * (order === 0 ? names.compare(one.text, other.text) : order);
  });
  return kept.map(({ entry }) => entry);
}

/** What entries are compared by before their names; by those alone where it is the same for all. */
function keyOf(entry: Entry, key: SortKey): number {
  return key === "size" ? entry.size : key === "modified" ? entry.modified : 0;
}
