import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import type { Folder } from "../api/folder";
import { foldersBelowQuery } from "./queries";

/** The topmost folders that the caller sees; empty until they are there. */
export function useTopFolders(): readonly Folder[] {
  const { data } = useInfiniteQuery(foldersBelowQuery(null));
  return useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
}
