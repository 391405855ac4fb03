import { queryOptions } from "@tanstack/react-query";
import { importConsents } from "../api/consent";
import { readAll } from "../api/pages";

/** Sessions of others that wait for the caller's approval. */
export const consentsQuery = queryOptions({
  queryKey: ["consents"],
  queryFn: ({ signal }) => readAll("/api/consents", importConsents, signal),
});
