import { FormGroup, FormSelect, FormSelectOption, TextInput } from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { importNewApiToken } from "../../api/account";
import { read } from "../../api/http";
import { asProblem, type Problem } from "../../api/problem";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { meQuery } from "../../app/queries";
import { SecretDialog } from "../../app/secret";
import { Several } from "../../app/several";
import { useTexts } from "../../i18n";
import { PermissionFields } from "../access/fields";
import { type Place, PlacePicker } from "../access/pickers";
import { tokensQuery } from "./queries";

/** Days. */
const LIFETIMES = [7, 30, 90, 365] as const;
const DAY = 86_400;
const MOST_FOLDERS = 50;

/** What no program ever does for anybody. */
const NOT_FOR_TOKENS = new Set(["manage-sign-in", "operate-installation"]);

/** Makes a key for a program, no wider than its owner's own rights, and shows it once. */
export function CreateTokenDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const id = useId();
  const held = useQuery(meQuery).data?.permissions.anywhere ?? [];
  const [name, setName] = useState("");
  const [permissions, setPermissions] = useState<ReadonlySet<string>>(new Set());
  const [folders, setFolders] = useState<readonly Place[]>([]);
  const [days, setDays] = useState<number>(90);
  const [errors, setErrors] = useState<Problem["errors"]>([]);
  const [token, setToken] = useState<string | null>(null);
  const wrong = (field: string) => errors.find((error) => error.field === field)?.detail;
  if (token !== null)
    return (
      <SecretDialog
        title={t("apiTokens.madeTitle", { name: inertText(name.trim()) })}
        label={t("apiTokens.token")}
        secret={token}
        onClose={onClose}
      >
        <p>{t("apiTokens.madeBody")}</p>
      </SecretDialog>
    );
  return (
    <ActionDialog
      title={t("apiTokens.createTitle")}
      action={t("apiTokens.create")}
      failure={t("apiTokens.createFailure")}
      variant="medium"
      ready={name.trim() !== "" && permissions.size > 0 && folders.length > 0 && folders.length <= MOST_FOLDERS}
      onClose={onClose}
      onAction={async () => {
        setErrors([]);
        try {
          const body = {
            name: name.trim(),
            permissions: [...permissions],
            folders: folders.map((folder) => folder.id),
            expiresIn: days * DAY,
          };
          setToken(await read("POST", "/api/me/tokens", importNewApiToken, { body }));
        } catch (error) {
          setErrors(asProblem(error).errors);
          throw error;
        } finally {
          void client.invalidateQueries({ queryKey: tokensQuery("me").queryKey });
        }
      }}
    >
      <TextField label={t("apiTokens.name")} help={t("apiTokens.nameHelp")} error={wrong("name")} isRequired>
        {(field) => (
          <TextInput
            {...field}
            value={name}
            onChange={(_event, value) => setName(value)}
            autoFocus
            maxLength={200}
            autoComplete="off"
          />
        )}
      </TextField>
      <FormGroup label={t("apiTokens.lifetime")} fieldId={`${id}-lifetime`}>
        <FormSelect id={`${id}-lifetime`} value={days} onChange={(_event, value) => setDays(Number(value))}>
          {LIFETIMES.map((each) => (
            <FormSelectOption key={each} value={each} label={t("apiTokens.days", { count: each })} />
          ))}
        </FormSelect>
      </FormGroup>
      <Several
        label={t("apiTokens.folders")}
        items={folders}
        nameOf={(folder) => inertText(folder.name)}
        show={(folder) => <Inert text={folder.name} />}
        onRemove={({ id: gone }) => setFolders(folders.filter((each) => each.id !== gone))}
      />
      <PlacePicker
        key={folders.length}
        label={t("apiTokens.folder")}
        kinds={["folder"]}
        chosen={null}
        onChoose={(folder) => setFolders([...folders, folder])}
        refused={(folder) => (folders.some((each) => each.id === folder.id) ? t("several.already") : undefined)}
        isRequired={folders.length === 0}
      />
      <PermissionFields
        chosen={permissions}
        onChoose={setPermissions}
        offered={(code) => held.includes(code) && !NOT_FOR_TOKENS.has(code)}
        withPresets={false}
        deviceFirst
      />
    </ActionDialog>
  );
}
