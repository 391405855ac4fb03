import { useQuery } from "@tanstack/react-query";
import { meQuery } from "./queries";

/** Whether the caller holds a permission on anything at all; the server decides in any case. */
export function useMay(permission: string): boolean {
  return useQuery(meQuery).data?.permissions.anywhere.includes(permission) ?? false;
}
