import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  Label,
  PageSection,
  Skeleton,
  Title,
} from "@patternfly/react-core";
import { LockIcon, PlusCircleIcon, SearchIcon, UsersIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import type { Group } from "../../api/people";
import { useDialogs } from "../../app/dialog";
import { Inert } from "../../app/inert";
import { useMay } from "../../app/may";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { CreateGroupDialog } from "./dialogs";
import { FolderOf } from "./FolderOf";
import { peopleQueryOf, readPeopleFilter } from "./filter";
import { PeopleFilters } from "./PeopleFilters";
import { PeopleTabs } from "./PeopleTabs";
import { groupsQuery } from "./queries";

/** The groups of the domain that the caller sees. */
export function GroupsPage() {
  const { t } = useTexts();
  usePageTitle(t("people.tab.groups"));
  const [search, setSearch] = useSearchParams();
  const filter = { ...readPeopleFilter(search), group: null };
  const groups = useQuery(groupsQuery(peopleQueryOf(filter)));
  const dialogs = useDialogs();
  const may = useMay("manage-users");
  const narrowed = filter.q.trim() !== "" || filter.folder !== null;
  const change = (changes: Record<string, string | number | null>, replace = false) =>
    setSearch((before) => withSearch(before, changes), { replace });
  const create = (
    <Button
      variant="primary"
      icon={<PlusCircleIcon />}
      onClick={() => dialogs.open((close) => <CreateGroupDialog onClose={close} />)}
    >
      {t("groups.create")}
    </Button>
  );
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("people.title")}</Title>
        {may && create}
      </PageSection>
      <PeopleTabs active="groups" />
      <PageSection isFilled>
        <PeopleFilters filter={filter} change={change} withGroup={false} searchLabel={t("groups.search")} />
        {groups.isError ? (
          <ProblemAlert title={t("groups.failure")} error={groups.error} retry={() => void groups.refetch()} />
        ) : groups.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : groups.data.items.length === 0 && filter.cursor === null ? (
          <EmptyState
            headingLevel="h2"
            icon={narrowed ? SearchIcon : UsersIcon}
            titleText={t(narrowed ? "groups.noneMatch" : "groups.none")}
            variant="sm"
          >
            <EmptyStateBody>
              {t(narrowed ? "people.noneMatchBody" : may ? "groups.noneBody" : "groups.noneSeen")}
            </EmptyStateBody>
            <EmptyStateFooter>
              <EmptyStateActions>
                {narrowed ? (
                  <Button variant="link" onClick={() => change({ q: null, folder: null })}>
                    {t("devices.clearFilters")}
                  </Button>
                ) : (
                  may && create
                )}
              </EmptyStateActions>
            </EmptyStateFooter>
          </EmptyState>
        ) : (
          <>
            <GroupTable groups={groups.data.items} busy={groups.isPlaceholderData} />
            <CursorPager
              next={groups.data.next}
              count={groups.data.items.length}
              label={t("groups.pages")}
              onSize={(size) => change({ size })}
            />
          </>
        )}
      </PageSection>
    </>
  );
}

function GroupTable({ groups, busy }: { readonly groups: readonly Group[]; readonly busy: boolean }) {
  const { t, locale } = useTexts();
  return (
    <Table
      aria-label={t("people.tab.groups")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table device-table"
      aria-busy={busy}
    >
      <Thead>
        <Tr>
          <Th>{t("group.name")}</Th>
          <Th>{t("group.description")}</Th>
          <Th style={{ width: "8rem" }}>{t("group.members")}</Th>
          <Th>{t("people.folder")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {groups.map((group) => (
          <Tr key={group.id}>
            <Td dataLabel={t("group.name")} className="device-table__name">
              <span className="marked">
                <Link to={`/people/groups/${group.id}`}>
                  <Inert text={group.name} />
                </Link>
                {group.builtIn && <BuiltIn />}
              </span>
            </Td>
            <Td dataLabel={t("group.description")}>
              {group.description === "" ? (
                "–"
              ) : (
                <span className="clamped">
                  <Inert text={group.description} />
                </span>
              )}
            </Td>
            <Td dataLabel={t("group.members")}>{group.members.toLocaleString(locale)}</Td>
            <Td dataLabel={t("people.folder")}>
              <FolderOf what={group} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Marks a group that comes with every domain. */
export function BuiltIn() {
  const { t } = useTexts();
  return (
    <Label isCompact variant="outline" icon={<LockIcon />}>
      {t("group.builtIn")}
    </Label>
  );
}
