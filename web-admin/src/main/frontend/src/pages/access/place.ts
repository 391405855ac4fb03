import { queryOptions } from "@tanstack/react-query";
import { read } from "../../api/http";
import { etagOf, Field } from "../../api/importer";
import { asProblem } from "../../api/problem";
import { importDevicePlace, importFolderPlace, type Place } from "./pickers";

/** A resource with what a change of its inheritance needs. */
export interface PlaceDetail extends Place {
  /** False where rights from above end. */
  readonly inherit: boolean;
  readonly etag: string;
}

/** The folder or device of an id: an address says the id alone. */
export const placeQuery = (id: string) =>
  queryOptions({
    queryKey: ["access", "place", id],
    queryFn: async ({ signal }): Promise<PlaceDetail> => {
      try {
        return await read("GET", `/api/folders/${id}`, (value) => detail(value, importFolderPlace), { signal });
      } catch (error) {
        if (asProblem(error).code !== "not-found") throw error;
        return await read("GET", `/api/devices/${id}`, (value) => detail(value, importDevicePlace), { signal });
      }
    },
  });

function detail(value: unknown, importer: (value: unknown) => Place): PlaceDetail {
  const root = new Field(value);
  return { ...importer(value), inherit: root.get("inherit").boolOr(true), etag: etagOf(root.get("etag")) };
}
