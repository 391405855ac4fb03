import { queryOptions } from "@tanstack/react-query";
import { importFixedRelay, importRelayChoices } from "../../api/fixedRelay";
import { read } from "../../api/http";

/** Of a device, a folder or a user. Not from memory: it is set above as well, and no event says so. */
export const fixedRelayQuery = (id: string) =>
  queryOptions({
    queryKey: ["fixed-relay", id],
    staleTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/fixed-relays/${id}`, importFixedRelay, { signal }),
  });

/** The relays that sessions may use now. */
export const relayChoicesQuery = queryOptions({
  queryKey: ["relays", "choices"],
  staleTime: 0,
  queryFn: ({ signal }) => read("GET", "/api/relays", importRelayChoices, { signal }),
});
