import {
  Button,
  Card,
  CardBody,
  CardTitle,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  PageSection,
  Skeleton,
  Spinner,
  Title,
} from "@patternfly/react-core";
import { PlusCircleIcon, UsersIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useParams, useSearchParams } from "react-router";
import type { Group } from "../../api/people";
import type { Principal } from "../../api/principal";
import { asProblem } from "../../api/problem";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { EntriesOfPrincipal } from "../access/EntriesOfPrincipal";
import { PrincipalName } from "../access/names";
import { Crumbs } from "./Crumbs";
import { AddMemberDialog, DeleteGroupDialog, EditGroupDialog, LeaveGroupDialog, MoveDialog } from "./dialogs";
import { FolderOf } from "./FolderOf";
import { readId } from "./filter";
import { BuiltIn } from "./GroupsPage";
import { groupQuery, membersQuery } from "./queries";

/** One group: who is in it, and what it is given where. */
export function GroupPage() {
  const { t } = useTexts();
  const id = readId(useParams().id);
  const group = useQuery({ ...groupQuery(id ?? ""), enabled: id !== null });
  if (id === null || (group.isError && asProblem(group.error).code === "not-found"))
    return <NotFoundPage>{t("group.notFound")}</NotFoundPage>;
  if (group.data !== undefined) return <Loaded key={id} group={group.data} />;
  return (
    <PageSection isFilled>
      {group.isError ? (
        <ProblemAlert title={t("group.failure")} error={group.error} retry={() => void group.refetch()} />
      ) : (
        <Spinner aria-label={t("loading")} />
      )}
    </PageSection>
  );
}

function Loaded({ group }: { readonly group: Group }) {
  const { t } = useTexts();
  usePageTitle(group.name);
  const dialogs = useDialogs();
  const may = group.permissions.includes("manage-users");
  return (
    <>
      <PageSection className="device-head" hasBodyWrapper={false}>
        <Crumbs list="groups" name={group.name} />
        <div className="device-head__line">
          <Title headingLevel="h1" className="any-length">
            <span className="named">
              <UsersIcon />
              <Inert text={group.name} />
            </span>
          </Title>
          {group.builtIn && <BuiltIn />}
          {may && (
            <span className="device-head__tools button-row">
              <Button
                variant="secondary"
                onClick={() => dialogs.open((close) => <EditGroupDialog group={group} onClose={close} />)}
              >
                {t("people.rename")}
              </Button>
              {!group.builtIn && (
                <>
                  <Button
                    variant="secondary"
                    onClick={() => dialogs.open((close) => <MoveDialog kind="group" what={group} onClose={close} />)}
                  >
                    {t("people.move")}
                  </Button>
                  <Button
                    variant="secondary"
                    isDanger
                    onClick={() => dialogs.open((close) => <DeleteGroupDialog group={group} onClose={close} />)}
                  >
                    {t("people.delete")}
                  </Button>
                </>
              )}
            </span>
          )}
        </div>
        <p className="secondary">
          {group.description !== "" && (
            <>
              <Inert text={group.description} /> ·{" "}
            </>
          )}
          {t("people.folder")}: <FolderOf what={group} />
          {group.builtIn && ` · ${t("group.builtInHelp")}`}
        </p>
      </PageSection>
      <PageSection isFilled className="overview" hasBodyWrapper={false}>
        <Card>
          <CardTitle component="h2">{t("group.members")}</CardTitle>
          <CardBody>
            <Members group={group} may={may} />
          </CardBody>
        </Card>
        <Card>
          <CardTitle component="h2">{t("group.rights")}</CardTitle>
          <CardBody>
            <EntriesOfPrincipal principal={{ id: group.id, name: group.name, kind: "group" }} />
          </CardBody>
        </Card>
      </PageSection>
    </>
  );
}

function Members({ group, may }: { readonly group: Group; readonly may: boolean }) {
  const { t } = useTexts();
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const members = useQuery(membersQuery(group.id, { cursor, limit: size }));
  const dialogs = useDialogs();
  const remove = (member: Principal) =>
    dialogs.open((close) => <LeaveGroupDialog group={group} member={member} onClose={close} />);
  const add = (
    <Button
      variant="secondary"
      icon={<PlusCircleIcon />}
      onClick={() => dialogs.open((close) => <AddMemberDialog group={group} onClose={close} />)}
    >
      {t("members.add")}
    </Button>
  );
  if (members.isError)
    return <ProblemAlert title={t("members.failure")} error={members.error} retry={() => void members.refetch()} />;
  if (members.isPending) return <Skeleton screenreaderText={t("loading")} />;
  if (members.data.items.length === 0 && cursor === null) {
    return (
      <EmptyState headingLevel="h3" titleText={t("members.none")} variant="xs">
        <EmptyStateBody>{t(may ? "members.noneBody" : "members.noneSeen")}</EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>{may && add}</EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="rows" aria-label={t("group.members")}>
        {members.data.items.map((member) => (
          <li key={member.id}>
            <PrincipalName principal={member} link />
            {may && (
              <Button
                variant="link"
                size="sm"
                isInline
                onClick={() => remove(member)}
                aria-label={t("members.removeOf", { name: inertText(member.name) })}
              >
                {t("members.remove")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {may && add}
      {(members.data.next !== null || cursor !== null) && (
        <CursorPager
          next={members.data.next}
          count={members.data.items.length}
          label={t("members.pages")}
          onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
        />
      )}
    </>
  );
}
