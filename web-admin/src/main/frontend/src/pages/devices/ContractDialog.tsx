import {
  Button,
  Checkbox,
  DescriptionList,
  DescriptionListDescription,
  DescriptionListGroup,
  DescriptionListTerm,
  ModalBody,
  ModalFooter,
  Skeleton,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import {
  type Contract,
  type FolderContract,
  LONGEST_PURPOSE,
  LONGEST_REFERENCE,
  LONGEST_TERMS,
} from "../../api/contract";
import type { Folder } from "../../api/folder";
import { request } from "../../api/http";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog, DialogFrame, useDialogs } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { contractQuery } from "../../app/queries";
import { AbsoluteTime } from "../../app/time";
import { useToasts } from "../../app/toasts";
import { linesOf } from "../../app/typed";
import { useTexts } from "../../i18n";
import { useConditionConsequences } from "../access/Consequences";
import { faultOf, PeriodFields } from "../access/fields";

interface ContractDialogProps {
  readonly folder: Folder;
  readonly onClose: () => void;
}

const pathOf = (folder: Folder) => `/api/folders/${folder.id}/contract`;

/** The service contract of a folder: everybody who sees the folder reads it, who manages permissions there sets and removes it. */
export function ContractDialog({ folder, onClose }: ContractDialogProps) {
  const { t } = useTexts();
  const contract = useQuery(contractQuery(folder.id));
  if (contract.data !== undefined && folder.permissions.includes("manage-permissions"))
    return <ContractForm folder={folder} contract={contract.data} onClose={onClose} />;
  return (
    <DialogFrame title={t("contract.title", { folder: inertText(folder.name) })} variant="medium" onClose={onClose}>
      <ModalBody>
        {contract.isError ? (
          <ProblemAlert title={t("contract.failure")} error={contract.error} retry={() => void contract.refetch()} />
        ) : contract.data === undefined ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : (
          <>
            <Origin contract={contract.data} editable={false} />
            {(contract.data.own || contract.data.inherited) && <ContractText contract={contract.data} />}
          </>
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

/** Where the contract is set that counts. */
function Origin({ contract, editable }: { readonly contract: FolderContract; readonly editable: boolean }) {
  const { t } = useTexts();
  const text = contract.own
    ? t("contract.own")
    : !contract.inherited
      ? t("contract.none")
      : contract.folder === null
        ? t("contract.above")
        : t("contract.inherited", { folder: inertText(contract.folder.name) });
  return (
    <Notice variant="info" isInline isPlain title={text}>
      {editable && contract.inherited && t("contract.inheritedHelp")}
    </Notice>
  );
}

/** What a contract says, each with its name. */
function useContractLines(): (contract: Contract) => readonly (readonly [string, ReactNode])[] {
  const { t } = useTexts();
  const said = (text: string | null) => (text === null || text === "" ? "–" : <Inert text={text} lines />);
  const at = (time: Date | null) => (time === null ? "–" : <AbsoluteTime time={time} />);
  return (contract) => [
    [t("contract.reference"), said(contract.reference)],
    [t("contract.purpose"), said(contract.purpose)],
    [t("validity.fromLabel"), at(contract.from)],
    [t("validity.untilLabel"), at(contract.until)],
    [t("contract.terms"), said(contract.terms)],
    [t("contract.required"), t(contract.required ? "settings.on" : "settings.off")],
    [t("contract.qualifications"), said(contract.qualifications.join("\n"))],
  ];
}

function ContractText({ contract }: { readonly contract: Contract }) {
  const lines = useContractLines();
  return (
    <DescriptionList isCompact>
      {lines(contract).map(([term, text]) => (
        <DescriptionListGroup key={term}>
          <DescriptionListTerm>{term}</DescriptionListTerm>
          <DescriptionListDescription>{text}</DescriptionListDescription>
        </DescriptionListGroup>
      ))}
    </DescriptionList>
  );
}

interface ContractFormProps extends ContractDialogProps {
  readonly contract: FolderContract;
}

/** What follows a change of the contract. */
function useDone(onClose: () => void): (text: string) => void {
  const toasts = useToasts();
  const client = useQueryClient();
  return (text) => {
    void client.invalidateQueries({ queryKey: ["folders"] });
    toasts.say("success", text);
    onClose();
  };
}

function ContractForm({ folder, contract, onClose }: ContractFormProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const done = useDone(onClose);
  const client = useQueryClient();
  const lines = useContractLines();
  const { base, conflict, wrong, save } = useEdit(contract, () => client.fetchQuery(contractQuery(folder.id)));
  const [reference, setReference] = useState(contract.reference ?? "");
  const [purpose, setPurpose] = useState(contract.purpose);
  const [period, setPeriod] = useState({ from: contract.from, until: contract.until });
  const [terms, setTerms] = useState(contract.terms);
  const [required, setRequired] = useState(contract.required);
  const [qualifications, setQualifications] = useState(contract.qualifications.join("\n"));
  const id = useId();
  const fault = faultOf({ ...period, window: null });
  const conditions = {
    reference: reference.trim() === "" ? null : reference.trim(),
    from: period.from,
    until: period.until,
    required,
    qualifications: linesOf(qualifications),
  };
  const consequences = useConditionConsequences(
    fault === null ? { contracts: [{ folder: folder.id, contract: conditions }] } : null,
  );
  return (
    <ActionDialog
      title={t("contract.title", { folder: inertText(folder.name) })}
      action={t(conflict ? "device.overwrite" : "action.save")}
      failure={t("contract.saveFailure")}
      variant="medium"
      ready={fault === null && (consequences.known || consequences.failed)}
      summary={consequences.shown}
      onClose={onClose}
      onAction={async () => {
        const body = { ...conditions, purpose, terms };
        await save((ifMatch) => request("PUT", pathOf(folder), { body, ifMatch }));
        done(t("contract.saved"));
      }}
    >
      <Origin contract={base} editable />
      {conflict && <Conflict now={lines(base)} />}
      <TextField label={t("contract.reference")} help={t("contract.referenceHelp")} error={wrong("reference")}>
        {(field) => (
          <TextInput
            {...field}
            value={reference}
            onChange={(_event, value) => setReference(value)}
            maxLength={LONGEST_REFERENCE}
          />
        )}
      </TextField>
      <TextField label={t("contract.purpose")} error={wrong("purpose")}>
        {(field) => (
          <TextArea
            {...field}
            value={purpose}
            onChange={(_event, value) => setPurpose(value)}
            maxLength={LONGEST_PURPOSE}
            rows={2}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
      <PeriodFields period={period} onChange={setPeriod} fault={fault === "period"} />
      <TextField label={t("contract.terms")} error={wrong("terms")}>
        {(field) => (
          <TextArea
            {...field}
            value={terms}
            onChange={(_event, value) => setTerms(value)}
            maxLength={LONGEST_TERMS}
            rows={4}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
      <Checkbox
        id={id}
        label={t("contract.required")}
        description={t("contract.requiredHelp")}
        isChecked={required}
        onChange={(_event, checked) => setRequired(checked)}
      />
      <TextField
        label={t("contract.qualifications")}
        help={t("contract.qualificationsHelp")}
        error={wrong("qualifications")}
      >
        {(field) => (
          <TextArea
            {...field}
            value={qualifications}
            onChange={(_event, value) => setQualifications(value)}
            rows={3}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
      {base.own && (
        <div>
          <Button
            variant="link"
            isInline
            isDanger
            onClick={() =>
              dialogs.open((close) => <RemoveContractDialog folder={folder} etag={base.etag} onClose={close} />)
            }
          >
            {t("contract.remove")}
          </Button>
        </div>
      )}
    </ActionDialog>
  );
}

interface RemoveContractDialogProps extends ContractDialogProps {
  readonly etag: string;
}

/** Takes the folder's own contract away, after it was shown who has access then. */
function RemoveContractDialog({ folder, etag, onClose }: RemoveContractDialogProps) {
  const { t } = useTexts();
  const done = useDone(onClose);
  const consequences = useConditionConsequences({ contracts: [{ folder: folder.id, contract: null }] });
  return (
    <ActionDialog
      title={t("contract.removeTitle", { folder: inertText(folder.name) })}
      action={t("contract.remove")}
      failure={t("contract.removeFailure")}
      danger
      variant="medium"
      ready={consequences.known || consequences.failed}
      summary={consequences.shown}
      onClose={onClose}
      onAction={async () => {
        await request("DELETE", pathOf(folder), { ifMatch: etag });
        done(t("contract.removed"));
      }}
    >
      <p>{t("contract.removeBody")}</p>
    </ActionDialog>
  );
}
