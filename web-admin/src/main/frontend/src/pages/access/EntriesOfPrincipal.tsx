import { Skeleton } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import type { Principal } from "../../api/principal";
import { asProblem } from "../../api/problem";
import { inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { ProblemAlert } from "../../app/problems";
import { useTexts } from "../../i18n";
import { GrantTable } from "./GrantTable";
import { entriesForQuery, grants } from "./queries";

/** What a person or a group is given or denied, wherever the caller sees it. */
export function EntriesOfPrincipal({ principal }: { readonly principal: Principal }) {
  const { t } = useTexts();
  const entries = useQuery(entriesForQuery(principal.id));
  if (entries.isError) {
    return asProblem(entries.error).status === 403 ? (
      <p className="secondary">{t("entry.notSeen")}</p>
    ) : (
      <ProblemAlert title={t("entry.failure")} error={entries.error} retry={() => void entries.refetch()} />
    );
  }
  if (entries.isPending) return <Skeleton screenreaderText={t("loading")} />;
  if (entries.data.items.length === 0)
    return (
      <p className="secondary">
        {t("entry.noneForPrincipal")} <AppLink href="/access">{t("entry.goToAccess")}</AppLink>
      </p>
    );
  return (
    <>
      <GrantTable
        label={t("entry.of", { name: inertText(principal.name) })}
        grants={grants(entries.data.items)}
        by="resource"
      />
      {entries.data.more && <p className="secondary">{t("entry.more")}</p>}
    </>
  );
}
