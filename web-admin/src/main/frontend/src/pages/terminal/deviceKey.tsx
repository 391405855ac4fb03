import { Button, Checkbox, Label, TextInput, Tooltip } from "@patternfly/react-core";
import { ExclamationTriangleIcon } from "@patternfly/react-icons";
import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { Problem } from "../../api/problem";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { acceptKey, type ChangedKey, fingerprintWords, SessionError } from "../../session";
import type { SessionState } from "../../session/api";
import { type Bytes, hex } from "../../session/bytes";
import { WORDS } from "../../session/words";
import { Words } from "../devices/Words";
import { errorSentence, type Texts } from "./errorText";

interface KeyWords {
  /** None before their list is there. */
  readonly words: readonly string[];
  /** Why there is no list. */
  readonly error: unknown;
  readonly retry: () => void;
}

function useWords(identity: Bytes): KeyWords {
  const { data, error, refetch } = useQuery({
    queryKey: ["words", hex(identity)],
    queryFn: () => fingerprintWords(identity),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return { words: data ?? [], error, retry: () => void refetch() };
}

/** The words alone: of the figures somebody would compare a few, and there are fewer of them. */
function ShownWords({ of: { words, error, retry } }: { readonly of: KeyWords }) {
  const { t } = useTexts();
  if (error !== null) return <ProblemAlert title={t("deviceKey.noWords")} error={error} retry={retry} />;
  return <Words words={words} />;
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
  const { words } = useWords(session.identity);
  return (
    <>
      <span lang="en">{words.join(" ")}</span>
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
  const words = useWords(identity);
  const [compared, setCompared] = useState(false);
  const id = useId();
  return (
    <ActionDialog
      title={t("deviceKey.compareTitle", { device: inertText(device) })}
      action={t("deviceKey.compared")}
      failure={t("deviceKey.compareFailure")}
      ready={compared && words.words.length === WORDS}
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
      <ShownWords of={words} />
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

/** Shows the known key, and takes the new one only from somebody who knows the words that the machine shows: they are nowhere to be copied from. */
function ChangedKeyDialog({ changed, device, onAccepted, onClose }: ChangedKeyDialogProps) {
  const texts = useTexts();
  const { t } = texts;
  const toasts = useToasts();
  const known = useWords(changed.known);
  const [typed, setTyped] = useState("");
  const [wrong, setWrong] = useState(false);
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
        setWrong(!accepted);
        if (!accepted) throw new Problem("identity-changed", 400, t("deviceKey.wrong"), null);
        toasts.say("success", t("deviceKey.accepted", { device: inertText(device) }));
        onClose();
        onAccepted();
      }}
    >
      <p>{t("deviceKey.changedBody")}</p>
      <section aria-label={t("deviceKey.known")}>
        <strong>{t("deviceKey.known")}</strong>
        <ShownWords of={known} />
      </section>
      <TextField label={t("deviceKey.typed")} isRequired error={wrong ? t("deviceKey.wrongWords") : undefined}>
        {(field) => (
          <TextInput
            {...field}
            value={typed}
            lang="en"
            maxLength={200}
            autoCapitalize="none"
            autoComplete="off"
            autoCorrect="off"
            spellCheck={false}
            onChange={(_event, value) => {
              setTyped(value);
              setWrong(false);
            }}
          />
        )}
      </TextField>
    </ActionDialog>
  );
}
