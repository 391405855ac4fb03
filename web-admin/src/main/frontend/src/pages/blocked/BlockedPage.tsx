import { Button, EmptyState, EmptyStateBody, PageSection, Skeleton, Title } from "@patternfly/react-core";
import { ShieldAltIcon } from "@patternfly/react-icons";
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { keepPreviousData, queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { type BlockedAddress, importBlockedAddresses } from "../../api/blocked";
import { type RequestOptions, read, request } from "../../api/http";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { meQuery } from "../../app/queries";
import { AbsoluteTime, RelativeTime } from "../../app/time";
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
  const { t, locale } = useTexts();
  const toasts = useToasts();
  const dialogs = useDialogs();
  const client = useQueryClient();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (name: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(name)) next.add(name);
      return next;
    });
  const lift = (address: string, name: string) =>
    dialogs.confirm({
      title: t("blocked.liftTitle", { address: inertText(name) }),
      body: <p>{t("blocked.liftBody")}</p>,
      action: t("blocked.lift"),
      failure: t("blocked.liftFailure"),
      onConfirm: async () => {
        try {
          await request("DELETE", `/api/blocked-addresses/${encodeURIComponent(address)}`);
        } finally {
          await client.invalidateQueries({ queryKey: ["blocked"] });
        }
        toasts.say("success", t("blocked.lifted", { address: inertText(name) }));
      },
    });
  return (
    <Table
      aria-label={t("blocked.title")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table"
      isExpandable
    >
      <Thead>
        <Tr>
          <Th screenReaderText={t("blocked.attempts")} style={{ width: "4.5rem" }} />
          <Th>{t("blocked.address")}</Th>
          <Th>{t("blocked.failures")}</Th>
          <Th>{t("blocked.since")}</Th>
          <Th>{t("blocked.until")}</Th>
          {operator && <Th screenReaderText={t("blocked.lift")} style={{ width: "9rem" }} />}
        </Tr>
      </Thead>
      {items.map((item, index) => {
        const name = networkOf(item);
        const isOpen = open.has(name);
        return (
          <Tbody key={name} isExpanded={isOpen}>
            <Tr isContentExpanded={isOpen}>
              <Td
                expand={{
                  rowIndex: index,
                  isExpanded: isOpen,
                  onToggle: () => toggle(name),
                  expandId: "blocked",
                }}
              />
              <Td dataLabel={t("blocked.address")} className="any-length">
                <Inert text={name} />
              </Td>
              <Td dataLabel={t("blocked.failures")}>{item.failures.toLocaleString(locale)}</Td>
              <Td dataLabel={t("blocked.since")}>
                <RelativeTime time={item.since} />
              </Td>
              <Td dataLabel={t("blocked.until")}>
                <RelativeTime time={item.until} />
              </Td>
              {operator && (
                <Td>
                  {item.bits > 0 && (
                    <Button
                      variant="secondary"
                      size="sm"
                      aria-label={t("blocked.liftOf", { address: inertText(name) })}
                      onClick={() => lift(item.address, name)}
                    >
                      {t("blocked.lift")}
                    </Button>
                  )}
                </Td>
              )}
            </Tr>
            <Tr isExpanded={isOpen}>
              <Td colSpan={operator ? 6 : 5} noPadding={false}>
                <ExpandableRowContent>
                  {isOpen && <Attempts item={item} name={name} operator={operator} />}
                </ExpandableRowContent>
              </Td>
            </Tr>
          </Tbody>
        );
      })}
    </Table>
  );
}

/** A single address as such, a network with its width. */
function networkOf({ address, bits }: BlockedAddress): string {
  return bits === 0 || bits === 32 ? address : `${address}/${bits}`;
}

interface AttemptsProps {
  readonly item: BlockedAddress;
  readonly name: string;
  readonly operator: boolean;
}

/** What was tried from an address, the newest first. */
function Attempts({ item, name, operator }: AttemptsProps) {
  const { t, code } = useTexts();
  return (
    <Table
      aria-label={t("blocked.attemptsOf", { address: inertText(name) })}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table"
    >
      <Thead>
        <Tr>
          <Th>{t("blocked.time")}</Th>
          <Th>{t("blocked.kind")}</Th>
          <Th>{t("blocked.userName")}</Th>
          {operator && <Th>{t("blocked.domain")}</Th>}
        </Tr>
      </Thead>
      <Tbody>
        {item.attempts.map((attempt, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: attempts have no id, and a list that was read does not change
          <Tr key={index}>
            <Td dataLabel={t("blocked.time")}>
              <AbsoluteTime time={attempt.time} />
            </Td>
            <Td dataLabel={t("blocked.kind")}>{inertText(code("blocked.kind", attempt.kind))}</Td>
            <Td dataLabel={t("blocked.userName")} className="any-length">
              {attempt.userName === null ? "–" : <Inert text={attempt.userName} />}
            </Td>
            {operator && (
              <Td dataLabel={t("blocked.domain")} className="any-length">
                {attempt.domain === null ? "–" : <Inert text={attempt.domain.name} />}
              </Td>
            )}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
