import { PageSection, Title } from "@patternfly/react-core";
import { Link, useSearchParams } from "react-router";
import { useTexts } from "../../i18n";

export const ACCESS_TABS = ["resource", "everybody", "person", "effective"] as const;
export type AccessTab = (typeof ACCESS_TABS)[number];

/** The head of the pages about access; the way from one to the other keeps what they are about. */
export function AccessTabs({ active }: { readonly active: AccessTab }) {
  const { t } = useTexts();
  const [search] = useSearchParams();
  const kept = new URLSearchParams();
  for (const name of ["resource", "user"]) {
    const value = search.get(name);
    if (value !== null) kept.set(name, value);
  }
  const query = kept.size === 0 ? "" : `?${kept}`;
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("access.title")}</Title>
      </PageSection>
      <nav className="page-tabs" aria-label={t("access.title")}>
        <ul>
          {ACCESS_TABS.map((tab) => (
            <li key={tab}>
              <Link
                to={`${tab === "resource" ? "/access" : `/access/${tab}`}${query}`}
                {...(tab === active ? { "aria-current": "page" as const } : {})}
              >
                {t(`access.tab.${tab}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
    </>
  );
}
