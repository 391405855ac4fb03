import { PageSection, Title } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
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
        <nav className="page-tabs" aria-label={t("settings.title")}>
          <ul>
            {(["general", "sign-in"] as const).map((tab) => (
              <li key={tab}>
                <Link to={TABS[tab]} {...(tab === active ? { "aria-current": "page" as const } : {})}>
                  {t(`settings.tab.${tab}`)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}
