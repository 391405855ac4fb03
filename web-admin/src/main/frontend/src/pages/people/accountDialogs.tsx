import { TextInput } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { importFirstPassword, type UserAccount } from "../../api/account";
import { read, request } from "../../api/http";
import type { User } from "../../api/people";
import { asProblem, type Problem } from "../../api/problem";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { ofLocalInput, toLocalInput, toUtc } from "../../app/localTime";
import { SecretDialog } from "../../app/secret";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";

interface AccountDialogProps {
  readonly user: User;
  readonly onClose: () => void;
}

/** After a change of an account what is shown of it is asked for again, whatever became of the change. */
export function useAccountChange(user: string): (work: () => Promise<void>) => Promise<void> {
  const client = useQueryClient();
  return async (work) => {
    try {
      await work();
    } finally {
      await Promise.all([
        client.invalidateQueries({ queryKey: ["account", user] }),
        client.invalidateQueries({ queryKey: ["people"] }),
      ]);
    }
  };
}

interface FirstPasswordDialogProps {
  readonly name: string;
  readonly password: string;
  readonly onClose: () => void;
}

/** The password to hand over; at the first sign-in it has to be changed. */
export function FirstPasswordDialog({ name, password, onClose }: FirstPasswordDialogProps) {
  const { t } = useTexts();
  return (
    <SecretDialog
      title={t("users.passwordTitle", { name: inertText(name) })}
      label={t("users.password")}
      secret={password}
      onClose={onClose}
    >
      <p>{t("users.passwordBody")}</p>
    </SecretDialog>
  );
}

/** Makes a new first password; the old one ends with all sign-ins. */
export function ResetPasswordDialog({ user, onClose }: AccountDialogProps) {
  const { t } = useTexts();
  const change = useAccountChange(user.id);
  const [password, setPassword] = useState<string | null>(null);
  if (password !== null) return <FirstPasswordDialog name={user.name} password={password} onClose={onClose} />;
  return (
    <ActionDialog
      title={t("userAccount.resetPasswordTitle", { name: inertText(user.name) })}
      action={t("userAccount.resetPassword")}
      failure={t("userAccount.resetPasswordFailure")}
      danger
      onClose={onClose}
      onAction={() =>
        change(async () => {
          setPassword(await read("POST", `/api/users/${user.id}/password-reset`, importFirstPassword));
        })
      }
    >
      <p>{t("userAccount.resetPasswordBody")}</p>
    </ActionDialog>
  );
}

interface InviteDialogProps extends AccountDialogProps {
  readonly email: string | null;
}

/** Sends the letter by which the person chooses a password, once more. */
export function InviteDialog({ user, email, onClose }: InviteDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useAccountChange(user.id);
  return (
    <ActionDialog
      title={t("userAccount.inviteTitle", { name: inertText(user.name) })}
      action={t("userAccount.invite")}
      failure={t("userAccount.inviteFailure")}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("POST", `/api/users/${user.id}/invitation`);
          toasts.say("success", t("userAccount.invited"));
          onClose();
        })
      }
    >
      <p>{t("userAccount.inviteBody", { email: inertText(email ?? "–") })}</p>
    </ActionDialog>
  );
}

/** Takes all second factors away, for who has lost his. */
export function ResetFactorDialog({ user, onClose }: AccountDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useAccountChange(user.id);
  return (
    <ActionDialog
      title={t("userAccount.resetFactorTitle", { name: inertText(user.name) })}
      action={t("userAccount.resetFactor")}
      failure={t("userAccount.resetFactorFailure")}
      danger
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("POST", `/api/users/${user.id}/factor-reset`);
          toasts.say("success", t("userAccount.factorIsReset"));
          onClose();
        })
      }
    >
      <p>{t("userAccount.resetFactorBody")}</p>
    </ActionDialog>
  );
}

interface EnableDialogProps extends AccountDialogProps {
  readonly enabled: boolean;
}

/** Keeps somebody out, or lets him in again; rights and groups stay. */
export function EnableDialog({ user, enabled, onClose }: EnableDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useAccountChange(user.id);
  const way = enabled ? "enable" : "disable";
  return (
    <ActionDialog
      title={t(`userAccount.${way}Title`, { name: inertText(user.name) })}
      action={t(`userAccount.${way}`)}
      failure={t("people.renameFailure")}
      danger={!enabled}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          await request("PATCH", `/api/users/${user.id}`, { body: { enabled }, ifMatch: user.etag });
          toasts.say("success", t("people.saved"));
          onClose();
        })
      }
    >
      <p>{t(`userAccount.${way}Body`)}</p>
    </ActionDialog>
  );
}

interface EditAccountDialogProps extends AccountDialogProps {
  readonly account: UserAccount;
}

/** E-mail address and end of an account. */
export function EditAccountDialog({ user, account, onClose }: EditAccountDialogProps) {
  const { t } = useTexts();
  const toasts = useToasts();
  const change = useAccountChange(user.id);
  const [email, setEmail] = useState(account.email ?? "");
  const [expires, setExpires] = useState(account.expires);
  const [errors, setErrors] = useState<Problem["errors"]>([]);
  const wrong = (field: string) => errors.find((error) => error.field === field)?.detail;
  const body = {
    ...(email.trim() === (account.email ?? "") ? {} : { email: email.trim() === "" ? null : email.trim() }),
    ...(expires?.getTime() === account.expires?.getTime() ? {} : { expires: expires === null ? null : toUtc(expires) }),
  };
  return (
    <ActionDialog
      title={t("userAccount.editTitle", { name: inertText(user.name) })}
      action={t("action.save")}
      failure={t("people.renameFailure")}
      ready={Object.keys(body).length > 0}
      onClose={onClose}
      onAction={() =>
        change(async () => {
          setErrors([]);
          try {
            await request("PATCH", `/api/users/${user.id}`, { body, ifMatch: user.etag });
          } catch (error) {
            setErrors(asProblem(error).errors);
            throw error;
          }
          toasts.say("success", t("people.saved"));
          onClose();
        })
      }
    >
      <TextField label={t("userAccount.email")} error={wrong("email")}>
        {(field) => (
          <TextInput
            {...field}
            type="email"
            value={email}
            onChange={(_event, value) => setEmail(value)}
            autoFocus
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
    </ActionDialog>
  );
}
