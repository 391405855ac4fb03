import { Button, Checkbox } from "@patternfly/react-core";
import { useId, useState } from "react";
import { isSwitchedOff } from "../../api/device";
import { request } from "../../api/http";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { Notice } from "../../app/notice";
import { AbsoluteTime, absoluteTime, RelativeTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { Words } from "../devices/Words";
import type { DeviceContext } from "./DevicePage";

/** What somebody must know of this device before anything else, and what can be done about it. */
export function Notices(context: DeviceContext) {
  const { device } = context;
  return (
    <>
      {device.quarantined && <Quarantine {...context} />}
      {isSwitchedOff(device) && <SwitchedOff {...context} />}
      {device.hardware === "changed" && <HardwareChanged {...context} />}
      {device.revoked && <Revoked />}
      {device.claimed !== null && <Claimed {...context} claimed={device.claimed} />}
      {device.assistance !== null && <Help {...context} />}
    </>
  );
}

function Quarantine({ device, reload }: DeviceContext) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const clear = () =>
    dialogs.confirm({
      title: t("quarantine.clearTitle", { device: inertText(device.name) }),
      body: <p>{t("quarantine.clearBody")}</p>,
      action: t("quarantine.clear"),
      failure: t("quarantine.failure"),
      onConfirm: async () => {
        await request("POST", `/api/devices/${device.uid}/clear-quarantine`, { ifMatch: device.etag });
        await reload();
        toasts.say("success", t("quarantine.cleared"));
      },
    });
  return (
    <Notice
      variant="warning"
      isInline
      title={t("quarantine.title")}
      actionLinks={
        device.permissions.includes("configure-devices") ? (
          <Button variant="link" isInline onClick={clear}>
            {t("quarantine.clear")}
          </Button>
        ) : undefined
      }
    >
      {t("quarantine.body")}
    </Notice>
  );
}

function SwitchedOff({ device }: DeviceContext) {
  const { t, locale } = useTexts();
  const { until, mode, reason } = device.ownerSwitch;
  return (
    <Notice
      variant="warning"
      isInline
      title={until === null ? t("switch.title") : t("switch.titleUntil", { time: absoluteTime(until, locale) })}
    >
      <p>{t("switch.body")}</p>
      {mode === "key-switch" && <p>{t("switch.key")}</p>}
      {reason !== "" && (
        <p>
          {t("switch.reason")}: <Inert text={reason} />
        </p>
      )}
    </Notice>
  );
}

interface ClaimedProps extends DeviceContext {
  /** When somebody last tried. */
  readonly claimed: Date;
}

function Claimed({ device, reload, claimed }: ClaimedProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const acknowledge = () =>
    dialogs.open((close) => (
      <ActionDialog
        title={t("claimed.acknowledgeTitle", { device: inertText(device.name) })}
        action={t("claimed.acknowledge")}
        failure={t("claimed.failure")}
        onClose={close}
        onAction={async () => {
          await request("POST", `/api/devices/${device.uid}/acknowledge-claim`, { ifMatch: device.etag });
          await reload();
          toasts.say("success", t("claimed.acknowledged"));
          close();
        }}
      >
        <p>{t("claimed.acknowledgeBody")}</p>
      </ActionDialog>
    ));
  return (
    <Notice
      variant="info"
      isInline
      title={t("claimed.title")}
      actionLinks={
        device.permissions.includes("manage-alarms") ? (
          <Button variant="link" isInline onClick={acknowledge}>
            {t("claimed.acknowledge")}
          </Button>
        ) : undefined
      }
    >
      {t("claimed.body")} <AbsoluteTime time={claimed} />
    </Notice>
  );
}

function Revoked() {
  const { t } = useTexts();
  return (
    <Notice variant="danger" isInline title={t("revoked.title")}>
      {t("revoked.body")}
    </Notice>
  );
}

function HardwareChanged(context: DeviceContext) {
  const { device } = context;
  const { t } = useTexts();
  const dialogs = useDialogs();
  return (
    <Notice
      variant="warning"
      isInline
      title={t("hardware.title")}
      actionLinks={
        device.permissions.includes("configure-devices") && device.fingerprint !== null ? (
          <Button
            variant="link"
            isInline
            onClick={() => dialogs.open((close) => <RebindDialog {...context} onClose={close} />)}
          >
            {t("hardware.rebind")}
          </Button>
        ) : undefined
      }
    >
      {t("hardware.body")}
    </Notice>
  );
}

interface RebindDialogProps extends DeviceContext {
  readonly onClose: () => void;
}

/** Binds the identity to the machine as it is now, after a person has compared the words with those at the machine. */
function RebindDialog({ device, reload, onClose }: RebindDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const { base, conflict, save } = useEdit(device, reload);
  const [compared, setCompared] = useState(false);
  const id = useId();
  return (
    <ActionDialog
      title={t("hardware.rebindTitle", { device: inertText(device.name) })}
      action={t("hardware.rebind")}
      failure={t("hardware.failure")}
      ready={compared}
      onClose={onClose}
      onAction={async () => {
        await save((ifMatch) =>
          request("POST", `/api/devices/${device.uid}/rebind`, { body: { fingerprint: base.fingerprint }, ifMatch }),
        );
        await reload();
        toasts.say("success", t("hardware.rebound"));
        onClose();
      }}
    >
      {conflict && <Conflict now={[]} />}
      <p>{t("hardware.rebindBody")}</p>
      <Words words={base.words} fingerprint={base.fingerprint ?? ""} />
      <Checkbox
        id={id}
        label={t("pairing.compared")}
        isChecked={compared}
        onChange={(_event, checked) => setCompared(checked)}
      />
    </ActionDialog>
  );
}

function Help({ device }: DeviceContext) {
  const { t } = useTexts();
  const help = device.assistance;
  if (help === null || (help.state !== "open" && help.state !== "taken")) return null;
  return (
    <Notice
      variant={help.state === "open" ? "warning" : "info"}
      isInline
      title={t(help.state === "open" ? "assistance.here" : "assistance.hereTaken")}
      actionLinks={
        <Button
          variant="link"
          isInline
          component={AppLink}
          href={help.state === "open" ? "/assistance" : "/assistance?state=taken"}
        >
          {t("assistance.open")}
        </Button>
      }
    >
      <p>
        <Inert text={help.text ?? ""} lines />
      </p>
      {help.raised !== null && (
        <p className="secondary">
          {t("assistance.raised")}: <RelativeTime time={help.raised} />
        </p>
      )}
    </Notice>
  );
}
