import { Checkbox, TextArea, TextInput } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { request } from "../../api/http";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { ofLocalInput, toLocalInput } from "../../app/localTime";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { TagEditor } from "../devices/TagEditor";
import { AssistanceAllowed } from "./AssistanceAllowed";
import type { DeviceContext } from "./DevicePage";

interface EditDeviceDialogProps extends DeviceContext {
  readonly onClose: () => void;
}

/** What people say of a device. When somebody else changed it meanwhile, both versions are shown before anything is overwritten. */
export function EditDeviceDialog({ device, reload, onClose }: EditDeviceDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const client = useQueryClient();
  const { base, conflict, wrong, save } = useEdit(device, reload);
  const [name, setName] = useState(device.name);
  const [account, setAccount] = useState(device.account ?? "");
  const [description, setDescription] = useState(device.description);
  const [tags, setTags] = useState(device.tags);
  const option = base.assistanceOption;
  const [helps, setHelps] = useState(option?.enabled ?? false);
  const [until, setUntil] = useState(option?.until ?? null);
  const id = useId();
  const act = async () => {
    const body = {
      ...(name.trim() === base.name ? {} : { name: name.trim() }),
      ...(account.trim() === (base.account ?? "") ? {} : { account: account.trim() }),
      ...(description.trim() === base.description ? {} : { description: description.trim() }),
      ...(sameTags(tags, base.tags) ? {} : { tags }),
      ...(option === null || (option.enabled === helps && option.until?.getTime() === until?.getTime())
        ? {}
        : { assistance: { enabled: helps, until } }),
    };
    if (Object.keys(body).length > 0) {
      await save((ifMatch) => request("PATCH", `/api/devices/${device.uid}`, { body, ifMatch }));
      await reload();
      void client.invalidateQueries({ queryKey: ["devices"] });
      if ("tags" in body) void client.invalidateQueries({ queryKey: ["tags"] });
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
      onAction={act}
      onClose={onClose}
    >
      {conflict && (
        <Conflict
          now={[
            [t("device.name"), <Inert key="name" text={base.name} />],
            [
              t("device.account"),
              base.account === null ? t("device.accountDefault") : <Inert key="account" text={base.account} />,
            ],
            [t("folder.description"), <Inert key="description" text={base.description || "–"} />],
            [t("device.tags"), base.tags.map((tag) => inertText(tag)).join(", ") || "–"],
            ...(base.assistanceOption === null
              ? []
              : [
                  [
                    t("assistance.allow"),
                    <AssistanceAllowed key="assistance" option={base.assistanceOption} />,
                  ] as const,
                ]),
          ]}
        />
      )}
      <TextField label={t("device.name")} isRequired error={wrong("name")}>
        {(field) => (
          <TextInput {...field} value={name} onChange={(_event, value) => setName(value)} autoFocus maxLength={200} />
        )}
      </TextField>
      <TextField label={t("folder.description")} error={wrong("description")}>
        {(field) => (
          <TextArea
            {...field}
            value={description}
            onChange={(_event, value) => setDescription(value)}
            maxLength={500}
            rows={3}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
      <TagEditor label={t("device.tags")} tags={tags} onTags={setTags} />
      <TextField label={t("device.account")} help={t("device.accountHelp")} error={wrong("account")}>
        {(field) => (
          <TextInput
            {...field}
            value={account}
            onChange={(_event, value) => setAccount(value)}
            maxLength={32}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </TextField>
      {option !== null && (
        <Checkbox
          id={id}
          label={t("assistance.allow")}
          description={t("assistance.allowHelp")}
          isChecked={helps}
          onChange={(_event, checked) => setHelps(checked)}
        />
      )}
      {option !== null && helps && (
        <TextField
          label={t("assistance.allowUntil")}
          help={t(
            until !== null && until.getTime() <= Date.now() ? "assistance.allowOver" : "assistance.allowUntilHelp",
          )}
          error={wrong("assistance")}
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

function sameTags(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((tag) => b.includes(tag));
}
