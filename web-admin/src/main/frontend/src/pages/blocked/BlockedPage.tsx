import { Button, EmptyState, EmptyStateBody, Label, PageSection, Skeleton, Title } from "@patternfly/react-core";
import { ShieldAltIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { type BlockedAddress, importBlockedAddresses } from "../../api/blocked";
import { type RequestOptions, read, request } from "../../api/http";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { meQuery } from "../../app/queries";
import { RelativeTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";

const blockedQuery = (query: NonNullable<RequestOptions["query"]>) =>
  queryOptions({
    queryKey: ["blocked", query],
    staleTime: 0,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => read("GET", "/api/blocked-addresses", importBlockedAddresses, { query, signal }),
  });

/** From where somebody guesses. The operator sees every address and can lift a block; a domain sees what was tried on itself. */
export function BlockedPage() {
  const { t } = useTexts();
  usePageTitle(t("blocked.title"));
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const operator = useQuery(meQuery).data?.operator ?? false;
  const blocked = useQuery(blockedQuery({ cursor, limit: size }));
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("blocked.title")}</Title>
        <Button variant="secondary" onClick={() => void blocked.refetch()} isLoading={blocked.isFetching}>
          {t("blocked.again")}
        </Button>
      </PageSection>
      <PageSection isFilled>
        <p className="secondary">{t(operator ? "blocked.introOperator" : "blocked.intro")}</p>
        {blocked.isError ? (
          <ProblemAlert title={t("blocked.failure")} error={blocked.error} retry={() => void blocked.refetch()} />
        ) : blocked.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : blocked.data.items.length === 0 && cursor === null ? (
          <EmptyState headingLevel="h2" icon={ShieldAltIcon} titleText={t("blocked.none")} variant="sm">
            <EmptyStateBody>{t("blocked.noneBody")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <>
            <AddressTable items={blocked.data.items} operator={operator} />
            {(blocked.data.next !== null || cursor !== null) && (
              <CursorPager
                next={blocked.data.next}
                count={blocked.data.items.length}
                label={t("blocked.pages")}
                onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
              />
            )}
          </>
        )}
      </PageSection>
    </>
  );
}

function AddressTable({ items, operator }: { readonly items: readonly BlockedAddress[]; readonly operator: boolean }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const dialogs = useDialogs();
  const client = useQueryClient();
  const lift = (address: string) =>
    dialogs.confirm({
      title: t("blocked.liftTitle", { address: inertText(address) }),
      body: <p>{t("blocked.liftBody")}</p>,
      action: t("blocked.lift"),
      failure: t("blocked.liftFailure"),
      onConfirm: async () => {
        try {
          await request("DELETE", `/api/blocked-addresses/${encodeURIComponent(address)}`);
        } finally {
          await client.invalidateQueries({ queryKey: ["blocked"] });
        }
        toasts.say("success", t("blocked.lifted", { address: inertText(address) }));
      },
    });
  const now = Date.now();
  return (
    <Table aria-label={t("blocked.title")} variant="compact" gridBreakPoint="grid-lg" className="fixed-table">
      <Thead>
        <Tr>
          <Th>{t("blocked.address")}</Th>
          <Th>{t("blocked.failures")}</Th>
          <Th>{t("blocked.last")}</Th>
          <Th>{t("blocked.state")}</Th>
          {operator && <Th screenReaderText={t("blocked.lift")} style={{ width: "9rem" }} />}
        </Tr>
      </Thead>
      <Tbody>
        {items.map(({ address, failures, last, until }) => {
          const stands = until !== null && until.getTime() > now;
          return (
            <Tr key={address}>
              <Td dataLabel={t("blocked.address")}>
                <Inert text={address} />
              </Td>
              <Td dataLabel={t("blocked.failures")}>{failures}</Td>
              <Td dataLabel={t("blocked.last")}>{last === null ? "–" : <RelativeTime time={last} />}</Td>
              <Td dataLabel={t("blocked.state")}>
                {stands ? (
                  <Label isCompact color="red">
                    {t("blocked.until")} <RelativeTime time={until} />
                  </Label>
                ) : (
                  t("blocked.free")
                )}
              </Td>
              {operator && (
                <Td>
                  {stands && (
                    <Button
                      variant="secondary"
                      size="sm"
                      aria-label={t("blocked.liftOf", { address: inertText(address) })}
                      onClick={() => lift(address)}
                    >
                      {t("blocked.lift")}
                    </Button>
                  )}
                </Td>
              )}
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}
