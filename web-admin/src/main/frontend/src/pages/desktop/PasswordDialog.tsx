import { TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import type { PasswordQuestion } from "./connection";
import type { VncServer } from "./source";

interface PasswordDialogProps {
  readonly server: VncServer;
  readonly question: PasswordQuestion;
  readonly onPassword: (password: string) => void;
  readonly onClose: () => void;
}

/** A VNC server wants its password, or another one. It goes to the device within the session, and is kept nowhere. */
export function PasswordDialog({ server, question, onPassword, onClose }: PasswordDialogProps) {
  const { t } = useTexts();
  const [password, setPassword] = useState("");
  const title = t("desktop.password.title", { server: server.text });
  const said = question.text === "" ? "" : ` ${t("desktop.password.says", { text: inertText(question.text) })}`;
  return (
    <ActionDialog
      title={title}
      action={t("desktop.password.send")}
      failure={title}
      ready={password !== ""}
      onAction={async () => onPassword(password)}
      onClose={onClose}
    >
      <TextField
        label={t("desktop.password")}
        help={t("desktop.password.help")}
        error={question.wrong ? t("desktop.password.wrong") + said : undefined}
        isRequired
      >
        {(field) => (
          <TextInput
            {...field}
            type="password"
            autoComplete="off"
            maxLength={256}
            value={password}
            onChange={(_event, text) => setPassword(text)}
          />
        )}
      </TextField>
    </ActionDialog>
  );
}
