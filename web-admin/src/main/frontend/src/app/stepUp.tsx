import { Button, ModalBody, ModalFooter } from "@patternfly/react-core";
import { useId } from "react";
import { useTexts } from "../i18n";
import { DialogFrame } from "./dialog";
import { factorAnswered, useFactorAsked } from "./factorAsk";
import { goToFactor } from "./signIn";

/** The dialog in front of whatever was refused for want of a second factor: why, and the way to it and back. */
export function StepUp() {
  const { t } = useTexts();
  const why = useFactorAsked();
  const bodyId = useId();
  if (why === null) return null;
  return (
    <DialogFrame title={t(`stepUp.title.${why}`)} describedBy={bodyId} onClose={factorAnswered} first>
      <ModalBody id={bodyId}>
        <p>{t(`stepUp.body.${why}`)}</p>
        <p className="secondary">{t("stepUp.back")}</p>
      </ModalBody>
      <ModalFooter>
        <Button
          variant="primary"
          autoFocus
          onClick={() => {
            factorAnswered();
            goToFactor(why);
          }}
        >
          {t(`stepUp.go.${why}`)}
        </Button>
        <Button variant="link" onClick={factorAnswered}>
          {t("stepUp.later")}
        </Button>
      </ModalFooter>
    </DialogFrame>
  );
}
