import type { AssistanceOption } from "../../api/device";
import { AbsoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";

/** Whether people at a device may ask for help, and until when. */
export function AssistanceAllowed({ option: { enabled, until } }: { readonly option: AssistanceOption }) {
  const { t } = useTexts();
  if (!enabled) return <>{t("settings.off")}</>;
  if (until === null) return <>{t("settings.on")}</>;
  return (
    <>
      {t(until.getTime() <= Date.now() ? "settings.off" : "settings.on")}, {t("validity.until")}{" "}
      <AbsoluteTime time={until} />
    </>
  );
}
