import { EmptyState, EmptyStateBody, PageSection, Skeleton, Title } from "@patternfly/react-core";
import { ConnectedIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { useMay } from "../../app/may";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { sessionsQuery } from "../../app/queries";
import { usePageTitle } from "../../app/titles";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { SessionTable } from "./SessionTable";

/** Who is on which device now. */
export function SessionsPage() {
  const { t } = useTexts();
  usePageTitle(t("sessions.title"));
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const sessions = useQuery(sessionsQuery({ cursor, limit: size }));
  const endsOthers = useMay("end-sessions");
  const watches = useMay("watch-sessions");
  const live = (sessions.data?.items ?? []).filter((session) => session.ended === null);
  const ended = (sessions.data?.items ?? []).filter((session) => session.ended !== null);
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("sessions.title")}</Title>
      </PageSection>
      <PageSection isFilled>
        {sessions.isError ? (
          <ProblemAlert title={t("sessions.failure")} error={sessions.error} retry={() => void sessions.refetch()} />
        ) : sessions.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : live.length === 0 && cursor === null ? (
          <EmptyState headingLevel="h2" icon={ConnectedIcon} titleText={t("sessions.none")} variant="sm">
            <EmptyStateBody>{t("sessions.noneBody")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <>
            <SessionTable
              sessions={live}
              label={t("sessions.live")}
              withDevice
              mayEnd={() => endsOthers}
              mayWatch={() => watches}
            />
            {(sessions.data.next !== null || cursor !== null) && (
              <CursorPager
                next={sessions.data.next}
                count={live.length}
                label={t("sessions.pages")}
                onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
              />
            )}
          </>
        )}
        {ended.length > 0 && (
          <>
            <Title headingLevel="h2" size="lg">
              {t("sessions.recent")}
            </Title>
            <SessionTable sessions={ended} label={t("sessions.recent")} withDevice />
          </>
        )}
      </PageSection>
    </>
  );
}
