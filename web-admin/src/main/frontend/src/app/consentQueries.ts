import { queryOptions } from "@tanstack/react-query";
import { importConsents } from "../api/consent";
import { read } from "../api/http";

/** Sessions of others that wait for the caller's approval. */
export const consentsQuery = queryOptions({
  queryKey: ["consents"],
  queryFn: ({ signal }) => read("GET", "/api/consents", importConsents, { signal }),
});
