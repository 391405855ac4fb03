import { type Entry, textOf } from "../../files";
import type { Sort } from "./FileList";

const names = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

/** What is shown of a folder: without hidden files unless they are wanted, with those that have the text in their name, folders first. */
export function shown(entries: readonly Entry[], sort: Sort, filter: string, hidden: boolean): Entry[] {
  const wanted = filter.trim().toLowerCase();
  const kept = entries
    .filter((entry) => hidden || !entry.name.startsWith("."))
    .map((entry) => ({ entry, text: textOf(entry.name) }))
    .filter(({ text }) => wanted === "" || text.toLowerCase().includes(wanted));
  const direction = sort.descending ? -1 : 1;
  kept.sort((one, other) => {
    const folders = Number(other.entry.kind === "folder") - Number(one.entry.kind === "folder");
    if (folders !== 0) return folders;
    const order =
      sort.key === "name"
        ? 0
        : sort.key === "size"
          ? one.entry.size - other.entry.size
          : one.entry.modified - other.entry.modified;
    return direction * (order === 0 ? names.compare(one.text, other.text) : order);
  });
  return kept.map(({ entry }) => entry);
}
