import { EmptyState, EmptyStateBody, PageSection, Skeleton, Title } from "@patternfly/react-core";
import { NetworkIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import type { InstallationRelay } from "../../api/installationRelay";
import { asProblem } from "../../api/problem";
import { Notice } from "../../app/notice";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { useTexts } from "../../i18n";
import { installationRelaysQuery } from "./queries";
import { RelayCard } from "./RelayCard";

/** The relays of the installation, for its operator: who asks to be one, how they are, and how busy. */
export function RelaysPage() {
  const { t } = useTexts();
  usePageTitle(t("relays.title"));
  const relays = useQuery(installationRelaysQuery);
  if (relays.isError && asProblem(relays.error).code === "not-found") return <NotFoundPage />;
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("relays.title")}</Title>
        <p className="secondary">{t("relays.intro")}</p>
      </PageSection>
      <PageSection isFilled className="overview" hasBodyWrapper={false}>
        {relays.isError && (
          <ProblemAlert title={t("relays.failure")} error={relays.error} retry={() => void relays.refetch()} />
        )}
        {relays.data === undefined ? (
          !relays.isError && <Skeleton screenreaderText={t("loading")} />
        ) : relays.data.length === 0 ? (
          <EmptyState headingLevel="h2" icon={NetworkIcon} titleText={t("relays.none")} variant="sm">
            <EmptyStateBody>{t("relays.noneBody")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <Relays relays={relays.data} />
        )}
      </PageSection>
    </>
  );
}

function Relays({ relays }: { readonly relays: readonly InstallationRelay[] }) {
  const { t } = useTexts();
  const waiting = relays.filter(({ state }) => state === "pending");
  // those that somebody has to decide on come first
  const ordered = [...waiting, ...relays.filter(({ state }) => state !== "pending")];
  return (
    <>
      <div role="status">
        {waiting.length > 0 && (
          <Notice variant="warning" isInline title={t("relays.waiting", { count: waiting.length })} />
        )}
      </div>
      <div className="overview__cards">
        {ordered.map((relay) => (
          <RelayCard key={relay.id} relay={relay} all={relays} />
        ))}
      </div>
    </>
  );
}
