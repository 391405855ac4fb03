import { PageSection, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSearchParams } from "react-router";
import { Inert } from "../../app/inert";
import { meQuery } from "../../app/queries";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { FactorsCard } from "./FactorsCard";
import { SignInsCard } from "./SignInsCard";
import { TokensCard } from "./TokensCard";

/** How what one went to the identity provider for ended, as the address tells it. */
const ENDS = { done: "success", cancelled: "info", failed: "danger" } as const;

/** What everybody does with his own account: password and second factors, where he is signed in, keys for programs. */
export function AccountPage() {
  const { t } = useTexts();
  usePageTitle(t("account.title"));
  const me = useQuery(meQuery).data;
  const toasts = useToasts();
  const [search, setSearch] = useSearchParams();
  const action = search.get("action");
  useEffect(() => {
    if (action === null) return;
    if (action === "done" || action === "cancelled" || action === "failed")
      toasts.say(ENDS[action], t(`account.action.${action}`));
    // said once: neither a reload nor the way back says it again
    setSearch((before) => withSearch(before, { action: null }), { replace: true });
  }, [action, toasts, setSearch, t]);
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
