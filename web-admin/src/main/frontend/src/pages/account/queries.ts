import { queryOptions } from "@tanstack/react-query";
import { importApiTokens, importFactors, importSignIns, importUserAccount } from "../../api/account";
import { read } from "../../api/http";
import { readAll } from "../../api/pages";

/** Whose sign-ins and tokens: one's own, or those of somebody whom one manages. */
export type Owner = "me" | { readonly user: string };

/** Where the API has what belongs to somebody. */
export function pathOf(owner: Owner): string {
  return owner === "me" ? "/api/me" : `/api/users/${owner.user}`;
}

const keyOf = (owner: Owner) => (owner === "me" ? "me" : owner.user);

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
    queryFn: ({ signal }) => readAll(`${pathOf(owner)}/sign-ins`, importSignIns, signal),
  });

export const tokensQuery = (owner: Owner) =>
  queryOptions({
    queryKey: ["account", keyOf(owner), "tokens"],
    staleTime: 0,
    queryFn: ({ signal }) => read("GET", `${pathOf(owner)}/tokens`, importApiTokens, { signal }),
  });

export const userAccountQuery = (user: string) =>
  queryOptions({
    queryKey: ["account", user, "account"],
    staleTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/users/${user}/account`, importUserAccount, { signal }),
  });
