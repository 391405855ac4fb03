import { PageSection, Title } from "@patternfly/react-core";
import { useSearchParams } from "react-router";
import { PageTabs } from "../../app/pageTabs";
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
      <PageTabs
        label={t("access.title")}
        tabs={ACCESS_TABS.map((tab) => ({
          to: `${tab === "resource" ? "/access" : `/access/${tab}`}${query}`,
          text: t(`access.tab.${tab}`),
          current: tab === active,
        }))}
      />
    </>
  );
}
