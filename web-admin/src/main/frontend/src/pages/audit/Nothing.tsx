import { Button, EmptyState, EmptyStateActions, EmptyStateBody, EmptyStateFooter } from "@patternfly/react-core";
import { SearchIcon } from "@patternfly/react-icons";
import { type FetchQueryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import type { LogPage } from "../../api/audit";
import { useStep } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { absoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";
import type { Change } from "./AuditFilters";

interface NothingProps<T, K extends readonly unknown[]> {
  readonly page: LogPage<T>;
  /** The page at a cursor, with the same filter. */
  readonly pageAt: (cursor: string) => FetchQueryOptions<LogPage<T>, Error, LogPage<T>, K>;
  /** While the page is still the one before. */
  readonly busy: boolean;
  readonly change: Change;
}

/** Nothing on this page. A search that looked at its share of rows may find something further back. */
export function Nothing<T, K extends readonly unknown[]>({ page, pageAt, busy, change }: NothingProps<T, K>) {
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
        <Further key={page.next} next={page.next} reached={page.reached} pageAt={pageAt} />
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
  const [at, setAt] = useState(reached);
  const stopped = useRef(false);
  useEffect(() => {
    stopped.current = false;
    return () => {
      stopped.current = true;
    };
  }, []);
  const search = useMutation({
    mutationFn: async () => {
      let cursor = next;
      for (;;) {
        const page = await client.fetchQuery(pageAt(cursor));
        if (stopped.current || page.items.length > 0 || page.next === null) return cursor;
        setAt(page.reached);
        cursor = page.next;
      }
    },
  });
  const begin = () => {
    stopped.current = false;
    search.mutate(undefined, { onSuccess: step });
  };
  return (
    <>
      {search.isError && <ProblemAlert title={t("audit.failure")} error={search.error} retry={begin} />}
      {at !== null && <p role="status">{t("audit.reached", { time: absoluteTime(at, locale) })}</p>}
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
