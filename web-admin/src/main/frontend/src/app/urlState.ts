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

function whole(text: string | null, missing: number, max: number): number | null {
  if (text === null) return missing;
  if (!/^[1-9]\d{0,6}$/.test(text)) return null;
  const n = Number(text);
  return n <= max ? n : null;
}

/**
 * A changed address: members that are null or empty go away, so that equal views have equal addresses. A change of anything but the page
 * goes back to page 1.
 */
export function withSearch(
  search: URLSearchParams,
  changes: Readonly<Record<string, string | number | null>>,
): URLSearchParams {
  const next = new URLSearchParams(search);
  if (!Object.hasOwn(changes, "page")) next.delete("page");
  for (const [name, value] of Object.entries(changes)) {
    const isDefault = (name === "page" && value === 1) || (name === "size" && value === DEFAULT_SIZE);
    if (value === null || value === "" || isDefault) next.delete(name);
    else next.set(name, String(value));
  }
  next.sort();
  return next;
}
