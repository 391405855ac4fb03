import { List, ListItem, Skeleton, TextArea, TextInput } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";
import { DELETED, type Folder, type FolderDeletion, importFolder } from "../../api/folder";
import { read, request } from "../../api/http";
import { MOST_SESSIONS } from "../../api/options";
import { asProblem } from "../../api/problem";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { folderDeletionQuery, folderQuery } from "../../app/queries";
import { useToasts } from "../../app/toasts";
import { isWhole } from "../../app/typed";
import { useTexts } from "../../i18n";
import { useConsequences } from "../access/Consequences";
import { FolderPicker } from "./FolderPicker";
import { movesFolders } from "./move";

const LONGEST_NAME = 200;
const LONGEST_DESCRIPTION = 500;

/** What is known of folders is asked for again after one was changed. */
function useFoldersChanged(): () => void {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["folders"] });
    void client.invalidateQueries({ queryKey: ["devices"] });
  };
}

/** The present version of a folder; null when there is none any more. */
function useReload(folder: Folder): () => Promise<Folder | null> {
  const client = useQueryClient();
  return () => client.fetchQuery({ ...folderQuery(folder.id), staleTime: 0 }).catch(() => null);
}

interface FolderFieldsProps {
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly description: string;
  readonly onDescription: (description: string) => void;
  readonly wrong: (field: string) => string | undefined;
}

function FolderFields({ name, onName, description, onDescription, wrong }: FolderFieldsProps) {
  const { t } = useTexts();
  return (
    <>
      <TextField label={t("folder.name")} isRequired error={wrong("name")}>
        {(field) => (
          <TextInput
            {...field}
            value={name}
            onChange={(_event, value) => onName(value)}
            maxLength={LONGEST_NAME}
            autoFocus
          />
        )}
      </TextField>
      <TextField label={t("folder.description")} error={wrong("description")}>
        {(field) => (
          <TextArea
            {...field}
            value={description}
            onChange={(_event, value) => onDescription(value)}
            maxLength={LONGEST_DESCRIPTION}
            rows={3}
            resizeOrientation="vertical"
          />
        )}
      </TextField>
    </>
  );
}

interface CreateFolderDialogProps {
  readonly parent: Folder;
  readonly onClose: () => void;
}

export function CreateFolderDialog({ parent, onClose }: CreateFolderDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const navigate = useNavigate();
  const changed = useFoldersChanged();
  const [name, setName] = useState("");
  const [description, setDescription] = useState("");
  const [errors, setErrors] = useState<ReturnType<typeof asProblem>["errors"]>([]);
  return (
    <ActionDialog
      title={t("folder.createIn", { folder: inertText(parent.name) })}
      action={t("folder.createAction")}
      failure={t("folder.createFailure")}
      ready={name.trim() !== ""}
      onClose={onClose}
      onAction={async () => {
        const body = { parent: parent.id, name: name.trim(), description: description.trim() };
        const folder = await read("POST", "/api/folders", importFolder, { body }).catch((error) => {
          setErrors(asProblem(error).errors);
          throw error;
        });
        changed();
        toasts.say("success", t("folder.created", { folder: inertText(folder.name) }));
        onClose();
        await navigate(`/devices?folder=${folder.id}`);
      }}
    >
      <FolderFields
        name={name}
        onName={setName}
        description={description}
        onDescription={setDescription}
        wrong={(field) => errors.find((error) => error.field === field)?.detail}
      />
    </ActionDialog>
  );
}

interface FolderDialogProps {
  readonly folder: Folder;
  readonly onClose: () => void;
}

/** Whether the caller may limit the sessions below a folder: that is decided from above, so that who is limited cannot lift it. */
function useMayLimit(folder: Folder): boolean {
  const above = useQuery({ ...folderQuery(folder.parent ?? ""), enabled: folder.parent !== null }).data;
  return (folder.parent === null ? folder : above)?.permissions.includes("manage-permissions") ?? false;
}

/** Name, description and limit of a folder. When somebody else changed it meanwhile, both versions are shown before anything is overwritten. */
export function EditFolderDialog({ folder, onClose }: FolderDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const changed = useFoldersChanged();
  const { base, conflict, wrong, save } = useEdit(folder, useReload(folder));
  const [name, setName] = useState(folder.name);
  const [description, setDescription] = useState(folder.description);
  const mayLimit = useMayLimit(folder);
  const [quota, setQuota] = useState(String(folder.quota ?? ""));
  const limit = quota.trim() === "" ? null : Number(quota);
  const quotaWrong = limit === null || isWhole(quota, 1, MOST_SESSIONS) ? undefined : t("settings.quotaWrong");
  return (
    <ActionDialog
      title={t("folder.editTitle", { folder: inertText(folder.name) })}
      action={t(conflict ? "device.overwrite" : "action.save")}
      failure={t("folder.editFailure")}
      ready={name.trim() !== "" && quotaWrong === undefined}
      onClose={onClose}
      onAction={async () => {
        const body = {
          ...(name.trim() === base.name ? {} : { name: name.trim() }),
          ...(description.trim() === base.description ? {} : { description: description.trim() }),
          ...(!mayLimit || limit === base.quota ? {} : { quota: limit }),
        };
        if (Object.keys(body).length > 0) {
          await save((ifMatch) => request("PATCH", `/api/folders/${folder.id}`, { body, ifMatch }));
          changed();
          toasts.say("success", t("folder.edited"));
        }
        onClose();
      }}
    >
      {conflict && (
        <Conflict
          now={[
            [t("folder.name"), <Inert key="name" text={base.name} />],
            [t("folder.description"), <Inert key="description" text={base.description || "–"} />],
            [t("settings.quota"), base.quota === null ? t("settings.noLimit") : String(base.quota)],
          ]}
        />
      )}
      <FolderFields
        name={name}
        onName={setName}
        description={description}
        onDescription={setDescription}
        wrong={wrong}
      />
      {mayLimit && (
        <TextField label={t("settings.quota")} help={t("folder.quotaHelp")} error={wrong("quota") ?? quotaWrong}>
          {(field) => (
            <TextInput {...field} value={quota} inputMode="numeric" onChange={(_event, value) => setQuota(value)} />
          )}
        </TextField>
      )}
    </ActionDialog>
  );
}

