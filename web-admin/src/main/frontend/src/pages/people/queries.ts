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

export const membersQuery = (id: string, query: Query) =>
  queryOptions({
    queryKey: ["people", "group", id, "members", query],
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", `/api/groups/${id}/members`, importMembers, { query, signal }),
  });
