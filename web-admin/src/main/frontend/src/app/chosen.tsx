import { FormGroup, Label } from "@patternfly/react-core";
import { type ReactNode, useId } from "react";
import { useTexts } from "../i18n";

interface ChosenProps {
  readonly label: string;
  readonly onClear: () => void;
  readonly children: ReactNode;
}

/** What a filter is set to, in the place of the field where it is chosen. */
export function Chosen({ label, onClear, children }: ChosenProps) {
  const { t } = useTexts();
  return (
    <FormGroup label={label} role="group" fieldId={useId()}>
      <Label onClose={onClear} closeBtnAriaLabel={t("audit.removeFilter", { filter: label })}>
        {children}
      </Label>
    </FormGroup>
  );
}
