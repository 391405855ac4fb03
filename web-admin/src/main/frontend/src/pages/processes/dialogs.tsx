import { TextInput } from "@patternfly/react-core";
import { useState } from "react";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import type { Session } from "../../session/api";
import { type DeviceProcess, restart, type Signal, send } from "../../system/client";
import { label } from "../../system/rows";
import { asProblems, useSystemErrors } from "./errors";

const MAX_REASON = 200;

interface SignalDialogProps {
  readonly session: Session;
  readonly process: DeviceProcess;
  readonly signal: Signal;
  readonly onClose: () => void;
}

/** Names the process before it gets a signal. */
export function SignalDialog({ session, process, signal, onClose }: SignalDialogProps) {
  const { t } = useTexts();
  const describe = useSystemErrors();
  const word = t(`processes.signal.${signal}`);
  return (
    <ActionDialog
      title={t("processes.confirm", { signal: word, name: inertText(process.name), pid: String(process.pid) })}
      action={word}
      failure={t("processes.signalFailure")}
      danger={signal !== "CONT"}
      onAction={() =>
        asProblems(describe, async () => {
          await send(session, process, signal);
          onClose();
        })
      }
      onClose={onClose}
    >
      <p className="any-length">
        {t("processes.confirmBody", {
          command: inertText(label(process)),
          user: inertText(process.user),
          signal,
        })}
      </p>
    </ActionDialog>
  );
}

interface RestartDialogProps {
  readonly session: Session;
  readonly device: string;
  readonly onClose: () => void;
}

export function RestartDialog({ session, device, onClose }: RestartDialogProps) {
  const { t } = useTexts();
  const describe = useSystemErrors();
  const [reason, setReason] = useState("");
  return (
    <ActionDialog
      title={t("processes.restartTitle", { device: inertText(device) })}
      action={t("processes.restart")}
      failure={t("processes.restartFailure")}
      danger
      ready={reason.length <= MAX_REASON}
      onAction={() =>
        asProblems(describe, async () => {
          await restart(session, reason.trim());
          onClose();
        })
      }
      onClose={onClose}
    >
      <p>{t("processes.restartBody")}</p>
      <TextField label={t("processes.restartReason")}>
        {(field) => (
          <TextInput
            {...field}
            value={reason}
            maxLength={MAX_REASON}
            onChange={(_event, value) => setReason(value)}
            autoComplete="off"
          />
        )}
      </TextField>
    </ActionDialog>
  );
}
