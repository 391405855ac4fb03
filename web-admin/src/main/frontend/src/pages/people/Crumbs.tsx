import { Breadcrumb, BreadcrumbItem } from "@patternfly/react-core";
import { Inert } from "../../app/inert";
import { AppLink } from "../../app/links";
import { useTexts } from "../../i18n";

/** The way from one person or group back to the list. */
export function Crumbs({ list, name }: { readonly list: "users" | "groups"; readonly name: string }) {
  const { t } = useTexts();
  return (
    <Breadcrumb aria-label={t("people.breadcrumb")}>
      <BreadcrumbItem
        render={({ className }) => (
          <AppLink className={className} href={`/people/${list}`}>
            {t(`people.tab.${list}`)}
          </AppLink>
        )}
      />
      <BreadcrumbItem isActive>
        <Inert text={name} />
      </BreadcrumbItem>
    </Breadcrumb>
  );
}
