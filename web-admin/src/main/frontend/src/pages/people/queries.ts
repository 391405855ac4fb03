import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { type RequestOptions, read } from "../../api/http";
import {
  importGroup,
  importGroups,
  importMembers,
  importQualifications,
  importUser,
  importUsers,
} from "../../api/people";
import { asProblem } from "../../api/problem";
import type { Named } from "../../api/session";

type Query = NonNullable<RequestOptions["query"]>;

export const usersQuery = (query: Query) =>
  queryOptions({
    queryKey: ["people", "users", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/users", importUsers, { query, signal }),
  });

export const userQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "user", id],
    queryFn: ({ signal }) => read("GET", `/api/users/${id}`, importUser, { signal }),
  });

export const qualificationsQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "user", id, "qualifications"],
    queryFn: ({ signal }) => read("GET", `/api/users/${id}/qualifications`, importQualifications, { signal }),
  });

export const groupsQuery = (query: Query) =>
  queryOptions({
    queryKey: ["people", "groups", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/groups", importGroups, { query, signal }),
  });

export const groupQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "group", id],
    queryFn: ({ signal }) => read("GET", `/api/groups/${id}`, importGroup, { signal }),
  });

/** The user or group of an id: an address says the id alone. */
export const principalQuery = (id: string) =>
  queryOptions({
    queryKey: ["people", "principal", id],
    queryFn: async ({ signal }): Promise<Named> => {
      try {
        return await read("GET", `/api/users/${id}`, importUser, { signal });
      } catch (error) {
        if (asProblem(error).code !== "not-found") throw error;
        return await read("GET", `/api/groups/${id}`, importGroup, { signal });
      }
    },
  });

export const membersQuery = (id: string, query: Query) =>
  queryOptions({
    queryKey: ["people", "group", id, "members", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", `/api/groups/${id}/members`, importMembers, { query, signal }),
  });
