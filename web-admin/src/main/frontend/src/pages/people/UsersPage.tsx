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
import {
  BanIcon,
  HourglassEndIcon,
  HourglassHalfIcon,
  KeyIcon,
  PlusCircleIcon,
  SearchIcon,
  UsersIcon,
} from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import type { User } from "../../api/people";
import { useDialogs } from "../../app/dialog";
import { Inert } from "../../app/inert";
import { useMay } from "../../app/may";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { RelativeTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { AddUserDialog } from "./AddUserDialog";
import { FolderOf } from "./FolderOf";
import { peopleQueryOf, readPeopleFilter } from "./filter";
import { PeopleFilters } from "./PeopleFilters";
import { PeopleTabs } from "./PeopleTabs";
import { usersQuery } from "./queries";

/** The persons of the domain that the caller sees. */
export function UsersPage() {
  const { t } = useTexts();
  usePageTitle(t("people.tab.users"));
  const [search, setSearch] = useSearchParams();
  const filter = readPeopleFilter(search);
  const users = useQuery(usersQuery(peopleQueryOf(filter)));
  const dialogs = useDialogs();
  const may = useMay("manage-users");
  const narrowed = filter.q.trim() !== "" || filter.folder !== null || filter.group !== null;
  const change = (changes: Record<string, string | number | null>, replace = false) =>
    setSearch((before) => withSearch(before, changes), { replace });
  const add = () => dialogs.open((close) => <AddUserDialog onClose={close} />);
  const addButton = (
    <Button variant="primary" icon={<PlusCircleIcon />} onClick={add}>
      {t("users.add")}
    </Button>
  );
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("people.title")}</Title>
        {may && addButton}
      </PageSection>
      <PeopleTabs active="users" />
      <PageSection isFilled>
        <PeopleFilters filter={filter} change={change} withGroup searchLabel={t("users.search")} />
        {users.isError ? (
          <ProblemAlert title={t("users.failure")} error={users.error} retry={() => void users.refetch()} />
        ) : users.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : users.data.items.length === 0 && filter.cursor === null ? (
          <EmptyState
            headingLevel="h2"
            icon={narrowed ? SearchIcon : UsersIcon}
            titleText={t(narrowed ? "users.noneMatch" : "users.none")}
            variant="sm"
          >
            <EmptyStateBody>
              {t(narrowed ? "people.noneMatchBody" : may ? "users.noneBody" : "users.noneSeen")}
            </EmptyStateBody>
            <EmptyStateFooter>
              <EmptyStateActions>
                {narrowed ? (
                  <Button variant="link" onClick={() => change({ q: null, folder: null, group: null })}>
                    {t("devices.clearFilters")}
                  </Button>
                ) : (
                  may && addButton
                )}
              </EmptyStateActions>
            </EmptyStateFooter>
          </EmptyState>
        ) : (
          <>
            <UserTable users={users.data.items} busy={users.isPlaceholderData} />
            <CursorPager
              next={users.data.next}
              count={users.data.items.length}
              label={t("users.pages")}
              onSize={(size) => change({ size })}
            />
          </>
        )}
      </PageSection>
    </>
  );
}

function UserTable({ users, busy }: { readonly users: readonly User[]; readonly busy: boolean }) {
  const { t } = useTexts();
  return (
    <Table
      aria-label={t("people.tab.users")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table device-table"
      aria-busy={busy}
    >
      <Thead>
        <Tr>
          <Th>{t("user.name")}</Th>
          <Th>{t("user.groups")}</Th>
          <Th>{t("people.folder")}</Th>
          <Th style={{ width: "14rem" }}>{t("user.lastSignIn")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {users.map((user) => (
          <Tr key={user.id}>
            <Td dataLabel={t("user.name")} className="device-table__name">
              <span className="marked">
                <Link to={`/people/users/${user.id}`}>
                  <Inert text={user.name} />
                </Link>
                <UserMarks user={user} />
              </span>
            </Td>
            <Td dataLabel={t("user.groups")}>
              <div>
                {user.groups.length === 0
                  ? "–"
                  : user.groups.map((group, index) => (
                      <span key={group.id}>
                        {index > 0 && ", "}
                        <Link to={`/people/groups/${group.id}`}>
                          <Inert text={group.name} />
                        </Link>
                      </span>
                    ))}
                {user.groupCount > user.groups.length &&
                  ` ${t("people.andMore", { count: user.groupCount - user.groups.length })}`}
              </div>
            </Td>
            <Td dataLabel={t("people.folder")}>
              <FolderOf what={user} />
            </Td>
            <Td dataLabel={t("user.lastSignIn")}>
              {user.lastSignIn === null ? t("user.never") : <RelativeTime time={user.lastSignIn} />}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** What of a user must not be overlooked. */
export function UserMarks({ user }: { readonly user: Pick<User, "pending" | "owner" | "enabled" | "expires"> }) {
  const { t } = useTexts();
  return (
    <>
      {user.pending && (
        <Label isCompact variant="outline" color="orange" icon={<HourglassHalfIcon />}>
          {t("user.pending")}
        </Label>
      )}
      {!user.enabled && (
        <Label isCompact color="red" icon={<BanIcon />}>
          {t("userAccount.disabled")}
        </Label>
      )}
      {user.expires !== null && user.expires.getTime() <= Date.now() && (
        <Label isCompact color="red" icon={<HourglassEndIcon />}>
          {t("userAccount.expired")}
        </Label>
      )}
      {user.owner && (
        <Label isCompact variant="outline" color="purple" icon={<KeyIcon />}>
          {t("user.owner")}
        </Label>
      )}
    </>
  );
}
