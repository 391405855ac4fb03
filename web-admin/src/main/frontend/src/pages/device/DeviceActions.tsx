import { Button, Dropdown, DropdownItem, DropdownList, MenuToggle } from "@patternfly/react-core";
import { FolderOpenIcon, PencilAltIcon } from "@patternfly/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { request } from "../../api/http";
import { useDialogs } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { isMovable } from "../devices/move";
import type { DeviceContext } from "./DevicePage";
import { EditDeviceDialog } from "./EditDeviceDialog";
import { MoveDeviceDialog } from "./MoveDeviceDialog";
import { RemoveDeviceDialog } from "./RemoveDeviceDialog";

interface DeviceActionsProps extends DeviceContext {
  /** Sessions that are open on the device now. */
  readonly sessions: number;
}

/** What can be done with the device itself. What ends its way in stands apart, says what is lost, and asks. */
export function DeviceActions({ device, reload, sessions }: DeviceActionsProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const mayConfigure = device.permissions.includes("configure-devices");
  const mayRemove = device.permissions.includes("remove-devices");
  if (!mayConfigure && !mayRemove) return null;
  const name = inertText(device.name);
  const body = (text: string) => (
    <>
      <p>{text}</p>
      {sessions > 0 && <p>{t("device.removeSessions", { count: sessions })}</p>}
    </>
  );
  const revoke = () =>
    dialogs.confirm({
      title: t("device.revokeTitle", { device: name }),
      body: body(t("device.revokeBody")),
      action: t("device.revoke"),
      failure: t("device.revokeFailure"),
      onConfirm: async () => {
        await request("POST", `/api/devices/${device.uid}/revoke`, { ifMatch: device.etag });
        await reload();
        void client.invalidateQueries({ queryKey: ["devices"] });
        toasts.say("success", t("device.revokedToast", { device: name }));
      },
    });
  const release = () =>
    dialogs.confirm({
      title: t("device.releaseTitle", { device: name }),
      body: body(t("device.releaseBody")),
      action: t("device.release"),
      failure: t("device.releaseFailure"),
      typed: device.name,
      onConfirm: async () => {
        await request("POST", `/api/devices/${device.uid}/release`, { ifMatch: device.etag });
        toasts.say("success", t("device.released", { device: name }));
        await leave();
      },
    });
  const remove = () =>
    dialogs.open((close) => <RemoveDeviceDialog device={device} reload={reload} leave={leave} onClose={close} />);
  const leave = async () => {
    await navigate(device.folder === null ? "/devices" : `/devices?folder=${device.folder}`);
    client.removeQueries({ queryKey: ["device", device.uid] });
    await client.invalidateQueries({ queryKey: ["devices"] });
    await client.invalidateQueries({ queryKey: ["folders"] });
  };
  return (
    <div className="overview__actions">
      {mayConfigure && (
        <Button
          variant="secondary"
          size="sm"
          icon={<PencilAltIcon />}
          onClick={() => dialogs.open((close) => <EditDeviceDialog device={device} reload={reload} onClose={close} />)}
        >
          {t("device.edit")}
        </Button>
      )}
      {isMovable(device) && (
        <Button
          variant="secondary"
          size="sm"
          icon={<FolderOpenIcon />}
          onClick={() => dialogs.open((close) => <MoveDeviceDialog device={device} reload={reload} onClose={close} />)}
        >
          {t("device.move")}
        </Button>
      )}
      {mayRemove && (
        <Dropdown
          isOpen={open}
          onOpenChange={setOpen}
          onSelect={() => setOpen(false)}
          toggle={(ref) => (
            <MenuToggle ref={ref} size="sm" isExpanded={open} onClick={() => setOpen(!open)}>
              {t("device.end")}
            </MenuToggle>
          )}
        >
          <DropdownList>
            {!device.revoked && (
              <DropdownItem onClick={revoke} description={t("device.revokeHelp")}>
                {t("device.revokeAction")}
              </DropdownItem>
            )}
            <DropdownItem onClick={release} description={t("device.releaseHelp")}>
              {t("device.releaseAction")}
            </DropdownItem>
            <DropdownItem isDanger onClick={remove} description={t("device.removeHelp")}>
              {t("device.removeAction")}
            </DropdownItem>
          </DropdownList>
        </Dropdown>
      )}
    </div>
  );
}
