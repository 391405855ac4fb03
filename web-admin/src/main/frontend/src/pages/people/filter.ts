import { type Position, readPosition } from "../../app/urlState";

/** Which users or groups are shown; all of it is in the address. */
export interface PeopleFilter extends Position {
  readonly q: string;
  readonly folder: string | null;
  /** Users alone. */
  readonly group: string | null;
}

export const LONGEST_SEARCH = 200;

export function readPeopleFilter(search: URLSearchParams): PeopleFilter {
  return {
    ...readPosition(search),
    q: (search.get("q") ?? "").slice(0, LONGEST_SEARCH),
    folder: readId(search.get("folder")),
    group: readId(search.get("group")),
  };
}

/** The query to the server for a filter. */
export function peopleQueryOf(filter: PeopleFilter): Record<string, string | number | null> {
  return {
    q: filter.q.trim(),
    folder: filter.folder,
    group: filter.group,
    cursor: filter.cursor,
    limit: filter.size,
  };
}

/** An id out of an address; null when it is none. */
export function readId(text: string | null | undefined): string | null {
  return text !== null && text !== undefined && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text) ? text : null;
}
