import { read } from "./http";
import type { Slice } from "./importer";

const PART = 200;

/** All of a list, page by page: for what is shown or counted as a whole, and never is so long that this takes time. */
export async function readAll<T>(
  path: string,
  importer: (value: unknown) => Slice<T>,
  signal: AbortSignal,
): Promise<readonly T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const slice: Slice<T> = await read("GET", path, importer, { query: { cursor, limit: PART }, signal });
    items.push(...slice.items);
    cursor = slice.next;
  } while (cursor !== null);
  return items;
}
