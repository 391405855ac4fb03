import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useTexts } from "../i18n";
import { inertText } from "./inert";
import { useLive } from "./liveContext";
import { meQuery } from "./queries";
import { requestsQuery, waitingRequestsQuery } from "./requestQueries";
import { useToasts } from "./toasts";

/** How many of one's own requests are looked at when one of somebody was decided. */
const OWN = 20;

/**
 * Says when somebody asks for access that the caller may give, and when one of his own requests was decided.
 *
 * @returns how many requests wait for the caller's decision
 */
export function useRequestNotices(): number {
  const { t } = useTexts();
  const { listen } = useLive();
  const toasts = useToasts();
  const client = useQueryClient();
  const me = useQuery(meQuery).data?.user.id;
  const waiting = useQuery(waitingRequestsQuery).data?.items ?? [];
  useEffect(
    () =>
      listen((event) => {
        if (event.type !== "access-request" || event.state === "withdrawn" || event.state === "expired") return;
        const query = event.state === "open" ? waitingRequestsQuery : requestsQuery({ mine: "true", limit: OWN });
        void client
          .fetchQuery({ ...query, staleTime: 0, retry: false })
          .then(({ items }) => {
            const found = items.find((each) => each.id === event.id);
            if (found === undefined) return;
            const { name } = found.resource;
            const values = {
              user: inertText(found.user.name),
              resource: name === null ? t("resource.unseen") : inertText(name),
            };
            if (event.state === "open" && found.user.id !== me) toasts.say("info", t("requests.noticeOpen", values));
            else if (event.state === "approved") toasts.say("success", t("requests.noticeApproved", values));
            else if (event.state === "rejected") toasts.say("warning", t("requests.noticeRejected", values));
          })
          // The page of requests shows the failure; a notice that cannot be made is none.
          .catch(() => undefined);
      }),
    [listen, client, toasts, t, me],
  );
  return waiting.filter((each) => each.user.id !== me).length;
}
