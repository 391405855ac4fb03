import { List, ListItem, Skeleton } from "@patternfly/react-core";
import type { UseQueryResult } from "@tanstack/react-query";
import { DEVICE_LOSSES, type DeviceDeletion } from "../../api/deviceDeletion";
import { ProblemAlert } from "../../app/problems";
import { useTexts } from "../../i18n";

/** What goes with devices that are removed, as the server counts it. */
export function DeviceLosses({ preview }: { readonly preview: UseQueryResult<DeviceDeletion> }) {
  const { t } = useTexts();
  if (preview.isError) {
    return (
      <ProblemAlert title={t("device.previewFailure")} error={preview.error} retry={() => void preview.refetch()} />
    );
  }
  if (preview.data === undefined) return <Skeleton screenreaderText={t("loading")} />;
  const deletion = preview.data;
  const lost = DEVICE_LOSSES.filter((what) => deletion[what] > 0);
  if (lost.length === 0) return <p>{t("device.lostNothing")}</p>;
  return (
    <>
      <p>{t("device.lostWith")}</p>
      <List>
        {lost.map((what) => (
          <ListItem key={what}>{t(`device.lost.${what}`, { count: deletion[what] })}</ListItem>
        ))}
      </List>
    </>
  );
}
