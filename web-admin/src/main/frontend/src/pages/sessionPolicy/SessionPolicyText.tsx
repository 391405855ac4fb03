import type { SessionPolicy } from "../../api/sessionPolicy";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

/** "asks the person at the device; reason required (set for folder Plant)" */
export function SessionPolicyText({ policy }: { readonly policy: SessionPolicy }) {
  const { t } = useTexts();
  const { consent, reasonRequired, fullLog, own, set, folder } = policy;
  const where = !set
    ? t("sessionPolicy.default")
    : own
      ? t("sessionPolicy.own")
      : folder === null
        ? t("sessionPolicy.above")
        : t("sessionPolicy.folder", { folder: inertText(folder.name) });
  const parts = [
    t(`sessionPolicy.consent.${consent}`),
    ...(reasonRequired ? [t("sessionPolicy.reasonShort")] : []),
    ...(fullLog ? [t("sessionPolicy.fullLogShort")] : []),
  ];
  return (
    <>
      {parts.join(", ")} ({where})
    </>
  );
}
