import { EmptyState, EmptyStateBody, PageSection, Skeleton } from "@patternfly/react-core";
import { UsersIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { AccessTabs } from "./AccessTabs";
import { useChosenPlace } from "./chosen";
import { PermissionLabels, PrincipalName } from "./names";
import { PlacePicker } from "./pickers";
import { everybodyQuery } from "./queries";

/** Who may do what on one resource, by whatever way he came to it. */
export function EverybodyPage() {
  const { t } = useTexts();
  const [, setSearch] = useSearchParams();
  const chosen = useChosenPlace(true);
  usePageTitle(
    chosen.place === null ? t("access.tab.everybody") : `${chosen.place.name} · ${t("access.tab.everybody")}`,
  );
  return (
    <>
      <AccessTabs active="everybody" />
      <PageSection isFilled className="stack">
        <PlacePicker
          label={t("access.choose")}
          kinds={["folder", "device"]}
          chosen={chosen.place}
          onChoose={(place) => setSearch((before) => withSearch(before, { resource: place.id }))}
        />
        {chosen.error !== null ? (
          <ProblemAlert title={t("access.placeFailure")} error={chosen.error} retry={chosen.reload} />
        ) : chosen.id === null ? (
          !chosen.pending && <NobodyToSee />
        ) : (
          <Everybody resource={chosen.id} />
        )}
      </PageSection>
    </>
  );
}

function NobodyToSee() {
  const { t } = useTexts();
  return (
    <EmptyState headingLevel="h2" icon={UsersIcon} titleText={t("access.noPlace")} variant="sm">
      <EmptyStateBody>{t("access.noPlaceBody")}</EmptyStateBody>
    </EmptyState>
  );
}

function Everybody({ resource }: { readonly resource: string }) {
  const { t } = useTexts();
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const people = useQuery(everybodyQuery({ resource, cursor, limit: size }));
  if (people.isError)
    return <ProblemAlert title={t("everybody.failure")} error={people.error} retry={() => void people.refetch()} />;
  if (people.isPending) return <Skeleton screenreaderText={t("loading")} />;
  if (people.data.items.length === 0 && cursor === null) {
    return (
      <EmptyState headingLevel="h2" icon={UsersIcon} titleText={t("everybody.none")} variant="sm">
        <EmptyStateBody>{t("everybody.noneBody")}</EmptyStateBody>
      </EmptyState>
    );
  }
  return (
    <>
      <Table
        aria-label={t("access.tab.everybody")}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="fixed-table device-table"
        aria-busy={people.isPlaceholderData}
      >
        <Thead>
          <Tr>
            <Th style={{ width: "24%" }}>{t("entry.principal")}</Th>
            <Th>{t("entry.permissions")}</Th>
            <Th screenReaderText={t("person.why")} style={{ width: "7rem" }} />
          </Tr>
        </Thead>
        <Tbody>
          {people.data.items.map(({ user, permissions }) => (
            <Tr key={user.id}>
              <Td dataLabel={t("entry.principal")} className="device-table__name">
                <PrincipalName principal={{ ...user, kind: "user" }} link />
              </Td>
              <Td dataLabel={t("entry.permissions")}>
                <PermissionLabels permissions={permissions} label={inertText(user.name)} />
              </Td>
              <Td dataLabel={t("person.why")}>
                <Link
                  to={`/access/effective?resource=${resource}&user=${user.id}`}
                  aria-label={t("everybody.whyFor", { user: inertText(user.name) })}
                >
                  {t("person.why")}
                </Link>
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      <CursorPager
        next={people.data.next}
        count={people.data.items.length}
        label={t("everybody.pages")}
        onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
      />
    </>
  );
}
