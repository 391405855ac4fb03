import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import type { Principal } from "../../api/principal";
import { foldersBelowQuery } from "../../app/queries";
import { readId } from "../people/filter";
import { userQuery } from "../people/queries";
import { type PlaceDetail, placeQuery } from "./place";

/** The person that the address names; under his id alone while nothing else is known of him. */
export function useChosenUser(): Principal | null {
  const [search] = useSearchParams();
  const id = readId(search.get("user"));
  const user = useQuery({ ...userQuery(id ?? ""), enabled: id !== null }).data;
  return id === null ? null : { id, name: user?.name ?? id, kind: "user" };
}

export interface ChosenPlace {
  readonly id: string | null;
  readonly place: PlaceDetail | null;
  readonly error: unknown;
  readonly pending: boolean;
  readonly reload: () => void;
}

/** The folder or device that the address names; the topmost folder without one. */
export function useChosenPlace(orTopmost: boolean): ChosenPlace {
  const [search] = useSearchParams();
  const top = useInfiniteQuery({ ...foldersBelowQuery(null), enabled: orTopmost });
  const id = readId(search.get("resource")) ?? (orTopmost ? (top.data?.pages[0]?.items[0]?.id ?? null) : null);
  const place = useQuery({ ...placeQuery(id ?? ""), enabled: id !== null });
  return {
    id,
    place: place.data ?? null,
    error: place.isError && place.data === undefined ? place.error : null,
    pending: id === null ? orTopmost && top.isPending : place.isPending,
    reload: () => void place.refetch(),
  };
}
