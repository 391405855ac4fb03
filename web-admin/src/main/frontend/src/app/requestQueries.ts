import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type RequestOptions, read } from "../api/http";
import { importAccessRequests } from "../api/request";

type Query = NonNullable<RequestOptions["query"]>;

/** Requests for access; apart from the other queries of access, because the navigation counts the open ones. */
export const requestsQuery = (query: Query) =>
  queryOptions({
    queryKey: ["requests", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/access/requests", importAccessRequests, { query, signal }),
  });

/** More than these are not counted. */
export const MOST_WAITING = 50;

/** What waits for a decision of the caller. */
export const waitingRequestsQuery = requestsQuery({ state: "open", mine: "false", limit: MOST_WAITING });
