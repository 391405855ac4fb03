import { FormGroup, FormHelperText, HelperText, HelperTextItem, TextInput } from "@patternfly/react-core";
import { useId, useState } from "react";
import { useNavigate } from "react-router";
import { read } from "../../api/http";
import { importUser } from "../../api/people";
import { useRightsChange } from "../../app/change";
import { ActionDialog } from "../../app/dialog";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { type Place, PlacePicker } from "../access/pickers";

/** Makes a person known before the first sign-in, so that groups and rights wait for him. */
export function AddUserDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const navigate = useNavigate();
  const change = useRightsChange();
  const id = useId();
  const [name, setName] = useState("");
  const [folder, setFolder] = useState<Place | null>(null);
  return (
    <ActionDialog
      title={t("users.addTitle")}
      action={t("users.add")}
      failure={t("users.addFailure")}
      ready={name.trim() !== "" && folder !== null}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          const body = { name: name.trim(), folder: folder?.id };
          const user = await read("POST", "/api/users", importUser, { body });
          toasts.say("success", t("users.added"));
          onClose();
          void navigate(`/people/users/${user.id}`);
        })
      }
    >
      <p>{t("users.addIntro")}</p>
      <FormGroup label={t("user.name")} isRequired fieldId={id}>
        <TextInput
          id={id}
          value={name}
          onChange={(_event, value) => setName(value)}
          isRequired
          autoFocus
          maxLength={200}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          aria-describedby={`${id}-help`}
        />
        <FormHelperText>
          <HelperText>
            <HelperTextItem id={`${id}-help`}>{t("users.nameHelp")}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      <PlacePicker
        label={t("people.folder")}
        kinds={["folder"]}
        needs="manage-users"
        chosen={folder}
        onChoose={setFolder}
        isRequired
      />
    </ActionDialog>
  );
}
