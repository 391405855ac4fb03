import { Button, Form, FormGroup, Modal, ModalBody, ModalFooter, ModalHeader, TextInput } from "@patternfly/react-core";
import { TimesIcon } from "@patternfly/react-icons";
import { createContext, type ReactNode, Suspense, useCallback, useContext, useId, useMemo, useState } from "react";
import { useTexts } from "../i18n";
import { useFactorAsked } from "./factorAsk";
import { inertText } from "./inert";
import { ProblemAlert } from "./problems";

interface FrameProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly danger?: boolean;
  readonly variant?: "small" | "medium";
  /** The id of what describes it. */
  readonly describedBy?: string;
  /** What has the focus at first, as a selector; the button to close it without that. */
  readonly focus?: string;
  /** It goes before all others: the question for a second factor. */
  readonly first?: boolean;
  readonly children: ReactNode;
}

/**
 * A dialog's frame: its whole title, however long, and a button to close it that is named in the language of the page. One is shown at a time, because
 * each hides everything else from screen readers: another one waits while a second factor is asked for.
 */
export function DialogFrame({ title, onClose, danger, variant, describedBy, focus, first, children }: FrameProps) {
  const { t } = useTexts();
  const titleId = useId();
  const asked = useFactorAsked();
  if (asked !== null && first !== true) return null;
  return (
    <Modal
      isOpen
      variant={variant ?? "small"}
      onEscapePress={onClose}
      aria-labelledby={titleId}
      {...(describedBy === undefined ? {} : { "aria-describedby": describedBy })}
      {...(focus === undefined ? {} : { elementToFocus: focus })}
    >
      <div className="pf-v6-c-modal-box__close">
        <Button variant="plain" icon={<TimesIcon />} aria-label={t("action.close")} onClick={onClose} />
      </div>
      <ModalHeader
        title={title}
        labelId={titleId}
        className="dialog-title"
        {...(danger === true ? { titleIconVariant: "warning" as const } : {})}
      />
      {children}
    </Modal>
  );
}

interface ActionDialogProps {
  readonly title: string;
  readonly action: string;
  readonly danger?: boolean;
  /** What the action does. It may throw a Problem, which is shown; the dialog then stays, and so does what was typed. */
  readonly onAction: () => Promise<void>;
  readonly onClose: () => void;
  /** False while what was typed cannot be sent. */
  readonly ready?: boolean;
  /** The heading of a failure. */
  readonly failure: string;
  /** The word for not doing it. */
  readonly cancel?: string;
  readonly variant?: "small" | "medium";
  /** A name that must be typed first: for what cannot be undone. */
  readonly typed?: string;
  /** What the action would do: stays in sight above the buttons, whatever of the rest is scrolled away. */
  readonly summary?: ReactNode;
  readonly children: ReactNode;
}

/** The one dialog with an action: it owns progress, failure, keyboard and closing. */
export function ActionDialog(props: ActionDialogProps) {
  const { t } = useTexts();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const bodyId = useId();
  const formId = useId();
  const [typed, setTyped] = useState("");
  const ready = props.ready !== false && (props.typed === undefined || sameName(typed, props.typed));
  const act = async () => {
    if (busy || !ready) return;
    setBusy(true);
    setError(null);
    try {
      await props.onAction();
    } catch (failure) {
      setError(failure);
      setBusy(false);
    }
  };
  return (
    <DialogFrame
      title={props.title}
      variant={props.variant ?? "small"}
      danger={props.danger === true}
      describedBy={bodyId}
      onClose={() => {
        if (!busy) props.onClose();
      }}
    >
      <ModalBody id={bodyId}>
        <Form
          id={formId}
          onSubmit={(event) => {
            event.preventDefault();
            void act();
          }}
        >
          {error !== null && <ProblemAlert title={props.failure} error={error} />}
          {props.children}
          {props.typed !== undefined && (
            <FormGroup label={t("dialog.typed", { name: inertText(props.typed) })} fieldId={`${formId}-typed`}>
              <TextInput
                id={`${formId}-typed`}
                value={typed}
                onChange={(_event, value) => setTyped(value)}
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
              />
            </FormGroup>
          )}
        </Form>
      </ModalBody>
      {props.summary !== undefined && props.summary !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what may scroll is scrolled with the keyboard too
        <section className="dialog-summary" aria-label={t("dialog.summary")} tabIndex={0}>
          {props.summary}
        </section>
      )}
      <ModalFooter>
        <Button
          type="submit"
          form={formId}
          variant={props.danger ? "danger" : "primary"}
          isLoading={busy}
          isDisabled={busy || !ready}
        >
          {props.action}
        </Button>
        <Button variant="link" onClick={props.onClose} isDisabled={busy}>
          {props.cancel ?? t("action.cancel")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}

/** What a person typed is the name: however it was composed, and whatever cannot be typed written as it is shown. */
function sameName(typed: string, name: string): boolean {
  const plain = (text: string) => inertText(text).normalize("NFC").trim();
  return plain(typed) === plain(name);
}

export interface Confirmation {
  readonly title: string;
  /** Names what will be lost. */
  readonly body: ReactNode;
  readonly action: string;
  readonly failure: string;
  /** A name that must be typed first: for what cannot be undone. */
  readonly typed?: string;
  readonly onConfirm: () => Promise<void>;
}

interface Dialogs {
  /** Opens a dialog; `close` takes it away. */
  readonly open: (dialog: (close: () => void) => ReactNode) => void;
  /** Asks before something is lost. */
  readonly confirm: (confirmation: Confirmation) => void;
}

const Context = createContext<Dialogs | null>(null);

export function DialogProvider({ children }: { readonly children: ReactNode }) {
  const [dialog, setDialog] = useState<ReactNode>(null);
  const close = useCallback(() => setDialog(null), []);
  const value = useMemo<Dialogs>(
    () => ({
      open: (make) => setDialog(make(close)),
      confirm: (confirmation) =>
        setDialog(
          <ActionDialog
            title={confirmation.title}
            action={confirmation.action}
            failure={confirmation.failure}
            {...(confirmation.typed === undefined ? {} : { typed: confirmation.typed })}
            danger
            onClose={close}
            onAction={async () => {
              await confirmation.onConfirm();
              close();
            }}
          >
            {confirmation.body}
          </ActionDialog>,
        ),
    }),
    [close],
  );
  return (
    <Context value={value}>
      {children}
      {/* a dialog may be a part that loads when it is opened */}
      <Suspense fallback={null}>{dialog}</Suspense>
    </Context>
  );
}

export function useDialogs(): Dialogs {
  const dialogs = useContext(Context);
  if (dialogs === null) throw new Error("useDialogs needs a DialogProvider above it");
  return dialogs;
}
