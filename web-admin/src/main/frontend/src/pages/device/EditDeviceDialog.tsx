import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import type { DeviceDetail } from "../../api/device";
import { request } from "../../api/http";
import { asProblem, Problem } from "../../api/problem";
import { ActionDialog } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";

interface EditDeviceDialogProps {
  readonly device: DeviceDetail;
  readonly reload: () => Promise<DeviceDetail | null>;
  readonly onClose: () => void;
}

/** Name and account of a device. When somebody else changed it meanwhile, both versions are shown before anything is overwritten. */
export function EditDeviceDialog({ device, reload, onClose }: EditDeviceDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const [base, setBase] = useState(device);
  const [name, setName] = useState(device.name);
  const [account, setAccount] = useState(device.account ?? "");
  const [conflict, setConflict] = useState(false);
  const [fields, setFields] = useState<Problem["errors"]>([]);
  const ids = useId();
  const wrong = (field: string) => fields.find((error) => error.field === field);
  const save = async () => {
    const body = {
      ...(name.trim() === base.name ? {} : { name: name.trim() }),
      ...(account.trim() === (base.account ?? "") ? {} : { account: account.trim() }),
    };
    setFields([]);
    if (Object.keys(body).length > 0) {
      try {
        await request("PATCH", `/api/devices/${device.uid}`, { body, ifMatch: base.etag });
      } catch (error) {
        const problem = asProblem(error);
        setFields(problem.errors);
        if (problem.code === "precondition-failed" || problem.code === "precondition-required") {
          const current = await reload();
          if (current !== null) {
            setBase(current);
            setConflict(true);
            throw new Problem("precondition-failed", problem.status, null, problem.reference);
          }
        }
        throw error;
      }
      await reload();
      void client.invalidateQueries({ queryKey: ["devices"] });
      toasts.say("success", t("device.saved"));
    }
    onClose();
  };
  return (
    <ActionDialog
      title={t("device.editTitle", { device: inertText(device.name) })}
      action={t(conflict ? "device.overwrite" : "action.save")}
      failure={t("device.saveFailure")}
      ready={name.trim() !== ""}
      onAction={save}
      onClose={onClose}
    >
      {conflict && (
        <Notice variant="warning" isInline title={t("device.conflict")}>
          <p>
            {t("device.name")}: <Inert text={base.name} />
          </p>
          <p>
            {t("device.account")}: {base.account === null ? t("device.accountDefault") : <Inert text={base.account} />}
          </p>
        </Notice>
      )}
      <FormGroup label={t("device.name")} isRequired fieldId={`${ids}-name`}>
        <TextInput
          id={`${ids}-name`}
          value={name}
          onChange={(_event, value) => setName(value)}
          isRequired
          autoFocus
          maxLength={200}
          validated={wrong("name") === undefined ? "default" : "error"}
        />
      </FormGroup>
      <FormGroup label={t("device.account")} fieldId={`${ids}-account`}>
        <TextInput
          id={`${ids}-account`}
          value={account}
          onChange={(_event, value) => setAccount(value)}
          maxLength={32}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${ids}-account-help`}
          validated={wrong("account") === undefined ? "default" : "error"}
        />
        <FormHelperText>
          <HelperText>
            <HelperTextItem id={`${ids}-account-help`}>{t("device.accountHelp")}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
    </ActionDialog>
  );
}
