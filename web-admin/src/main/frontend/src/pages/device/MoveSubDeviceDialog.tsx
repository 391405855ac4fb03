import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { read, request } from "../../api/http";
import type { ResourceRef } from "../../api/principal";
import { importSubDevice, type SubDevice } from "../../api/subDevice";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { PlacePicker } from "../access/pickers";

interface MoveSubDeviceDialogProps {
  /** The device that it is behind. */
  readonly uid: string;
  readonly sub: SubDevice;
  readonly onClose: () => void;
}

/** Another device for a sub-device, which keeps its identity. Who may reach it is decided by the rights on that device then. */
export function MoveSubDeviceDialog({ uid, sub, onClose }: MoveSubDeviceDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const { base, conflict, save } = useEdit(sub, () =>
    read("GET", `/api/sub-devices/${sub.id}`, importSubDevice).catch(() => null),
  );
  const [target, setTarget] = useState<ResourceRef | null>(null);
  return (
    <ActionDialog
      title={t("device.moveTitle", { device: inertText(sub.name) })}
      action={t("device.move")}
      failure={t("sub.moveFailure")}
      variant="medium"
      ready={target !== null}
      onClose={onClose}
      onAction={async () => {
        await save((ifMatch) =>
          request("PATCH", `/api/sub-devices/${sub.id}`, { body: { device: target?.id }, ifMatch }),
        );
        for (const device of [uid, target?.id])
          void client.invalidateQueries({ queryKey: ["device", device, "sub-devices"] });
        toasts.say("success", t("sub.moved", { name: inertText(sub.name), device: inertText(target?.name ?? "") }));
        onClose();
      }}
    >
      {conflict && <Conflict now={[[t("device.name"), <Inert key="name" text={base.name} />]]} />}
      <p>{t("sub.moveBody")}</p>
      <PlacePicker
        label={t("sub.moveTo")}
        kinds={["device"]}
        chosen={target}
        onChoose={setTarget}
        isRequired
        needs="configure-devices"
        refused={(place) => (place.id === uid ? t("sub.moveHere") : undefined)}
      />
    </ActionDialog>
  );
}
