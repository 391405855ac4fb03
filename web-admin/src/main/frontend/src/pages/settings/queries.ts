import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { read } from "../../api/http";
import { importProvider, importProviders, type Provider } from "../../api/provider";
import { importSignInSettings } from "../../api/signIn";

/** How long until it is looked again whether the identity provider has taken the settings over. */
const LOOK_AGAIN_MS = 2_000;

export const signInSettingsQuery = queryOptions({
  queryKey: ["settings", "sign-in"],
  staleTime: 0,
  queryFn: ({ signal }) => read("GET", "/api/sign-in-settings", importSignInSettings, { signal }),
  // no event says it, and it takes seconds: asked only while it is under way
  refetchInterval: ({ state }) => (state.data?.state.applied === false ? LOOK_AGAIN_MS : false),
});

export const providersQuery = queryOptions({
  queryKey: ["settings", "providers"],
  staleTime: 0,
  queryFn: ({ signal }) => read("GET", "/api/identity-providers", importProviders, { signal }),
});

export const providerQuery = (id: string) =>
  queryOptions({
    queryKey: ["settings", "provider", id],
    staleTime: 0,
    // what is being typed is not exchanged below somebody's hands: a conflict says what others did
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
    queryFn: ({ signal }) => read("GET", `/api/identity-providers/${id}`, importProvider, { signal }),
  });

/** Tells the other parts of the page what a provider is now, or that it is gone. */
export function useProviderChanged(): (id: string, now: Provider | null) => void {
  const client = useQueryClient();
  return (id, now) => {
    if (now !== null) client.setQueryData(providerQuery(id).queryKey, now);
    void client.invalidateQueries({ queryKey: providersQuery.queryKey });
    // the realm takes it over like the settings
    void client.invalidateQueries({ queryKey: signInSettingsQuery.queryKey });
  };
}
