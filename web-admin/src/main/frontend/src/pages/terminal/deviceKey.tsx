import { Button, Checkbox, Label, TextInput, Tooltip } from "@patternfly/react-core";
import { ExclamationTriangleIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Problem } from "../../api/problem";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { acceptKey, type ChangedKey, fingerprintOf, fingerprintWords, SessionError } from "../../session";
import type { SessionState } from "../../session/api";
import { type Bytes, hex } from "../../session/bytes";
import { Words } from "../devices/Words";
import { errorSentence, type Texts } from "./errorText";

/** The words of a key; none before their list is there. */
function useWords(identity: Bytes): readonly string[] {
  const words = useQuery({
    queryKey: ["words", hex(identity)],
    queryFn: () => fingerprintWords(identity),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return words.data ?? [];
}

function KeyWords({ identity }: { readonly identity: Bytes }) {
  return <Words words={useWords(identity)} fingerprint={fingerprintOf(identity)} />;
}

/** What the dialogs can show. */
function problem(texts: Texts, error: unknown): unknown {
  return error instanceof SessionError ? new Problem(error.code, 400, errorSentence(texts, error), null) : error;
}

interface UnverifiedProps {
  readonly session: Extract<SessionState, { readonly kind: "connected" }>;
  /** The device's name. */
  readonly device: string;
  /** A person compared the words; null once the session is over. */
  readonly onCompared: (() => void) | null;
}

/** That nobody has compared the words of a device's key, with the words, and the way to say that somebody did. */
export function Unverified({ session, device, onCompared }: UnverifiedProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const words = useWords(session.identity);
  return (
    <>
      <span>{words.join(" ")}</span>
      <Tooltip content={t(session.firstContact ? "terminal.firstContactHelp" : "terminal.unverifiedHelp")}>
        <Label color="yellow" icon={<ExclamationTriangleIcon />} isCompact variant="outline" tabIndex={0}>
          {t(session.firstContact ? "terminal.firstContact" : "terminal.unverified")}
        </Label>
      </Tooltip>
      {onCompared !== null && (
        <Button
          variant="link"
          isInline
          onClick={() =>
            dialogs.open((close) => (
              <CompareDialog identity={session.identity} device={device} onCompared={onCompared} onClose={close} />
            ))
          }
        >
          {t("deviceKey.compare")}
        </Button>
      )}
    </>
  );
}

interface CompareDialogProps {
  readonly identity: Bytes;
  readonly device: string;
  readonly onCompared: () => void;
  readonly onClose: () => void;
}

function CompareDialog({ identity, device, onCompared, onClose }: CompareDialogProps) {
  const texts = useTexts();
  const { t } = texts;
  const [compared, setCompared] = useState(false);
  const id = useId();
  return (
    <ActionDialog
      title={t("deviceKey.compareTitle", { device: inertText(device) })}
      action={t("deviceKey.compared")}
      failure={t("deviceKey.compareFailure")}
      ready={compared}
      onClose={onClose}
      onAction={async () => {
        try {
          onCompared();
        } catch (error) {
          throw problem(texts, error);
        }
        onClose();
      }}
    >
      <p>{t("deviceKey.compareBody")}</p>
      <KeyWords identity={identity} />
      <Checkbox
        id={id}
        label={t("pairing.compared")}
        isChecked={compared}
        onChange={(_event, checked) => setCompared(checked)}
      />
    </ActionDialog>
  );
}

interface CompareKeysProps {
  readonly error: SessionError;
  /** The device's name. */
  readonly device: string;
  /** The new key is pinned: try again. */
  readonly onAccepted: () => void;
}

/** Where a session failed because the device has another key: the way to accept it. */
export function CompareKeys({ error, device, onAccepted }: CompareKeysProps) {
  const { t } = useTexts();
  const dialogs = useDialogs();
  const { changed } = error;
  if (changed === undefined) return null;
  return (
    <Button
      variant="secondary"
      size="sm"
      onClick={() =>
        dialogs.open((close) => (
          <ChangedKeyDialog changed={changed} device={device} onAccepted={onAccepted} onClose={close} />
        ))
      }
    >
      {t("deviceKey.changed")}
    </Button>
  );
}

interface ChangedKeyDialogProps {
  readonly changed: ChangedKey;
  readonly device: string;
  readonly onAccepted: () => void;
  readonly onClose: () => void;
}

/** Shows both keys, and takes the new one only from somebody who knows the words that the machine shows. */
function ChangedKeyDialog({ changed, device, onAccepted, onClose }: ChangedKeyDialogProps) {
  const texts = useTexts();
  const { t } = texts;
  const toasts = useToasts();
  const [typed, setTyped] = useState("");
  return (
    <ActionDialog
      title={t("deviceKey.changedTitle", { device: inertText(device) })}
      action={t("deviceKey.accept")}
      failure={t("deviceKey.failure")}
      variant="medium"
      danger
      ready={typed.trim() !== ""}
      onClose={onClose}
      onAction={async () => {
        const accepted = await acceptKey(changed, typed).catch((error: unknown) => {
          throw problem(texts, error);
        });
        if (!accepted) throw new Problem("identity-changed", 400, t("deviceKey.wrong"), null);
        toasts.say("success", t("deviceKey.accepted", { device: inertText(device) }));
        onClose();
        onAccepted();
      }}
    >
      <p>{t("deviceKey.changedBody")}</p>
      <section aria-label={t("deviceKey.known")}>
        <strong>{t("deviceKey.known")}</strong>
        <KeyWords identity={changed.known} />
      </section>
      <section aria-label={t("deviceKey.shown")}>
        <strong>{t("deviceKey.shown")}</strong>
        <KeyWords identity={changed.shown} />
      </section>
      <TextField label={t("deviceKey.typed")} isRequired>
        {(field) => (
          <TextInput
            {...field}
            value={typed}
            maxLength={200}
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            onChange={(_event, value) => setTyped(value)}
          />
        )}
      </TextField>
    </ActionDialog>
  );
}
