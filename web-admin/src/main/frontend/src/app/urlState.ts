export const PAGE_SIZES = [20, 50, 100, 200] as const;
export const DEFAULT_SIZE = 50;

/** Where a list stands that is read with a cursor. */
export interface Position {
  readonly cursor: string | null;
  readonly size: number;
}

/** Reads cursor and size from an address; whether the cursor is a good one is for the server to say. */
export function readPosition(search: URLSearchParams): Position {
  const cursor = search.get("cursor");
  const size = PAGE_SIZES.find((allowed) => String(allowed) === search.get("size")) ?? DEFAULT_SIZE;
  return { cursor: cursor !== null && /^[A-Za-z0-9_~.=-]{1,2048}$/.test(cursor) ? cursor : null, size };
}

/**
 * A changed address: members that are null or empty go away, so that equal views have equal addresses. A change of anything but the cursor
 * goes back to the first page.
 */
export function withSearch(
  search: URLSearchParams,
  changes: Readonly<Record<string, string | number | null>>,
): URLSearchParams {
  const next = new URLSearchParams(search);
  if (!Object.hasOwn(changes, "cursor")) next.delete("cursor");
  for (const [name, value] of Object.entries(changes)) {
    const isDefault = name === "size" && value === DEFAULT_SIZE;
    if (value === null || value === "" || isDefault) next.delete(name);
    else next.set(name, String(value));
  }
  next.sort();
  return next;
}
