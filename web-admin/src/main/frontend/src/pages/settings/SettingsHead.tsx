import { PageSection, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { PageTabs } from "../../app/pageTabs";
import { meQuery } from "../../app/queries";
import { useTexts } from "../../i18n";

const TABS = { general: "/settings", "sign-in": "/settings/sign-in" } as const;
type Tab = keyof typeof TABS;

/** The head of the pages of settings; how people sign in is a matter of who may decide that for the whole domain. */
export function SettingsHead({ active }: { readonly active: Tab }) {
  const { t } = useTexts();
  const signIn = useQuery(meQuery).data?.permissions.domain.includes("manage-sign-in") ?? false;
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("settings.title")}</Title>
      </PageSection>
      {(signIn || active === "sign-in") && (
        <PageTabs
          label={t("settings.title")}
          tabs={(["general", "sign-in"] as const).map((tab) => ({
            to: TABS[tab],
            text: t(`settings.tab.${tab}`),
            current: tab === active,
          }))}
        />
      )}
    </>
  );
}
