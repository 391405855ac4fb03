import { queryOptions } from "@tanstack/react-query";
import {
  type ApiToken,
  importApiTokens,
  importFactors,
  importSignIns,
  importUserAccount,
  type SignIn,
} from "../../api/account";
import { read } from "../../api/http";
import type { Slice } from "../../api/importer";

/** Whose sign-ins and tokens: one's own, or those of somebody whom one manages. */
export type Owner = "me" | { readonly user: string };

/** Where the API has what belongs to somebody. */
export function pathOf(owner: Owner): string {
  return owner === "me" ? "/api/me" : `/api/users/${owner.user}`;
}

const keyOf = (owner: Owner) => (owner === "me" ? "me" : owner.user);

const PART = 200;

/** All of a list: nobody has so many sign-ins or tokens that they need pages. */
async function all<T>(
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

/** Other devices and programs change these without a word here: always asked for. */
export const factorsQuery = queryOptions({
  queryKey: ["account", "me", "factors"],
  staleTime: 0,
  queryFn: ({ signal }) => read("GET", "/api/me/factors", importFactors, { signal }),
});

export const signInsQuery = (owner: Owner) =>
  queryOptions({
    queryKey: ["account", keyOf(owner), "sign-ins"],
    staleTime: 0,
    queryFn: ({ signal }): Promise<readonly SignIn[]> => all(`${pathOf(owner)}/sign-ins`, importSignIns, signal),
  });

export const tokensQuery = (owner: Owner) =>
  queryOptions({
    queryKey: ["account", keyOf(owner), "tokens"],
    staleTime: 0,
    queryFn: ({ signal }): Promise<readonly ApiToken[]> => all(`${pathOf(owner)}/tokens`, importApiTokens, signal),
  });

export const userAccountQuery = (user: string) =>
  queryOptions({
    queryKey: ["account", user, "account"],
    staleTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/users/${user}/account`, importUserAccount, { signal }),
  });
