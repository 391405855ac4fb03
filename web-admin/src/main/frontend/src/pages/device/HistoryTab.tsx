import { EmptyState, EmptyStateBody, PageSection, Skeleton } from "@patternfly/react-core";
import { HistoryIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "react-router";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { deviceSessionsQuery } from "../../app/queries";
import { readPosition, withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { SessionTable } from "../sessions/SessionTable";
import { useDevice } from "./DevicePage";

/** Every session on this device, newest first. */
export function HistoryTab() {
  const { t } = useTexts();
  const { device } = useDevice();
  const [search, setSearch] = useSearchParams();
  const { cursor, size } = readPosition(search);
  const sessions = useQuery(deviceSessionsQuery(device.uid, { cursor, limit: size }));
  return (
    <PageSection isFilled>
      {sessions.isError ? (
        <ProblemAlert title={t("history.failure")} error={sessions.error} retry={() => void sessions.refetch()} />
      ) : sessions.isPending ? (
        <Skeleton screenreaderText={t("loading")} />
      ) : sessions.data.items.length === 0 && cursor === null ? (
        <EmptyState headingLevel="h2" icon={HistoryIcon} titleText={t("history.none")} variant="sm">
          <EmptyStateBody>{t("history.noneBody")}</EmptyStateBody>
        </EmptyState>
      ) : (
        <>
          <SessionTable sessions={sessions.data.items} label={t("history.title")} withDevice={false} />
          <CursorPager
            next={sessions.data.next}
            count={sessions.data.items.length}
            label={t("history.pages")}
            onSize={(next) => setSearch((before) => withSearch(before, { size: next }))}
          />
        </>
      )}
    </PageSection>
  );
}
