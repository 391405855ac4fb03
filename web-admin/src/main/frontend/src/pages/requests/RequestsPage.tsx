import {
  Button,
  Card,
  CardBody,
  CardFooter,
  CardTitle,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
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
  CheckCircleIcon,
  HourglassHalfIcon,
  InboxIcon,
  OutlinedClockIcon,
  PlusCircleIcon,
  UndoIcon,
} from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useSearchParams } from "react-router";
import { request } from "../../api/http";
import type { AccessRequest, RequestState } from "../../api/request";
import { useRightsChange } from "../../app/change";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { PageTabs } from "../../app/pageTabs";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { meQuery } from "../../app/queries";
import { requestsQuery } from "../../app/requestQueries";
import { AbsoluteTime, RelativeTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { PermissionLabels, ResourceName, useResourceText } from "../access/names";
import { Consents } from "./Consents";
import { ApproveDialog, RejectDialog } from "./dialogs";
import { RequestAccessDialog } from "./RequestAccessDialog";

const VIEWS = ["open", "mine", "decided"] as const;
type View = (typeof VIEWS)[number];

const QUERIES: Readonly<Record<View, Readonly<Record<string, string>>>> = {
  open: { state: "open", mine: "false" },
  mine: { mine: "true" },
  decided: { state: "decided", mine: "false" },
};

/** Requests for access: those that wait for the caller's decision, his own, and those that were decided. */
export function RequestsPage() {
  const { t } = useTexts();
  usePageTitle(t("requests.title"));
  const [search] = useSearchParams();
  const view = VIEWS.find((each) => each === search.get("view")) ?? "open";
  const dialogs = useDialogs();
  const ask = (
    <Button
      variant="primary"
      icon={<PlusCircleIcon />}
      onClick={() => dialogs.open((close) => <RequestAccessDialog resource={null} permissions={[]} onClose={close} />)}
    >
      {t("requests.ask")}
    </Button>
  );
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("requests.title")}</Title>
        {ask}
      </PageSection>
      <PageTabs
        label={t("requests.title")}
        tabs={VIEWS.map((each) => ({
          to: each === "open" ? "/requests" : `/requests?view=${each}`,
          text: t(`requests.view.${each}`),
          current: each === view,
        }))}
      />
      <PageSection isFilled className="stack" hasBodyWrapper={false}>
        {view === "open" && <Consents />}
        <Requests key={view} view={view} ask={ask} />
      </PageSection>
    </>
  );
}

function Requests({ view, ask }: { readonly view: View; readonly ask: ReactNode }) {
  const { t } = useTexts();
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const requests = useQuery(requestsQuery({ ...QUERIES[view], cursor, limit: size }));
  if (requests.isError)
    return <ProblemAlert title={t("requests.failure")} error={requests.error} retry={() => void requests.refetch()} />;
  if (requests.isPending) return <Skeleton screenreaderText={t("loading")} />;
  if (requests.data.items.length === 0 && cursor === null) {
    return (
      <EmptyState headingLevel="h2" icon={InboxIcon} titleText={t(`requests.none.${view}`)} variant="sm">
        <EmptyStateBody>{t(`requests.noneBody.${view}`)}</EmptyStateBody>
        <EmptyStateFooter>
          <EmptyStateActions>{view === "mine" && ask}</EmptyStateActions>
        </EmptyStateFooter>
      </EmptyState>
    );
  }
  return (
    <>
      <ul className="request-list" aria-label={t(`requests.view.${view}`)}>
        {requests.data.items.map((each) => (
          <li key={each.id}>
            <RequestCard asked={each} />
          </li>
        ))}
      </ul>
      {(requests.data.next !== null || cursor !== null) && (
        <CursorPager
          next={requests.data.next}
          count={requests.data.items.length}
          label={t("requests.pages")}
          onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
        />
      )}
    </>
  );
}

