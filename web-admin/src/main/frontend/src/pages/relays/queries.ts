import { queryOptions } from "@tanstack/react-query";
import { importInstallationRelays } from "../../api/installationRelay";
import { readAll } from "../../api/pages";

/** Load changes all the time, and no event says so; the rest comes with the event. */
const LOOK_AGAIN_MS = 10_000;

/** The relays of the installation, asked for again while somebody looks at the page. */
export const installationRelaysQuery = queryOptions({
  queryKey: ["relays", "installation"],
  staleTime: 0,
  refetchInterval: LOOK_AGAIN_MS,
  refetchOnWindowFocus: true,
  queryFn: ({ signal }) => readAll("/api/installation/relays", importInstallationRelays, signal),
});
