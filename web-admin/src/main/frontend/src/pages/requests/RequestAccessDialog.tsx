import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextArea, TextInput } from "@patternfly/react-core";
import { useId, useState } from "react";
import { request } from "../../api/http";
import type { ResourceRef } from "../../api/principal";
import { useRightsChange } from "../../app/change";
import { ActionDialog } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { ofLocalInput, toLocalInput, toUtc } from "../../app/localTime";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { PermissionFields } from "../access/fields";
import { PlacePicker } from "../access/pickers";

interface RequestAccessDialogProps {
  /** For what; null to choose it here. */
  readonly resource: ResourceRef | null;
  readonly permissions: readonly string[];
  readonly onClose: () => void;
}

const HOUR = 3_600_000;
/** How long is offered at first. */
const FIRST = 8 * HOUR;
const LONGEST_REASON = 500;

/** Asks for rights for a time, with a reason that the one who decides will read. */
export function RequestAccessDialog({ resource, permissions, onClose }: RequestAccessDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useRightsChange();
  const id = useId();
  const [place, setPlace] = useState<ResourceRef | null>(resource);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set(permissions));
  const [reason, setReason] = useState("");
  const [until, setUntil] = useState<Date | null>(() => new Date(Math.ceil((Date.now() + FIRST) / 60_000) * 60_000));
  const past = until !== null && until.getTime() <= Date.now();
  return (
    <ActionDialog
      title={t("requests.askTitle")}
      action={t("requests.send")}
      failure={t("requests.askFailure")}
      variant="medium"
      ready={place !== null && chosen.size > 0 && reason.trim() !== "" && until !== null && !past}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          if (place === null || until === null) return;
          await request("POST", "/api/access/requests", {
            body: {
              resource: place.id,
              permissions: [...chosen].sort(),
              reason: reason.trim(),
              until: toUtc(until),
            },
          });
          toasts.say("success", t("requests.sent"), t("requests.sentBody"));
          onClose();
        })
      }
    >
      {resource === null ? (
        <PlacePicker
          label={t("access.choose")}
          kinds={["device", "folder"]}
          chosen={place}
          onChoose={setPlace}
          isRequired
        />
      ) : (
        <p className="any-length">{t("requests.askIntro", { resource: inertText(resource.name) })}</p>
      )}
      <PermissionFields chosen={chosen} onChoose={setChosen} withPresets={false} deviceFirst />
      <FormGroup label={t("requests.reason")} isRequired fieldId={`${id}-reason`}>
        <TextArea
          id={`${id}-reason`}
          value={reason}
          onChange={(_event, value) => setReason(value)}
          isRequired
          maxLength={LONGEST_REASON}
          rows={3}
          resizeOrientation="vertical"
        />
        <FormHelperText>
          <HelperText>
            <HelperTextItem>{t("requests.reasonHelp")}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      <UntilField id={`${id}-until`} label={t("requests.until")} until={until} onChange={setUntil} past={past} />
    </ActionDialog>
  );
}

interface UntilFieldProps {
  readonly id: string;
  readonly label: string;
  readonly until: Date | null;
  readonly onChange: (until: Date | null) => void;
  readonly past: boolean;
}

/** The end of a time, and what is wrong with it. */
export function UntilField({ id, label, until, onChange, past }: UntilFieldProps) {
  const { t } = useTexts();
  return (
    <FormGroup label={label} isRequired fieldId={id}>
      <TextInput
        id={id}
        type="datetime-local"
        value={toLocalInput(until)}
        onChange={(_event, value) => onChange(ofLocalInput(value))}
        isRequired
        validated={past ? "error" : "default"}
        {...(past ? { "aria-describedby": `${id}-past` } : {})}
      />
      {past && (
        <FormHelperText>
          <HelperText id={`${id}-past`} isLiveRegion>
            <HelperTextItem variant="error">{t("requests.past")}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