function RequestCard({ asked }: { readonly asked: AccessRequest }) {
  const { t } = useTexts();
  const resourceText = useResourceText();
  const me = useQuery(meQuery).data;
  const own = asked.user.id === me?.user.id;
  const place =
    asked.resource.kind === "device" ? `/devices/${asked.resource.id}` : `/devices?folder=${asked.resource.id}`;
  return (
    <Card isCompact>
      <CardTitle component="h2">
        <span className="section-head">
          <span className="any-length">
            {t(own ? "requests.ownHeading" : "requests.heading", {
              user: inertText(asked.user.name),
              resource: resourceText(asked.resource),
            })}
          </span>
          <StateOfRequest state={asked.state} />
        </span>
      </CardTitle>
      <CardBody>
        <DescriptionList isHorizontal isCompact>
          <Line term={t("requests.for")}>
            <ResourceName resource={asked.resource} to={place} />
          </Line>
          <Line term={t("requests.what")}>
            <PermissionLabels permissions={asked.permissions} label={t("requests.what")} />
          </Line>
          <Line term={t("requests.reason")}>
            <Inert text={asked.reason} lines />
          </Line>
          {asked.until !== null && (
            <Line term={t("requests.until")}>
              <AbsoluteTime time={asked.until} />
            </Line>
          )}
          <Line term={t("requests.created")}>
            <RelativeTime time={asked.created} />
          </Line>
          {asked.decidedBy !== null && (
            <Line term={t("requests.decidedBy")}>
              <Inert text={asked.decidedBy} />
            </Line>
          )}
          {asked.decision !== null && (
            <Line term={t("requests.decision")}>
              <Inert text={asked.decision} lines />
            </Line>
          )}
        </DescriptionList>
      </CardBody>
      {asked.state === "open" && (
        <CardFooter>{own ? <OwnActions asked={asked} /> : <Decision asked={asked} />}</CardFooter>
      )}
    </Card>
  );
}

function Line({ term, children }: { readonly term: string; readonly children: ReactNode }) {
  return (
    <DescriptionListGroup>
      <DescriptionListTerm>{term}</DescriptionListTerm>
      <DescriptionListDescription>{children}</DescriptionListDescription>
    </DescriptionListGroup>
  );
}

function Decision({ asked }: { readonly asked: AccessRequest }) {
  const { t } = useTexts();
  const resourceText = useResourceText();
  const dialogs = useDialogs();
  const values = { user: inertText(asked.user.name), resource: resourceText(asked.resource) };
  return (
    <div className="button-row">
      <Button
        variant="primary"
        aria-label={t("requests.approveOf", values)}
        onClick={() => dialogs.open((close) => <ApproveDialog asked={asked} onClose={close} />)}
      >
        {t("requests.approve")}
      </Button>
      <Button
        variant="secondary"
        isDanger
        aria-label={t("requests.rejectOf", values)}
        onClick={() => dialogs.open((close) => <RejectDialog asked={asked} onClose={close} />)}
      >
        {t("requests.reject")}
      </Button>
      <Button
        variant="link"
        component={AppLink}
        href={`/access/effective?resource=${asked.resource.id}&user=${asked.user.id}`}
      >
        {t("requests.rightsNow")}
      </Button>
    </div>
  );
}

function OwnActions({ asked }: { readonly asked: AccessRequest }) {
  const { t } = useTexts();
  const resourceText = useResourceText();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const change = useRightsChange();
  const withdraw = () =>
    dialogs.confirm({
      title: t("requests.withdrawTitle"),
      body: <p>{t("requests.withdrawBody")}</p>,
      action: t("requests.withdraw"),
      failure: t("requests.withdrawFailure"),
      onConfirm: () =>
        change(async () => {
          await request("POST", `/api/access/requests/${asked.id}/withdraw`, { ifMatch: asked.etag });
          toasts.say("success", t("requests.withdrawn"));
        }),
    });
  return (
    <Button
      variant="secondary"
      onClick={withdraw}
      aria-label={t("requests.withdrawOf", { resource: resourceText(asked.resource) })}
    >
      {t("requests.withdraw")}
    </Button>
  );
}

const LOOKS: Readonly<
  Record<RequestState, { readonly color: "blue" | "green" | "red" | "grey" | "orange"; readonly icon: ReactNode }>
> = {
  open: { color: "blue", icon: <HourglassHalfIcon /> },
  approved: { color: "green", icon: <CheckCircleIcon /> },
  rejected: { color: "red", icon: <BanIcon /> },
  withdrawn: { color: "grey", icon: <UndoIcon /> },
  expired: { color: "orange", icon: <OutlinedClockIcon /> },
};

/** How far a request is: word, sign and colour. */
function StateOfRequest({ state }: { readonly state: RequestState }) {
  const { t } = useTexts();
  return (
    <Label isCompact variant="outline" {...LOOKS[state]}>
      {t(`requests.state.${state}`)}
    </Label>
  );
}
