import { Button, ClipboardCopy, ModalBody, ModalFooter } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTexts } from "../i18n";
import { DialogFrame } from "./dialog";
import { Notice } from "./notice";

interface SecretDialogProps {
  readonly title: string;
  /** What the secret is called. */
  readonly label: string;
  readonly secret: string;
  readonly onClose: () => void;
  /** What it is for, and what happens with it next. */
  readonly children: ReactNode;
}

/**
 * Shows a secret that is told once, to be copied. It is kept by nobody: closed is gone, and so the focus is not on what closes it, where
 * the Enter that asked for the secret would go a second time.
 */
export function SecretDialog({ title, label, secret, onClose, children }: SecretDialogProps) {
  const { t } = useTexts();
  return (
    <DialogFrame title={title} variant="medium" focus=".secret input" onClose={onClose}>
      <ModalBody>
        <div className="secret">
          {children}
          <ClipboardCopy
            isReadOnly
            isCode
            hoverTip={t("action.copy")}
            clickTip={t("action.copied")}
            textAriaLabel={label}
            copyAriaLabel={t("action.copy")}
            className="enrol-command"
          >
            {secret}
          </ClipboardCopy>
          <Notice variant="warning" isInline isPlain title={t("secret.once")} />
        </div>
      </ModalBody>
      <ModalFooter>
        <Button variant="primary" onClick={onClose}>
          {t("secret.noted")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}
