import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTexts } from "../i18n";
import { consentsQuery } from "./consentQueries";
import { inertText } from "./inert";
import { useLive } from "./liveContext";
import { meQuery } from "./queries";
import { useToasts } from "./toasts";

/**
 * Says when somebody waits for the caller to let a session start.
 *
 * @returns how many wait
 */
export function useConsentNotices(): number {
  const { t } = useTexts();
  const { listen } = useLive();
  const toasts = useToasts();
  const client = useQueryClient();
  const may = useQuery(meQuery).data?.permissions.anywhere.includes("approve-access") === true;
  const waiting = useQuery({ ...consentsQuery, enabled: may }).data ?? [];
  useEffect(() => {
    if (!may) return undefined;
    return listen((event) => {
      if (event.type !== "consent" || event.state !== "asking") return;
      // an answer that is on its way may not know of it yet
      void client
        .cancelQueries(consentsQuery)
        .then(() => client.fetchQuery({ ...consentsQuery, staleTime: 0, retry: false }))
        .then((found) => {
          const one = found.find((each) => each.sid === event.sid);
          if (one === undefined) return;
          toasts.say(
            "info",
            t("consent.notice", { user: inertText(one.user.name), device: inertText(one.device.name) }),
          );
        })
        // The page of requests shows the failure; a notice that cannot be made is none.
        .catch(() => undefined);
    });
  }, [listen, client, toasts, t, may]);
  return waiting.length;
}
