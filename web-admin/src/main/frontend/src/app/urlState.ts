/** The part of a list's state that every list keeps in its address. */
export interface Paging {
  readonly page: number;
  readonly size: number;
}

export const PAGE_SIZES = [20, 50, 100, 200] as const;
export const DEFAULT_SIZE = 50;

/** Reads the page and its size from an address; what is not a sensible number is the default. */
export function readPaging(search: URLSearchParams): Paging {
  const page = whole(search.get("page"), 1, 1_000_000);
  const size = whole(search.get("size"), DEFAULT_SIZE, 200);
  return { page: page ?? 1, size: PAGE_SIZES.find((allowed) => allowed === size) ?? DEFAULT_SIZE };
}

/** Where a list stands that is read with a cursor. */
export interface Position {
  readonly cursor: string | null;
  readonly size: number;
}

/** Reads cursor and size from an address; whether the cursor is a good one is for the server to say. */
export function readPosition(search: URLSearchParams): Position {
  const cursor = search.get("cursor");
  const { size } = readPaging(search);
  return { cursor: cursor !== null && /^[A-Za-z0-9_~.=-]{1,2048}$/.test(cursor) ? cursor : null, size };
}

function whole(text: string | null, missing: number, max: number): number | null {
  if (text === null) return missing;
  if (!/^[1-9]\d{0,6}$/.test(text)) return null;
  const n = Number(text);
  return n <= max ? n : null;
}

/**
 * A changed address: members that are null or empty go away, so that equal views have equal addresses. A change of anything but the page
 * or the cursor goes back to the first page.
 */
export function withSearch(
  search: URLSearchParams,
  changes: Readonly<Record<string, string | number | null>>,
): URLSearchParams {
  const next = new URLSearchParams(search);
  if (!Object.hasOwn(changes, "page")) next.delete("page");
  if (!Object.hasOwn(changes, "cursor")) next.delete("cursor");
  for (const [name, value] of Object.entries(changes)) {
    const isDefault = (name === "page" && value === 1) || (name === "size" && value === DEFAULT_SIZE);
    if (value === null || value === "" || isDefault) next.delete(name);
    else next.set(name, String(value));
  }
  next.sort();
  return next;
}
