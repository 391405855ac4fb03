import { ClipboardCopy, FormGroup } from "@patternfly/react-core";
import { useId } from "react";
import { useTexts } from "../../i18n";

interface CopyableProps {
  readonly label: string;
  readonly text: string;
}

/** Something to be copied into another program. */
export function Copyable({ label, text }: CopyableProps) {
  const { t } = useTexts();
  const id = useId();
  return (
    <FormGroup label={label} role="group" fieldId={id}>
      <ClipboardCopy
        isReadOnly
        isCode
        hoverTip={t("action.copy")}
        clickTip={t("action.copied")}
        textAriaLabel={label}
        copyAriaLabel={t("action.copyOf", { name: label })}
      >
        {text}
      </ClipboardCopy>
    </FormGroup>
  );
}
