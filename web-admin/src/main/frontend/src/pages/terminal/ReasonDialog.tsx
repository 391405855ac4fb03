import { TextInput } from "@patternfly/react-core";
import { useState } from "react";
import type { DeviceDetail } from "../../api/device";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

const LONGEST = 500;

interface ReasonDialogProps {
  readonly device: DeviceDetail;
  readonly onReason: (text: string) => void;
  readonly onClose: () => void;
}

/** Whose device this is wants to know why, before anybody is asked. */
export function ReasonDialog({ device, onReason, onClose }: ReasonDialogProps) {
  const { t } = useTexts();
  const [text, setText] = useState("");
  return (
    <ActionDialog
      title={t("consent.reasonTitle", { device: inertText(device.name) })}
      action={t("consent.reasonSend")}
      failure={t("consent.reasonTitle", { device: inertText(device.name) })}
      ready={text.trim() !== ""}
      onAction={async () => onReason(text.trim())}
      onClose={onClose}
    >
      <TextField label={t("consent.reason")} help={t("consent.reasonHelp")} isRequired>
        {(field) => (
          <TextInput {...field} value={text} maxLength={LONGEST} onChange={(_event, value) => setText(value)} />
        )}
      </TextField>
    </ActionDialog>
  );
}
