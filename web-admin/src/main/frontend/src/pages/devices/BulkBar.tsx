import { Button } from "@patternfly/react-core";
import type { Device } from "../../api/device";
import { useDialogs } from "../../app/dialog";
import { useTexts } from "../../i18n";
import { AllowAssistance, MoveDevices, RemoveDevices, TagDevices } from "./dialogs";
import { isMovable } from "./move";

interface BulkBarProps {
  readonly devices: readonly Device[];
  /** Which devices stay chosen: none, or those that an action was refused for. */
  readonly onChosen: (uids: readonly string[]) => void;
}

/** What can be done with the chosen devices. The server decides for each of them. */
export function BulkBar({ devices, onChosen }: BulkBarProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  if (devices.length === 0) return null;
  const may = (permission: string) => devices.some((device) => device.permissions.includes(permission));
  const props = { devices, onDone: onChosen };
  return (
    <section className="bulk-bar" aria-label={t("bulk.actions")}>
      <strong role="status">{t("bulk.chosen", { count: devices.length })}</strong>
      {devices.some(isMovable) && (
        <Button
          variant="secondary"
          size="sm"
          onClick={() => dialogs.open((close) => <MoveDevices {...props} onClose={close} />)}
        >
          {t("bulk.move")}
        </Button>
      )}
      {may("configure-devices") && (
        <>
          <Button
            variant="secondary"
            size="sm"
            onClick={() => dialogs.open((close) => <TagDevices {...props} action="tag" onClose={close} />)}
          >
            {t("bulk.tag")}
          </Button>
          <Button
            variant="secondary"
            size="sm"
            onClick={() => dialogs.open((close) => <TagDevices {...props} action="untag" onClose={close} />)}
          >
            {t("bulk.untag")}
          </Button>
          <Button
            variant="secondary"
            size="sm"
            onClick={() => dialogs.open((close) => <AllowAssistance {...props} onClose={close} />)}
          >
            {t("bulk.assistance")}
          </Button>
        </>
      )}
      {may("remove-devices") && (
        <Button
          variant="secondary"
          size="sm"
          isDanger
          onClick={() => dialogs.open((close) => <RemoveDevices {...props} onClose={close} />)}
        >
          {t("bulk.remove")}
        </Button>
      )}
      <Button variant="link" size="sm" onClick={() => onChosen([])}>
        {t("bulk.clear")}
      </Button>
    </section>
  );
}
