import { TextArea } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { ConsentQuestion } from "../../api/consent";
import { request } from "../../api/http";
import { consentsQuery } from "../../app/consentQueries";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";

const LONGEST_REASON = 500;

interface RefuseDialogProps {
  readonly asked: ConsentQuestion;
  readonly onClose: () => void;
}

/** Refuses a session that waits, perhaps with a reason for who asked. */
export function RefuseDialog({ asked, onClose }: RefuseDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const values = { user: inertText(asked.user.name), device: inertText(asked.device.name) };
  return (
    <ActionDialog
      title={t("consent.refuseOf", values)}
      action={t("consent.refuse")}
      failure={t("consent.answerFailure")}
      danger
      onClose={onClose}
      onAction={async () => {
        await request("POST", `/api/sessions/${asked.sid}/consent/refuse`, {
          body: reason.trim() === "" ? {} : { reason: reason.trim() },
        });
        await client.invalidateQueries({ queryKey: consentsQuery.queryKey });
        toasts.say("success", t("consent.refused", values));
        onClose();
      }}
    >
      <TextField label={t("requests.rejectReason")}>
        {({ isRequired: _, ...field }) => (
          <TextArea
            {...field}
            value={reason}
            onChange={(_event, value) => setReason(value)}
            maxLength={LONGEST_REASON}
            rows={3}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
    </ActionDialog>
  );
}
