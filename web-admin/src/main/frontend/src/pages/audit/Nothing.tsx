import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { SearchIcon } from "@patternfly/react-icons";
import { type FetchQueryOptions, hashKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { LogPage } from "../../api/audit";
import { useStep } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { absoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";
import type { Change } from "./AuditFilters";

interface NothingProps<T, K extends readonly unknown[]> {
  readonly page: LogPage<T>;
  /** Where that page is. */
  readonly cursor: string | null;
  /** The page at a cursor, with the same filter. */
  readonly pageAt: (cursor: string | null) => FetchQueryOptions<LogPage<T>, Error, LogPage<T>, K>;
  /** While the page is still the one before. */
  readonly busy: boolean;
  readonly change: Change;
}

/** Nothing on this page. A search that looked at its share of rows may find something further back. */
export function Nothing<T, K extends readonly unknown[]>({ page, cursor, pageAt, busy, change }: NothingProps<T, K>) {
  const { t } = useTexts();
  const clear = () =>
    change({
      q: null,
      code: null,
      outcome: null,
      user: null,
      device: null,
      principal: null,
      session: null,
      from: null,
      to: null,
    });
  const going = page.next !== null;
  return (
    <EmptyState headingLevel="h2" icon={SearchIcon} titleText={t(going ? "audit.noneYet" : "audit.none")} variant="sm">
      <EmptyStateBody>{t(going ? "audit.noneYetBody" : "audit.noneBody")}</EmptyStateBody>
      {page.next !== null && !busy && (
        // one search for each place: the page there changes with every new row
        <Further key={hashKey(pageAt(cursor).queryKey)} next={page.next} reached={page.reached} pageAt={pageAt} />
      )}
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={clear}>
            {t("devices.clearFilters")}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
  );
}

interface FurtherProps<T, K extends readonly unknown[]> extends Pick<NothingProps<T, K>, "pageAt"> {
  readonly next: string;
  readonly reached: Date | null;
}

/** Goes on from page to page until something is found, or where it was told to stop. */
function Further<T, K extends readonly unknown[]>({ next, reached, pageAt }: FurtherProps<T, K>) {
  const { t, locale } = useTexts();
  const client = useQueryClient();
  const step = useStep();
  const [at, setAt] = useState<Date | null>(null);
  /** The page that is looked at next, once a search has begun. */
  const cursor = useRef<string | null>(null);
  const stopped = useRef(false);
  useEffect(() => {
    stopped.current = false;
    return () => {
      stopped.current = true;
    };
  }, []);
  const search = useMutation({
    mutationFn: async () => {
      for (let here = cursor.current ?? next; ; ) {
        const page = await client.fetchQuery(pageAt(here));
        if (stopped.current || page.items.length > 0 || page.next === null) return here;
        setAt(page.reached);
        cursor.current = here = page.next;
      }
    },
  });
  const shown = at ?? reached;
  const begin = () => {
    stopped.current = false;
    search.mutate(undefined, { onSuccess: step });
  };
  return (
    <>
      {search.isError && <ProblemAlert title={t("audit.failure")} error={search.error} retry={begin} />}
      {shown !== null && <p role="status">{t("audit.reached", { time: absoluteTime(shown, locale) })}</p>}
      {search.isPending ? (
        <Button
          variant="secondary"
          isLoading
          onClick={() => {
            stopped.current = true;
          }}
        >
          {t("action.cancel")}
        </Button>
      ) : (
        <Button variant="primary" onClick={begin}>
          {t("audit.further")}
        </Button>
      )}
    </>
  );
}
