import type { FixedRelay } from "../../api/fixedRelay";
import { Inert, inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

/** "relay-2 (set for the folder Plant)", or that the server chooses. */
export function FixedRelayText({ fixed: { relay, own, folder } }: { readonly fixed: FixedRelay }) {
  const { t } = useTexts();
  if (relay === null) return <>{t("fixedRelay.chosen")}</>;
  const where = own
    ? t("fixedRelay.own")
    : folder === null
      ? t("fixedRelay.above")
      : t("fixedRelay.folder", { folder: inertText(folder.name) });
  return (
    <>
      <Inert text={relay} /> ({where})
    </>
  );
}
