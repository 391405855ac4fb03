import {
  Button,
  Checkbox,
  FormSelect,
  FormSelectOption,
  ModalBody,
  ModalFooter,
  Skeleton,
  TextInput,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { read, request } from "../../api/http";
import type { Named } from "../../api/session";
import {
  CONSENTS,
  type Consent,
  importSessionPolicy,
  LONGEST_S,
  type SessionPolicy,
  SHORTEST_S,
} from "../../api/sessionPolicy";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog, DialogFrame } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { sessionPolicyQuery } from "./queries";
import { SessionPolicyText } from "./SessionPolicyText";

interface SessionPolicyDialogProps {
  /** A device or a folder. */
  readonly of: Named;
  /** Whether the caller may change it; the server decides in any case. */
  readonly may: boolean;
  readonly onClose: () => void;
}

/** What must be so before a session starts on a device, or on the devices in a folder. Whoever sees the thing reads it. */
export function SessionPolicyDialog({ of, may, onClose }: SessionPolicyDialogProps) {
  const { t } = useTexts();
  const policy = useQuery(sessionPolicyQuery(of.id));
  // not from memory: any other change of the thing has made the version in it old
  if (may && policy.isFetchedAfterMount && policy.data !== undefined)
    return <SessionPolicyForm of={of} policy={policy.data} onClose={onClose} />;
  return (
    <DialogFrame title={t("sessionPolicy.title", { name: inertText(of.name) })} onClose={onClose}>
      <ModalBody>
        {policy.isError ? (
          <ProblemAlert title={t("sessionPolicy.failure")} error={policy.error} retry={() => void policy.refetch()} />
        ) : may || policy.data === undefined ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : (
          <p>
            <SessionPolicyText policy={policy.data} />
          </p>
        )}
      </ModalBody>
      <ModalFooter>
        <Button variant="secondary" onClick={onClose}>
          {t("action.close")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}

interface SessionPolicyFormProps extends Omit<SessionPolicyDialogProps, "may"> {
  readonly policy: SessionPolicy;
}

function SessionPolicyForm({ of, policy, onClose }: SessionPolicyFormProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const id = useId();
  const query = sessionPolicyQuery(of.id);
  const { base, conflict, wrong, save } = useEdit(policy, () => client.fetchQuery(query));
  const [own, setOwn] = useState(policy.own);
  const [consent, setConsent] = useState<Consent>(policy.consent);
  const [reasonRequired, setReasonRequired] = useState(policy.reasonRequired);
  const [fullLog, setFullLog] = useState(policy.fullLog);
  const [seconds, setSeconds] = useState(String(policy.timeoutSeconds));
  const timeoutSeconds = /^[0-9]{1,3}$/.test(seconds) ? Number(seconds) : 0;
  const whole = timeoutSeconds >= SHORTEST_S && timeoutSeconds <= LONGEST_S;
  const changed = own
    ? !base.own ||
      consent !== base.consent ||
      reasonRequired !== base.reasonRequired ||
      fullLog !== base.fullLog ||
      timeoutSeconds !== base.timeoutSeconds
    : base.own;
  return (
    <ActionDialog
      title={t("sessionPolicy.title", { name: inertText(of.name) })}
      action={t(conflict ? "device.overwrite" : "action.save")}
      failure={t("sessionPolicy.saveFailure")}
      ready={changed && (!own || whole)}
      onClose={onClose}
      onAction={async () => {
        await save(async (ifMatch) => {
          const path = `/api/session-policies/${of.id}`;
          if (own) {
            const body = { consent, reasonRequired, fullLog, timeoutSeconds };
            client.setQueryData(query.queryKey, await read("PUT", path, importSessionPolicy, { body, ifMatch }));
          } else {
            await request("DELETE", path, { ifMatch });
          }
        });
        for (const key of ["session-policy", "device", "devices", "folders"])
          void client.invalidateQueries({ queryKey: [key] });
        toasts.say("success", t("sessionPolicy.saved"));
        onClose();
      }}
    >
      {conflict && <Conflict now={[[t("sessionPolicy.label"), <SessionPolicyText key="now" policy={base} />]]} />}
      <Checkbox
        id={`${id}-own`}
        label={t("sessionPolicy.setHere")}
        description={t("sessionPolicy.setHereHelp")}
        isChecked={own}
        onChange={(_event, checked) => setOwn(checked)}
      />
      <TextField label={t("sessionPolicy.consentLabel")} error={wrong("consent")}>
        {({ isRequired: _, ...field }) => (
          <FormSelect
            {...field}
            isDisabled={!own}
            value={consent}
            onChange={(_event, value) => setConsent(CONSENTS.find((each) => each === value) ?? "never")}
          >
            {CONSENTS.map((each) => (
              <FormSelectOption key={each} value={each} label={t(`sessionPolicy.consent.${each}`)} />
            ))}
          </FormSelect>
        )}
      </TextField>
      <TextField
        label={t("sessionPolicy.timeout")}
        help={t("sessionPolicy.timeoutHelp", { min: SHORTEST_S, max: LONGEST_S })}
        error={wrong("timeoutSeconds")}
      >
        {({ isRequired: _, ...field }) => (
          <TextInput
            {...field}
            type="number"
            min={SHORTEST_S}
            max={LONGEST_S}
            isDisabled={!own || consent === "never"}
            value={seconds}
            onChange={(_event, value) => setSeconds(value)}
          />
        )}
      </TextField>
      <Checkbox
        id={`${id}-reason`}
        label={t("sessionPolicy.reasonRequired")}
        isDisabled={!own}
        isChecked={reasonRequired}
        onChange={(_event, checked) => setReasonRequired(checked)}
      />
      <Checkbox
        id={`${id}-log`}
        label={t("sessionPolicy.fullLog")}
        description={t("sessionPolicy.fullLogHelp")}
        isDisabled={!own}
        isChecked={fullLog}
        onChange={(_event, checked) => setFullLog(checked)}
      />
    </ActionDialog>
  );
}
