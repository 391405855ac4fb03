import { useQuery } from "@tanstack/react-query";
import { request } from "../../api/http";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { deviceDeletionQuery } from "../../app/queries";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { DeviceLosses } from "../devices/DeviceLosses";
import type { DeviceContext } from "./DevicePage";

interface RemoveDeviceDialogProps extends DeviceContext {
  /** Goes away from the page of the device, which is no more. */
  readonly leave: () => Promise<void>;
  readonly onClose: () => void;
}

/** Removes a device. What goes with it is counted by the server and named first; it cannot be undone. */
export function RemoveDeviceDialog({ device, reload, leave, onClose }: RemoveDeviceDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const preview = useQuery(deviceDeletionQuery(device.uid));
  const { conflict, save } = useEdit(device, reload);
  const name = inertText(device.name);
  return (
    <ActionDialog
      title={t("device.removeTitle", { device: name })}
      action={t("device.remove")}
      failure={t("device.removeFailure")}
      danger
      typed={device.name}
      ready={preview.data !== undefined}
      onClose={onClose}
      onAction={async () => {
        try {
          await save((ifMatch) => request("DELETE", `/api/devices/${device.uid}`, { ifMatch }));
        } catch (error) {
          void preview.refetch();
          throw error;
        }
        toasts.say("success", t("device.removed", { device: name }));
        onClose();
        await leave();
      }}
    >
      {conflict && <Conflict now={[]} />}
      <p>{t("device.removeBody")}</p>
      <DeviceLosses preview={preview} />
    </ActionDialog>
  );
}
