import { FormGroup, Radio, TextInput } from "@patternfly/react-core";
import { useId, useState } from "react";
import { useNavigate } from "react-router";
import { importFirstPassword } from "../../api/account";
import { read } from "../../api/http";
import { importUser } from "../../api/people";
import { asProblem, type Problem } from "../../api/problem";
import { useRightsChange } from "../../app/change";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { ofLocalInput, toLocalInput, toUtc } from "../../app/localTime";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { type Place, PlacePicker } from "../access/pickers";
import { FirstPasswordDialog } from "./accountDialogs";

/** How the person comes by an account: with a password that is handed over, by a letter, or from elsewhere. */
const WAYS = ["firstPassword", "invite", "none"] as const;
type Way = (typeof WAYS)[number];

/** Makes a person known before the first sign-in, so that groups and rights wait for him; mostly with the account as well. */
export function AddUserDialog({ onClose }: { readonly onClose: () => void }) {
  const { t } = useTexts();
  const toasts = useToasts();
  const navigate = useNavigate();
  const change = useRightsChange();
  const id = useId();
  const [name, setName] = useState("");
  const [folder, setFolder] = useState<Place | null>(null);
  const [way, setWay] = useState<Way>("firstPassword");
  const [email, setEmail] = useState("");
  const [expires, setExpires] = useState<Date | null>(null);
  const [errors, setErrors] = useState<Problem["errors"]>([]);
  const [made, setMade] = useState<{ readonly user: string; readonly password: string } | null>(null);
  const wrong = (field: string) => errors.find((error) => error.field === field)?.detail;
  const show = (user: string) => {
    onClose();
    void navigate(`/people/users/${user}`);
  };
  if (made !== null)
    return <FirstPasswordDialog name={name.trim()} password={made.password} onClose={() => show(made.user)} />;
  return (
    <ActionDialog
      title={t("users.addTitle")}
      action={t("users.add")}
      failure={t("users.addFailure")}
      ready={name.trim() !== "" && folder !== null && (way !== "invite" || email.trim() !== "")}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          setErrors([]);
          const body = {
            name: name.trim(),
            folder: folder?.id,
            ...(way === "none" ? {} : { account: { [way]: true } }),
            ...(way === "none" || email.trim() === "" ? {} : { email: email.trim() }),
            ...(way === "none" || expires === null ? {} : { expires: toUtc(expires) }),
          };
          const importer = (value: unknown) => ({ user: importUser(value).id, password: importFirstPassword(value) });
          try {
            const { user, password } = await read("POST", "/api/users", importer, { body });
            toasts.say("success", t(way === "invite" ? "users.invited" : "users.added"));
            if (password === null) show(user);
            else setMade({ user, password });
          } catch (error) {
            setErrors(asProblem(error).errors);
            throw error;
          }
        })
      }
    >
      <p>{t("users.addIntro")}</p>
      <TextField label={t("user.name")} help={t("users.nameHelp")} error={wrong("name")} isRequired>
        {(field) => (
          <TextInput
            {...field}
            value={name}
            onChange={(_event, value) => setName(value)}
            autoFocus
            maxLength={200}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </TextField>
      <PlacePicker
        label={t("people.folder")}
        kinds={["folder"]}
        needs="manage-users"
        chosen={folder}
        onChoose={setFolder}
        isRequired
      />
      <FormGroup role="radiogroup" isStack label={t("users.way")} fieldId={id}>
        {WAYS.map((each) => (
          <Radio
            key={each}
            id={`${id}-${each}`}
            name={id}
            label={t(`users.way.${each}`)}
            description={t(`users.wayHelp.${each}`)}
            isChecked={way === each}
            onChange={() => setWay(each)}
          />
        ))}
      </FormGroup>
      {way !== "none" && (
        <>
          <TextField label={t("userAccount.email")} error={wrong("email")} isRequired={way === "invite"}>
            {(field) => (
              <TextInput
                {...field}
                type="email"
                value={email}
                onChange={(_event, value) => setEmail(value)}
                maxLength={254}
                autoComplete="off"
              />
            )}
          </TextField>
          <TextField label={t("userAccount.expires")} help={t("userAccount.expiresHelp")} error={wrong("expires")}>
            {(field) => (
              <TextInput
                {...field}
                type="datetime-local"
                value={toLocalInput(expires)}
                onChange={(_event, value) => setExpires(ofLocalInput(value))}
              />
            )}
          </TextField>
        </>
      )}
    </ActionDialog>
  );
}
