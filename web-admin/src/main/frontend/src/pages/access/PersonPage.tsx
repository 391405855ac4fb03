import { EmptyState, EmptyStateBody, PageSection } from "@patternfly/react-core";
import { UserIcon } from "@patternfly/react-icons";
import { useSearchParams } from "react-router";
import { AppLink } from "../../app/links";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { AccessTabs } from "./AccessTabs";
import { useChosenUser } from "./chosen";
import { PlacesOfPerson } from "./PlacesOfPerson";
import { PrincipalPicker } from "./pickers";

/** What one person may do, everywhere. */
export function PersonPage() {
  const { t } = useTexts();
  const [, setSearch] = useSearchParams();
  const user = useChosenUser();
  usePageTitle(user === null ? t("access.tab.person") : `${user.name} · ${t("access.tab.person")}`);
  return (
    <>
      <AccessTabs active="person" />
      <PageSection isFilled className="stack">
        <PrincipalPicker
          label={t("person.choose")}
          kinds={["user"]}
          chosen={user}
          onChoose={(each) => setSearch((before) => withSearch(before, { user: each.id }))}
        />
        {user === null ? (
          <EmptyState headingLevel="h2" icon={UserIcon} titleText={t("person.chooseTitle")} variant="sm">
            <EmptyStateBody>{t("person.chooseBody")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <>
            <PlacesOfPerson user={user} />
            <AppLink href={`/people/users/${user.id}`}>{t("person.open")}</AppLink>
          </>
        )}
      </PageSection>
    </>
  );
}
