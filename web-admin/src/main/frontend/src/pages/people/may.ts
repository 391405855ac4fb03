import { useQuery } from "@tanstack/react-query";
import { useMay } from "../../app/folders";
import { meQuery } from "../../app/queries";

/** Whether the caller may add persons and groups somewhere; the server decides in any case. */
export function useMayManagePeople(): boolean {
  const me = useQuery(meQuery).data;
  const may = useMay("manage-users");
  return me?.administer === true || may;
}
