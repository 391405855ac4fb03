import { PageTabs } from "../../app/pageTabs";
import { useTexts } from "../../i18n";

/** The two halves of the page, each under an address of its own. */
export function PeopleTabs({ active }: { readonly active: "users" | "groups" }) {
  const { t } = useTexts();
  return (
    <PageTabs
      label={t("people.title")}
      tabs={(["users", "groups"] as const).map((tab) => ({
        to: `/people/${tab}`,
        text: t(`people.tab.${tab}`),
        current: tab === active,
      }))}
    />
  );
}
