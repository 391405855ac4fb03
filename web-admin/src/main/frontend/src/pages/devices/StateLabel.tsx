import { Label } from "@patternfly/react-core";
import { ExclamationTriangleIcon, PluggedIcon, UnpluggedIcon } from "@patternfly/react-icons";
import type { DeviceState } from "../../api/device";
import { useTexts } from "../../i18n";

/** The state of a device: word, sign and colour, never the colour alone. */
export function StateLabel({ state }: { readonly state: DeviceState }) {
  const { t } = useTexts();
  switch (state) {
    case "online":
      return (
        <Label color="green" icon={<PluggedIcon />} isCompact variant="outline">
          {t("state.online")}
        </Label>
      );
    case "offline":
      return (
        <Label color="grey" icon={<UnpluggedIcon />} isCompact variant="outline">
          {t("state.offline")}
        </Label>
      );
    default:
      return (
        <Label color="orange" icon={<ExclamationTriangleIcon />} isCompact variant="outline">
          {t("state.quarantined")}
        </Label>
      );
  }
}
