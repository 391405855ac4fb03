import { PageSection, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Inert } from "../../app/inert";
import { meQuery } from "../../app/queries";
import { usePageTitle } from "../../app/titles";
import { useTexts } from "../../i18n";
import { FactorsCard } from "./FactorsCard";
import { SignInsCard } from "./SignInsCard";
import { TokensCard } from "./TokensCard";

/** What everybody does with his own account: password and second factors, where he is signed in, keys for programs. */
export function AccountPage() {
  const { t } = useTexts();
  usePageTitle(t("account.title"));
  const me = useQuery(meQuery).data;
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("account.title")}</Title>
        {me !== undefined && (
          <span className="secondary">
            <Inert text={me.user.name} /> · <Inert text={me.domain.name} />
          </span>
        )}
      </PageSection>
      <PageSection isFilled className="overview" hasBodyWrapper={false}>
        <FactorsCard />
        <SignInsCard owner="me" />
        <TokensCard owner="me" />
      </PageSection>
    </>
  );
}
