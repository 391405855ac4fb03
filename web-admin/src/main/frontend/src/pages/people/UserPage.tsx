import {
  Button,
  Card,
  CardBody,
  CardTitle,
  DescriptionList,
  Label,
  PageSection,
  Spinner,
  Title,
} from "@patternfly/react-core";
import { PlusCircleIcon, UserIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { Link, useParams } from "react-router";
import type { User } from "../../api/people";
import { asProblem } from "../../api/problem";
import type { Named } from "../../api/session";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { AbsoluteTime, RelativeTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { useTexts } from "../../i18n";
import { PlacesOfPerson } from "../access/PlacesOfPerson";
import { SignInsCard } from "../account/SignInsCard";
import { TokensCard } from "../account/TokensCard";
import { FixedRelayLine } from "../fixedRelay/FixedRelayLine";
import { AccountCard } from "./AccountCard";
import { Crumbs } from "./Crumbs";
import { DeleteUserDialog, JoinGroupDialog, LeaveGroupDialog, MoveDialog, RenameUserDialog } from "./dialogs";
import { FolderOf } from "./FolderOf";
import { readId } from "./filter";
import { Line } from "./Line";
import { QualificationsDialog } from "./QualificationsDialog";
import { qualificationsQuery, userQuery } from "./queries";
import { UserMarks } from "./UsersPage";

/** One person: where he belongs, and what he may do everywhere. */
export function UserPage() {
  const { t } = useTexts();
  const id = readId(useParams().id);
  const user = useQuery({ ...userQuery(id ?? ""), enabled: id !== null });
  if (id === null || (user.isError && asProblem(user.error).code === "not-found"))
    return <NotFoundPage>{t("user.notFound")}</NotFoundPage>;
  if (user.data !== undefined) return <Loaded key={id} user={user.data} />;
  return (
    <PageSection isFilled>
      {user.isError ? (
        <ProblemAlert title={t("user.failure")} error={user.error} retry={() => void user.refetch()} />
      ) : (
        <Spinner aria-label={t("loading")} />
      )}
    </PageSection>
  );
}

function Loaded({ user }: { readonly user: User }) {
  const { t } = useTexts();
  usePageTitle(user.name);
  const dialogs = useDialogs();
  const may = user.permissions.includes("manage-users");
  return (
    <>
      <PageSection className="device-head" hasBodyWrapper={false}>
        <Crumbs list="users" name={user.name} />
        <div className="device-head__line">
          <Title headingLevel="h1" className="any-length">
            <span className="named">
              <UserIcon />
              <Inert text={user.name} />
            </span>
          </Title>
          <UserMarks user={user} />
          {may && (
            <span className="device-head__tools button-row">
              <Button
                variant="secondary"
                onClick={() => dialogs.open((close) => <RenameUserDialog user={user} onClose={close} />)}
              >
                {t("people.rename")}
              </Button>
              <Button
                variant="secondary"
                onClick={() => dialogs.open((close) => <MoveDialog kind="user" what={user} onClose={close} />)}
              >
                {t("people.move")}
              </Button>
              <Button
                variant="secondary"
                isDanger
                onClick={() => dialogs.open((close) => <DeleteUserDialog user={user} onClose={close} />)}
              >
                {t("people.delete")}
              </Button>
            </span>
          )}
        </div>
      </PageSection>
      <PageSection isFilled className="overview" hasBodyWrapper={false}>
        <div className="overview__cards">
          <Card>
            <CardTitle component="h2">{t("user.about")}</CardTitle>
            <CardBody>
              <DescriptionList isHorizontal isCompact>
                <Line term={t("people.folder")}>
                  <FolderOf what={user} />
                </Line>
                <Line term={t("user.lastSignIn")}>
                  {user.lastSignIn === null ? t("user.never") : <RelativeTime time={user.lastSignIn} />}
                </Line>
                <Line term={t("fixedRelay.label")}>
                  <FixedRelayLine kind="user" of={user} may={may} />
                </Line>
                {user.pending && <Line term={t("user.state")}>{t("user.pendingHelp")}</Line>}
              </DescriptionList>
            </CardBody>
          </Card>
          {may && <AccountCard user={user} />}
          <Groups user={user} may={may} />
          <Qualifications user={user} may={may} />
        </div>
        <Card>
          <CardTitle component="h2">{t("person.title")}</CardTitle>
          <CardBody>
            <PlacesOfPerson user={user} />
            <Button variant="link" isInline component={AppLink} href={`/access/effective?user=${user.id}`}>
              {t("person.explain")}
            </Button>
          </CardBody>
        </Card>
        {may && !user.pending && (
          <>
            <SignInsCard owner={{ user: user.id }} />
            <TokensCard owner={{ user: user.id }} />
          </>
        )}
      </PageSection>
    </>
  );
}

function Groups({ user, may }: { readonly user: User; readonly may: boolean }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const leave = (group: Named) =>
    dialogs.open((close) => <LeaveGroupDialog group={group} member={user} onClose={close} />);
  return (
    <Card>
      <CardTitle component="h2">{t("user.groups")}</CardTitle>
      <CardBody>
        {user.groups.length === 0 ? (
          <p className="secondary">{t("user.noGroups")}</p>
        ) : (
          <ul className="rows">
            {user.groups.map((group) => (
              <li key={group.id}>
                <Link to={`/people/groups/${group.id}`}>
                  <Inert text={group.name} />
                </Link>
                {may && (
                  <Button
                    variant="link"
                    size="sm"
                    isInline
                    onClick={() => leave(group)}
                    aria-label={t("user.leaveGroup", { group: inertText(group.name) })}
                  >
                    {t("members.remove")}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        )}
        {may && (
          <Button
            variant="link"
            isInline
            icon={<PlusCircleIcon />}
            onClick={() => dialogs.open((close) => <JoinGroupDialog user={user} onClose={close} />)}
          >
            {t("user.join")}
          </Button>
        )}
      </CardBody>
    </Card>
  );
}

function Qualifications({ user, may }: { readonly user: User; readonly may: boolean }) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const qualifications = useQuery(qualificationsQuery(user.id));
  // Whoever may not see them, and a server that has none, shows nothing.
  if (qualifications.isError && asProblem(qualifications.error).status < 500) return null;
  const now = Date.now();
  return (
    <Card>
      <CardTitle component="h2">{t("user.qualifications")}</CardTitle>
      <CardBody>
        {qualifications.isError ? (
          <ProblemAlert title={t("user.qualificationsFailure")} error={qualifications.error} />
        ) : qualifications.isPending ? (
          <Spinner size="md" aria-label={t("loading")} />
        ) : qualifications.data.items.length === 0 ? (
          <p className="secondary">{t("user.noQualifications")}</p>
        ) : (
          <ul className="rows">
            {qualifications.data.items.map((each) => (
              <li key={each.name}>
                <Inert text={each.name} />
                {each.until !== null && (
                  <span className="secondary">
                    {t("validity.until")} <AbsoluteTime time={each.until} />
                  </span>
                )}
                {each.until !== null && each.until.getTime() < now && (
                  <Label isCompact color="red">
                    {t("user.expired")}
                  </Label>
                )}
              </li>
            ))}
          </ul>
        )}
        {may && qualifications.data !== undefined && (
          <Button
            variant="link"
            isInline
            onClick={() =>
              dialogs.open((close) => (
                <QualificationsDialog user={user} qualifications={qualifications.data} onClose={close} />
              ))
            }
          >
            {t("user.editQualifications")}
          </Button>
        )}
      </CardBody>
    </Card>
  );
}
