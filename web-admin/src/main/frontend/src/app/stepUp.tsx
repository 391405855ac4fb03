import { Button, ModalBody, ModalFooter } from "@patternfly/react-core";
import { useId, useSyncExternalStore } from "react";
import type { FactorAsk } from "../api/http";
import { useTexts } from "../i18n";
import { DialogFrame } from "./dialog";
import { goToFactor } from "./signIn";

let asked: FactorAsk | null = null;
const listeners = new Set<() => void>();

function set(next: FactorAsk | null): void {
  asked = next;
  for (const each of listeners) each();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Says that the server wants a second factor first. Asked for many times at once, it is one dialog. */
export function askFactor(why: FactorAsk): void {
  set(why);
}

/** The dialog in front of whatever was refused for want of a second factor: why, and the way to it and back. */
export function StepUp() {
  const { t } = useTexts();
  const why = useSyncExternalStore(subscribe, () => asked);
  const bodyId = useId();
  if (why === null) return null;
  const close = () => set(null);
  return (
    <DialogFrame title={t(`stepUp.title.${why}`)} describedBy={bodyId} onClose={close}>
      <ModalBody id={bodyId}>
        <p>{t(`stepUp.body.${why}`)}</p>
        <p className="secondary">{t("stepUp.back")}</p>
      </ModalBody>
      <ModalFooter>
        <Button
          variant="primary"
          autoFocus
          onClick={() => {
            close();
            goToFactor(why);
          }}
        >
          {t(`stepUp.go.${why}`)}
        </Button>
        <Button variant="link" onClick={close}>
          {t("stepUp.later")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}
