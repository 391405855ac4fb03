import { queryOptions } from "@tanstack/react-query";
import { read } from "../../api/http";
import { importSessionPolicy } from "../../api/sessionPolicy";

/** Of a device or a folder. Not from memory: it is set above as well, and no event says so. */
export const sessionPolicyQuery = (id: string) =>
  queryOptions({
    queryKey: ["session-policy", id],
    staleTime: 0,
    queryFn: ({ signal }) => read("GET", `/api/session-policies/${id}`, importSessionPolicy, { signal }),
  });
