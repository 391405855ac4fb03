import { FormGroup, TextArea } from "@patternfly/react-core";
import { useId, useState } from "react";
import { request } from "../../api/http";
import type { AccessRequest } from "../../api/request";
import { useRightsChange } from "../../app/change";
import { ActionDialog } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { toUtc } from "../../app/localTime";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { useConsequences } from "../access/Consequences";
import { PermissionLabels, useResourceText } from "../access/names";
import { UntilField } from "./RequestAccessDialog";

interface DecisionProps {
  readonly asked: AccessRequest;
  readonly onClose: () => void;
}

/** Gives what was asked for, until then or for a shorter time, after showing what that does. */
export function ApproveDialog({ asked, onClose }: DecisionProps) {
  const { t } = useTexts();
  const resourceText = useResourceText();
  const toasts = useToasts();
  const change = useRightsChange();
  const id = useId();
  const [until, setUntil] = useState<Date | null>(asked.until);
  const past = until !== null && until.getTime() <= Date.now();
  const longer = until !== null && asked.until !== null && until > asked.until;
  const whole = until !== null && !past && !longer;
  const consequences = useConsequences(
    whole
      ? {
          add: [
            {
              resource: asked.resource.id,
              principal: asked.user.id,
              permissions: asked.permissions,
              effect: "allow",
              delegable: false,
              from: null,
              until,
              window: null,
            },
          ],
        }
      : null,
  );
  return (
    <ActionDialog
      title={t("requests.approveTitle", { user: inertText(asked.user.name) })}
      action={t("requests.approve")}
      failure={t("requests.decideFailure")}
      variant="medium"
      ready={whole}
      summary={consequences.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          if (until === null) return;
          const shorter = asked.until === null || toUtc(until) !== toUtc(asked.until);
          await request("POST", `/api/access/requests/${asked.id}/approve`, {
            body: shorter ? { until: toUtc(until) } : {},
            ifMatch: asked.etag,
          });
          toasts.say("success", t("requests.approved", { user: inertText(asked.user.name) }));
          onClose();
        })
      }
    >
      <p className="any-length">
        {t("requests.approveBody", { user: inertText(asked.user.name), resource: resourceText(asked.resource) })}
      </p>
      <PermissionLabels permissions={asked.permissions} label={t("requests.what")} />
      <UntilField id={id} label={t("requests.until")} until={until} onChange={setUntil} past={past} />
      {longer && <p className="secondary">{t("requests.notLonger")}</p>}
    </ActionDialog>
  );
}

const LONGEST_REASON = 500;

export function RejectDialog({ asked, onClose }: DecisionProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const id = useId();
  const [reason, setReason] = useState("");
  return (
    <ActionDialog
      title={t("requests.rejectTitle", { user: inertText(asked.user.name) })}
      action={t("requests.reject")}
      failure={t("requests.decideFailure")}
      danger
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("POST", `/api/access/requests/${asked.id}/reject`, {
            body: reason.trim() === "" ? {} : { reason: reason.trim() },
            ifMatch: asked.etag,
          });
          toasts.say("success", t("requests.rejected", { user: inertText(asked.user.name) }));
          onClose();
        })
      }
    >
      <FormGroup label={t("requests.rejectReason")} fieldId={id}>
        <TextArea
          id={id}
          value={reason}
          onChange={(_event, value) => setReason(value)}
          maxLength={LONGEST_REASON}
          rows={3}
          resizeOrientation="vertical"
        />
      </FormGroup>
    </ActionDialog>
  );
}
