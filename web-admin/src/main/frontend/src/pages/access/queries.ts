import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import {
  type Catalogue,
  type Effect,
  type Entry,
  importCatalogue,
  importCutOffs,
  importEffectiveRights,
  importEntries,
  importEverybody,
  importPlacesOfPerson,
  importPreview,
  type Validity,
  type WeeklyWindow,
} from "../../api/access";
import type { Contract } from "../../api/contract";
import { type RequestOptions, read } from "../../api/http";
import type { Slice } from "../../api/importer";
import type { Qualification } from "../../api/people";
import { toUtc } from "../../app/localTime";

type Query = NonNullable<RequestOptions["query"]>;

/** The catalogue changes with the server alone. */
export const catalogueQuery = queryOptions({
  queryKey: ["catalogue"],
  staleTime: Number.POSITIVE_INFINITY,
  queryFn: ({ signal }): Promise<Catalogue> => read("GET", "/api/permissions", importCatalogue, { signal }),
});

/** A list that is shown whole: as many parts as a page can sensibly show. */
export interface Whole<T> {
  readonly items: readonly T[];
  /** True when there are more than were read. */
  readonly more: boolean;
}

const PART = 200;
const MOST_PARTS = 10;

async function whole<T>(
  path: string,
  importer: (value: unknown) => Slice<T>,
  query: Query,
  signal: AbortSignal,
): Promise<Whole<T>> {
  const items: T[] = [];
  let cursor: string | null = null;
  for (let part = 0; part < MOST_PARTS; part++) {
    const slice: Slice<T> = await read("GET", path, importer, { query: { ...query, cursor, limit: PART }, signal });
    items.push(...slice.items);
    cursor = slice.next;
    if (cursor === null) return { items, more: false };
  }
  return { items, more: true };
}

/** What is set on a resource, and above it where that counts here. */
export const entriesOnQuery = (resource: string) =>
  queryOptions({
    queryKey: ["access", "entries", "on", resource],
    queryFn: ({ signal }) => whole("/api/access/entries", importEntries, { resource, inherited: "true" }, signal),
  });

/** What is set anywhere for a person or a group. */
export const entriesForQuery = (principal: string) =>
  queryOptions({
    queryKey: ["access", "entries", "for", principal],
    queryFn: ({ signal }) => whole("/api/access/entries", importEntries, { principal }, signal),
  });

/** What is directly in a folder and does not inherit, whether one sees it or not. */
export const cutOffQuery = (folder: string) =>
  queryOptions({
    queryKey: ["access", "cut-off", folder],
    queryFn: ({ signal }) => whole(`/api/folders/${folder}/cut-off`, importCutOffs, {}, signal),
  });

export const effectiveQuery = (user: string, resource: string) =>
  queryOptions({
    queryKey: ["access", "effective", user, resource],
    queryFn: ({ signal }) =>
      read("GET", "/api/access/effective", importEffectiveRights, { query: { user, resource }, signal }),
  });