/** Another place for a folder, with everything below it. */
export function MoveFolderDialog({ folder, onClose }: FolderDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const changed = useFoldersChanged();
  const { conflict, save } = useEdit(folder, useReload(folder));
  const [target, setTarget] = useState<Folder | null>(null);
  const consequences = useConsequences(
    target === null || target.id === folder.parent ? null : { move: [{ resource: folder.id, folder: target.id }] },
  );
  return (
    <ActionDialog
      title={t("folder.moveTitle", { folder: inertText(folder.name) })}
      action={t("folder.moveAction")}
      failure={t("folder.moveFailure")}
      variant="medium"
      ready={consequences.known || consequences.failed}
      summary={consequences.shown}
      onClose={onClose}
      onAction={async () => {
        await save((ifMatch) =>
          request("PATCH", `/api/folders/${folder.id}`, { body: { parent: target?.id }, ifMatch }),
        );
        changed();
        toasts.say(
          "success",
          t("folder.moved", { folder: inertText(folder.name), target: inertText(target?.name ?? "") }),
        );
        onClose();
      }}
    >
      {conflict && <Conflict now={[]} />}
      <p>{t("folder.moveBody")}</p>
      <FolderPicker
        label={t("folder.moveTo")}
        chosen={target?.id ?? folder.parent}
        onChoose={setTarget}
        allowed={(each) =>
          movesFolders(each) && each.id !== folder.id && each.path.every((above) => above.id !== folder.id)
        }
      />
    </ActionDialog>
  );
}

/** Deletes a folder with everything below it. What goes is counted by the server and named first; it cannot be undone. */
export function DeleteFolderDialog({ folder, onClose }: FolderDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const navigate = useNavigate();
  const client = useQueryClient();
  const changed = useFoldersChanged();
  const preview = useQuery(folderDeletionQuery(folder.id));
  const elsewhere = useConsequences({ delete: [folder.id] }, t("preview.elsewhere"));
  const { conflict, save } = useEdit(folder, useReload(folder));
  return (
    <ActionDialog
      title={t("folder.deleteTitle", { folder: inertText(folder.name) })}
      action={t("folder.delete")}
      failure={t("folder.deleteFailure")}
      danger
      typed={folder.name}
      ready={preview.data !== undefined && (elsewhere.known || elsewhere.failed)}
      variant="medium"
      summary={elsewhere.shown}
      onClose={onClose}
      onAction={async () => {
        try {
          await save((ifMatch) => request("DELETE", `/api/folders/${folder.id}`, { ifMatch }));
        } catch (error) {
          void preview.refetch();
          throw error;
        }
        toasts.say("success", t("folder.deleted", { folder: inertText(folder.name) }));
        onClose();
        await navigate(folder.parent === null ? "/devices" : `/devices?folder=${folder.parent}`);
        client.removeQueries({ queryKey: ["folders", "one", folder.id] });
        changed();
      }}
    >
      {conflict && <Conflict now={[]} />}
      {preview.isError ? (
        <ProblemAlert title={t("folder.previewFailure")} error={preview.error} retry={() => void preview.refetch()} />
      ) : preview.data === undefined ? (
        <Skeleton screenreaderText={t("loading")} />
      ) : (
        <Losses deletion={preview.data} />
      )}
    </ActionDialog>
  );
}

/** How many of the devices that go are named. */
const NAMED = 20;

function Losses({ deletion }: { readonly deletion: FolderDeletion }) {
  const { t } = useTexts();
  const lost = DELETED.filter((what) => deletion[what] > 0);
  const more = deletion.devices - Math.min(NAMED, deletion.names.length);
  return (
    <>
      <p>{t(lost.length === 0 ? "folder.deleteEmpty" : "folder.deleteBody")}</p>
      {lost.length > 0 && (
        <List>
          {lost.map((what) => (
            <ListItem key={what}>{t(`folder.lost.${what}`, { count: deletion[what] })}</ListItem>
          ))}
        </List>
      )}
      {deletion.names.length > 0 && (
        <p>
          {t("folder.lostNames")}{" "}
          {deletion.names.slice(0, NAMED).map((name, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two devices may have one name; the order is all there is
            <span key={index}>
              {index > 0 && ", "}
              <Inert text={name} />
            </span>
          ))}
          {more > 0 && ` ${t("folder.lostMore", { count: more })}`}
        </p>
      )}
    </>
  );
}
