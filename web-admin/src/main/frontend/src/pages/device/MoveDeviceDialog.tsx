import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Folder } from "../../api/folder";
import { request } from "../../api/http";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { useConsequences } from "../access/Consequences";
import { FolderPicker } from "../devices/FolderPicker";
import { takesDevices } from "../devices/move";
import type { DeviceContext } from "./DevicePage";

interface MoveDeviceDialogProps extends DeviceContext {
  readonly onClose: () => void;
}

/** Another folder for a device. Identity, certificates and history stay; whose rights come from the folders may change. */
export function MoveDeviceDialog({ device, reload, onClose }: MoveDeviceDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const { base, conflict, save } = useEdit(device, reload);
  const [target, setTarget] = useState<Folder | null>(null);
  const consequences = useConsequences(
    target === null || target.id === base.folder ? null : { move: [{ resource: device.uid, folder: target.id }] },
  );
  return (
    <ActionDialog
      title={t("device.moveTitle", { device: inertText(device.name) })}
      action={t("folder.moveAction")}
      failure={t("device.moveFailure")}
      variant="medium"
      ready={consequences.known || consequences.failed}
      summary={consequences.shown}
      onClose={onClose}
      onAction={async () => {
        await save((ifMatch) =>
          request("PATCH", `/api/devices/${device.uid}`, { body: { folder: target?.id }, ifMatch }),
        );
        await reload();
        void client.invalidateQueries({ queryKey: ["devices"] });
        void client.invalidateQueries({ queryKey: ["folders"] });
        toasts.say(
          "success",
          t("device.moved", { device: inertText(device.name), folder: inertText(target?.name ?? "") }),
        );
        onClose();
      }}
    >
      {conflict && <Conflict now={[[t("devices.folder"), <Inert key="folder" text={base.folderName ?? "–"} />]]} />}
      <p>{t("bulk.moveBody")}</p>
      <FolderPicker
        label={t("folder.moveTo")}
        chosen={target?.id ?? base.folder}
        onChoose={setTarget}
        allowed={(folder) => folder.id !== base.folder && takesDevices(folder)}
      />
    </ActionDialog>
  );
}
