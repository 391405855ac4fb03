import { Radio, TextInput } from "@patternfly/react-core";
import { useId, useState } from "react";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { ofLocalInput, toLocalInput } from "../../app/localTime";
import { useTexts } from "../../i18n";
import { type BulkDialogProps, useBulk } from "./BulkDialogs";

/** Whether people at the chosen devices may ask for help, and until when. Nothing is chosen before somebody does: they may differ. */
export function AllowAssistanceDialog(props: BulkDialogProps) {
  const { t } = useTexts();
  const bulk = useBulk(props);
  const [enabled, setEnabled] = useState<boolean | null>(null);
  const [until, setUntil] = useState<Date | null>(null);
  const id = useId();
  const over = until !== null && until.getTime() <= Date.now();
  return (
    <ActionDialog
      title={t("bulk.assistanceTitle", { count: props.devices.length })}
      action={t("action.save")}
      failure={t("bulk.failure")}
      ready={enabled !== null && !(enabled && over)}
      onClose={props.onClose}
      onAction={() => bulk("assistance", { assistance: { enabled: enabled === true, until: enabled ? until : null } })}
    >
      <p>{t("bulk.assistanceBody")}</p>
      <Radio
        id={`${id}-on`}
        name={id}
        label={t("assistance.allow")}
        description={t("assistance.allowHelp")}
        isChecked={enabled === true}
        onChange={() => setEnabled(true)}
      />
      <Radio
        id={`${id}-off`}
        name={id}
        label={t("bulk.assistanceOff")}
        isChecked={enabled === false}
        onChange={() => setEnabled(false)}
      />
      {enabled && (
        <TextField
          label={t("assistance.allowUntil")}
          help={t(over ? "assistance.allowOver" : "assistance.allowUntilHelp")}
        >
          {(field) => (
            <TextInput
              {...field}
              type="datetime-local"
              value={toLocalInput(until)}
              onChange={(_event, value) => setUntil(ofLocalInput(value))}
            />
          )}
        </TextField>
      )}
    </ActionDialog>
  );
}
