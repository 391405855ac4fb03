import { Button, FormSelect, FormSelectOption, ModalBody, ModalFooter, TextInput } from "@patternfly/react-core";
import { useEffect, useRef, useState } from "react";
import { ActionDialog, DialogFrame } from "../../app/dialog";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { useTexts } from "../../i18n";
import type { Session } from "../../session/api";
import { type Exit, type ProcessRow, restart, SIGNALS, type Signal, sendSignal, startProgram } from "../../system";
import { asProblems, useSystemErrors } from "./errors";

/** Of what a program writes so much is kept. */
const MAX_OUTPUT = 200_000;
const MAX_ACCOUNT = 64;
const MAX_REASON = 200;

/** Names the process before anything happens to it. */
export function SignalDialog({
  session,
  row,
  onSent,
  onClose,
}: {
  readonly session: Session;
  readonly row: ProcessRow;
  readonly onSent: (signal: Signal) => void;
  readonly onClose: () => void;
}) {
  const { t } = useTexts();
  const describe = useSystemErrors();
  const [signal, setSignal] = useState<Signal>("TERM");
  return (
    <ActionDialog
      title={t("processes.signalTitle", { name: inertText(row.name), pid: String(row.pid) })}
      action={t("processes.send")}
      failure={t("processes.signalFailure")}
      danger
      onAction={() =>
        asProblems(describe, async () => {
          await sendSignal(session, row, signal);
          onSent(signal);
          onClose();
        })
      }
      onClose={onClose}
    >
      <p>
        {t("processes.details", {
          pid: String(row.pid),
          parent: String(row.parent),
          user: inertText(row.user),
          threads: row.threads,
          state: inertText(row.state),
        })}
      </p>
      <p className="any-length">
        <code>
          <Inert text={row.command || row.name} />
        </code>
      </p>
      <TextField label={t("processes.signal")}>
        {({ id }) => (
          <FormSelect
            id={id}
            value={signal}
            onChange={(_event, value) => setSignal(SIGNALS.find((known) => known === value) ?? "TERM")}
          >
            {SIGNALS.map((known) => (
              <FormSelectOption key={known} value={known} label={t(`processes.signal.${known}`)} />
            ))}
          </FormSelect>
        )}
      </TextField>
    </ActionDialog>
  );
}

/** Asks why, and says what is lost. */
export function RestartDialog({
  session,
  device,
  onClose,
}: {
  readonly session: Session;
  readonly device: string;
  readonly onClose: () => void;
}) {
  const { t } = useTexts();
  const describe = useSystemErrors();
  const [reason, setReason] = useState("");
  return (
    <ActionDialog
      title={t("processes.restartTitle", { device: inertText(device) })}
      action={t("processes.restart")}
      failure={t("processes.restartFailure")}
      danger
      ready={reason.trim() !== ""}
      onAction={() =>
        asProblems(describe, async () => {
          await restart(session, reason.trim());
          onClose();
        })
      }
      onClose={onClose}
    >
      <p>{t("processes.restartBody")}</p>
      <TextField label={t("processes.reason")} isRequired>
        {(field) => (
          <TextInput {...field} value={reason} maxLength={MAX_REASON} onChange={(_event, value) => setReason(value)} />
        )}
      </TextField>
    </ActionDialog>
  );
}

/** A program with what it writes; it ends with the dialog. */
export function StartDialog({ session, onClose }: { readonly session: Session; readonly onClose: () => void }) {
  const { t } = useTexts();
  const describe = useSystemErrors();
  const [line, setLine] = useState("");
  const [folder, setFolder] = useState("");
  const [account, setAccount] = useState("");
  const [output, setOutput] = useState("");
  const [running, setRunning] = useState(false);
  const [exit, setExit] = useState<Exit | null>(null);
  const [error, setError] = useState<string | null>(null);
  const current = useRef<AbortController | null>(null);
  useEffect(() => () => current.current?.abort(), []);
  const run = async () => {
    const abort = new AbortController();
    current.current = abort;
    setRunning(true);
    setOutput("");
    setExit(null);
    setError(null);
    try {
      const add = (text: string) => setOutput((before) => (before + text).slice(-MAX_OUTPUT));
      setExit(await startProgram(session, line, folder.trim(), account.trim(), add, abort.signal));
    } catch (failure) {
      if (!abort.signal.aborted) setError(describe(failure));
    } finally {
      if (!abort.signal.aborted) setRunning(false);
    }
  };
  return (
    <DialogFrame title={t("processes.start")} onClose={onClose} variant="medium">
      <ModalBody>
        <form
          id="processes-start"
          onSubmit={(event) => {
            event.preventDefault();
            if (line.trim() !== "" && !running) void run();
          }}
        >
          <TextField label={t("processes.startLine")} isRequired>
            {(field) => (
              <TextInput
                {...field}
                value={line}
                onChange={(_event, value) => setLine(value)}
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </TextField>
          <TextField label={t("processes.startFolder")} help={t("processes.startFolderHelp")}>
            {(field) => (
              <TextInput
                {...field}
                value={folder}
                onChange={(_event, value) => setFolder(value)}
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </TextField>
          <TextField label={t("processes.startAccount")} help={t("processes.startAccountHelp")}>
            {(field) => (
              <TextInput
                {...field}
                value={account}
                maxLength={MAX_ACCOUNT}
                onChange={(_event, value) => setAccount(value)}
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </TextField>
        </form>
        <p className="secondary">{t("processes.startNote")}</p>
        {error !== null && (
          <Notice variant="danger" isInline role="alert" title={t("processes.startFailure")}>
            {error}
          </Notice>
        )}
        {(running || exit !== null || output !== "") && (
          <section aria-label={t("processes.output")}>
            <p role="status">
              {running
                ? t("processes.running")
                : exit === null
                  ? ""
                  : t(`processes.exit.${exit.kind}`, { value: String(exit.value) })}
            </p>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is scrolled with the keyboard too */}
            <pre className="processes__output" tabIndex={0}>
              <Lines text={output} />
            </pre>
          </section>
        )}
      </ModalBody>
      <ModalFooter>
        <Button type="submit" form="processes-start" isDisabled={line.trim() === "" || running} isLoading={running}>
          {t("processes.startRun")}
        </Button>
        <Button variant="link" onClick={onClose}>
          {t("action.close")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}

/** Lines as lines, everything else inert. */
function Lines({ text }: { readonly text: string }) {
  return text
    .split("\n")
    .map((line) => inertText(line.replaceAll("\t", "    ").replace(/\r$/, "")))
    .join("\n");
}
