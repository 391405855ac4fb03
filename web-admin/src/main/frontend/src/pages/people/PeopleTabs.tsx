import { Link } from "react-router";
import { useTexts } from "../../i18n";

/** The two halves of the page, each under an address of its own. */
export function PeopleTabs({ active }: { readonly active: "users" | "groups" }) {
  const { t } = useTexts();
  return (
    <nav className="page-tabs" aria-label={t("people.title")}>
      <ul>
        {(["users", "groups"] as const).map((tab) => (
          <li key={tab}>
            <Link to={`/people/${tab}`} {...(tab === active ? { "aria-current": "page" as const } : {})}>
              {t(`people.tab.${tab}`)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
