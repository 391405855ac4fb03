import { List, ListItem, Skeleton } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { PRINCIPAL_LOSSES } from "../../api/principalDeletion";
import { ProblemAlert } from "../../app/problems";
import { principalDeletionQuery } from "../../app/queries";
import { useTexts } from "../../i18n";

/** What goes with a user or a group that is deleted, as the server counts it. */
export function PrincipalLosses({ kind, id }: { readonly kind: "user" | "group"; readonly id: string }) {
  const { t } = useTexts();
  const preview = useQuery(principalDeletionQuery(kind, id));
  if (preview.isError) {
    return (
      <ProblemAlert title={t("device.previewFailure")} error={preview.error} retry={() => void preview.refetch()} />
    );
  }
  if (preview.data === undefined) return <Skeleton screenreaderText={t("loading")} />;
  const deletion = preview.data;
  const lost = PRINCIPAL_LOSSES.filter((what) => deletion[what] > 0);
  if (lost.length === 0) return <p>{t("device.lostNothing")}</p>;
  return (
    <>
      <p>{t("device.lostWith")}</p>
      <List>
        {lost.map((what) => (
          <ListItem key={what}>{t(`people.lost.${what}`, { count: deletion[what] })}</ListItem>
        ))}
      </List>
    </>
  );
}
