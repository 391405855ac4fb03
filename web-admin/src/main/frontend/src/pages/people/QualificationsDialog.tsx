import { Button, FormGroup, TextInput } from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { request } from "../../api/http";
import {
  LONGEST_QUALIFICATION,
  MOST_QUALIFICATIONS,
  type Qualification,
  type Qualifications,
  type User,
} from "../../api/people";
import { useRightsChange } from "../../app/change";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { ofLocalInput, toLocalInput } from "../../app/localTime";
import { AbsoluteTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { useConditionConsequences } from "../access/Consequences";
import { qualificationsQuery } from "./queries";

interface QualificationsDialogProps {
  readonly user: User;
  readonly qualifications: Qualifications;
  readonly onClose: () => void;
}

/** A line of the dialog; its key stays while it is typed in. */
interface Line extends Qualification {
  readonly key: number;
}

/** All that somebody is qualified for, each with its end. Lines without a name are left out. */
export function QualificationsDialog({ user, qualifications, onClose }: QualificationsDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const change = useRightsChange();
  const { base, conflict, wrong, save } = useEdit(qualifications, () =>
    client.fetchQuery({ ...qualificationsQuery(user.id), staleTime: 0 }),
  );
  const [lines, setLines] = useState<readonly Line[]>(() =>
    (qualifications.items.length === 0 ? [EMPTY] : qualifications.items).map((each, key) => ({ ...each, key })),
  );
  const id = useId();
  const set = (key: number, changes: Partial<Qualification>) =>
    setLines((before) => before.map((line) => (line.key === key ? { ...line, ...changes } : line)));
  const items = lines.filter(({ name }) => name.trim() !== "").map(({ name, until }) => ({ name: name.trim(), until }));
  const consequences = useConditionConsequences({ qualifications: [{ user: user.id, items }] });
  const refused = wrong("items") ?? wrong("name") ?? wrong("until");
  return (
    <ActionDialog
      title={t("user.qualificationsTitle", { name: inertText(user.name) })}
      action={t(conflict ? "device.overwrite" : "action.save")}
      failure={t("user.qualificationsNotSaved")}
      variant="medium"
      ready={consequences.known || consequences.failed}
      summary={consequences.shown}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await save((ifMatch) => request("PUT", `/api/users/${user.id}/qualifications`, { body: { items }, ifMatch }));
          toasts.say("success", t("people.saved"));
          onClose();
        })
      }
    >
      {conflict && (
        <Conflict
          now={base.items.map(({ name, until }) => [
            inertText(name),
            until === null ? t("validity.always") : <AbsoluteTime key={name} time={until} />,
          ])}
        />
      )}
      {refused !== undefined && <p role="alert">{inertText(refused)}</p>}
      {lines.map(({ key, name, until }, at) => (
        <fieldset key={key} className="qualification">
          <legend className="pf-v6-screen-reader">{t("user.qualification", { number: at + 1 })}</legend>
          <FormGroup label={t("user.qualificationName")} fieldId={`${id}-${key}-name`}>
            <TextInput
              id={`${id}-${key}-name`}
              value={name}
              maxLength={LONGEST_QUALIFICATION}
              onChange={(_event, value) => set(key, { name: value })}
            />
          </FormGroup>
          <FormGroup label={t("validity.untilLabel")} fieldId={`${id}-${key}-until`}>
            <TextInput
              id={`${id}-${key}-until`}
              type="datetime-local"
              value={toLocalInput(until)}
              onChange={(_event, value) => set(key, { until: ofLocalInput(value) })}
            />
          </FormGroup>
          <Button
            variant="link"
            aria-label={t("user.removeQualification", { name: inertText(name) || String(at + 1) })}
            onClick={() => setLines((before) => before.filter((line) => line.key !== key))}
          >
            {t("members.remove")}
          </Button>
        </fieldset>
      ))}
      <div>
        <Button
          variant="link"
          isInline
          icon={<PlusCircleIcon />}
          isDisabled={lines.length >= MOST_QUALIFICATIONS}
          onClick={() =>
            setLines((before) => [...before, { ...EMPTY, key: Math.max(-1, ...before.map(({ key }) => key)) + 1 }])
          }
        >
          {t("user.addQualification")}
        </Button>
      </div>
    </ActionDialog>
  );
}

const EMPTY: Qualification = { name: "", until: null };