export const everybodyQuery = (query: Query) =>
  queryOptions({
    queryKey: ["access", "everybody", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/access/everybody", importEverybody, { query, signal }),
  });

export const personQuery = (user: string) =>
  queryOptions({
    queryKey: ["access", "person", user],
    queryFn: ({ signal }) => whole("/api/access/person", importPlacesOfPerson, { user }, signal),
  });

/** Entries that are to be made: one for each permission. */
export interface NewEntries extends Validity {
  readonly resource: string;
  readonly principal: string;
  readonly permissions: readonly string[];
  readonly effect: Effect;
  readonly delegable: boolean;
}

/** A change of rights that is thought about, or made. */
export interface RightsChange {
  readonly add?: readonly NewEntries[];
  readonly remove?: readonly string[];
  readonly inherit?: readonly { readonly resource: string; readonly inherit: boolean }[];
  readonly move?: readonly { readonly resource: string; readonly folder: string }[];
  readonly join?: readonly Membership[];
  readonly leave?: readonly Membership[];
  /** Folders, users and groups. */
  readonly delete?: readonly string[];
  /** What folders are to have of their own; null for nothing. */
  readonly contracts?: readonly { readonly folder: string; readonly contract: Conditions | null }[];
  /** All that users are to have. */
  readonly qualifications?: readonly { readonly user: string; readonly items: readonly Qualification[] }[];
}

/** What of a contract decides about access. */
export type Conditions = Pick<Contract, "reference" | "from" | "until" | "required" | "qualifications">;

export interface Membership {
  readonly group: string;
  readonly member: string;
}

/** Never from memory: it is what somebody decides by. */
export const previewQuery = (change: RightsChange) =>
  queryOptions({
    queryKey: ["preview", change],
    staleTime: 0,
    gcTime: 0,
    queryFn: ({ signal }) =>
      read("POST", "/api/access/preview", importPreview, {
        body: {
          add: (change.add ?? []).map((entry) => ({ ...entry, ...validityBody(entry) })),
          remove: change.remove ?? [],
          inherit: change.inherit ?? [],
          move: change.move ?? [],
          join: change.join ?? [],
          leave: change.leave ?? [],
          delete: change.delete ?? [],
          contracts: change.contracts ?? [],
          qualifications: change.qualifications ?? [],
        },
        signal,
      }),
  });

export interface ValidityBody {
  readonly from: string | null;
  readonly until: string | null;
  readonly window: WeeklyWindow | null;
}

export function validityBody({ from, until, window }: Validity): ValidityBody {
  return {
    from: from === null ? null : toUtc(from),
    until: until === null ? null : toUtc(until),
    window,
  };
}

/** Entries that say the same to the same principal, but for the permission: one row of a table. */
export interface Grant extends Validity {
  readonly key: string;
  readonly resource: Entry["resource"];
  readonly principal: Entry["principal"];
  readonly effect: Effect;
  readonly origin: Entry["origin"];
  readonly delegable: boolean;
  readonly editable: boolean;
  readonly entries: readonly Entry[];
}

/** The entries of one place as rows: by name of the principal, what is denied first. */
export function grants(entries: readonly Entry[]): readonly Grant[] {
  const byKey = new Map<string, Entry[]>();
  for (const entry of entries) {
    const key = JSON.stringify([
      entry.resource.id,
      entry.principal.id,
      entry.effect,
      entry.origin,
      entry.delegable,
      entry.editable,
      validityBody(entry),
    ]);
    byKey.set(key, [...(byKey.get(key) ?? []), entry]);
  }
  const order = new Intl.Collator(undefined, { numeric: true });
  return [...byKey]
    .flatMap(([key, [first, ...others]]) =>
      first === undefined ? [] : [{ ...first, key, entries: [first, ...others] } satisfies Grant],
    )
    .sort(
      (a, b) =>
        order.compare(a.principal.name ?? "", b.principal.name ?? "") ||
        (a.principal.id < b.principal.id ? -1 : a.principal.id > b.principal.id ? 1 : 0) ||
        b.effect.localeCompare(a.effect) ||
        (a.key < b.key ? -1 : 1),
    );
}

/** The grants of one resource. */
export interface Level {
  readonly resource: Entry["resource"];
  readonly grants: readonly Grant[];
}

/** What is set on the resource itself, then level by level what comes from above, the nearest first. */
export function levels(
  resource: string,
  entries: readonly Entry[],
): { own: readonly Grant[]; above: readonly Level[] } {
  const byResource = new Map<string, Entry[]>();
  for (const entry of entries) byResource.set(entry.resource.id, [...(byResource.get(entry.resource.id) ?? []), entry]);
  const own = grants(byResource.get(resource) ?? []);
  byResource.delete(resource);
  const above = [...byResource.values()]
    .flatMap((all) => (all[0] === undefined ? [] : [{ resource: all[0].resource, grants: grants(all) }]))
    // the longer the way from the top, the nearer
    .sort((a, b) => b.resource.path.length - a.resource.path.length);
  return { own, above };
}
