import { FormGroup, Label, LabelGroup } from "@patternfly/react-core";
import { type ReactNode, useId } from "react";
import { useTexts } from "../i18n";

interface SeveralProps<T extends { readonly id: string }> {
  readonly label: string;
  readonly items: readonly T[];
  /** What an item is called in a sentence. */
  readonly nameOf: (item: T) => string;
  readonly show: (item: T) => ReactNode;
  readonly onRemove: (item: T) => void;
}

/** What was chosen of many, each with the way to leave it out again; nothing while nothing is chosen. */
export function Several<T extends { readonly id: string }>({ label, items, nameOf, show, onRemove }: SeveralProps<T>) {
  const { t } = useTexts();
  const id = useId();
  if (items.length === 0) return null;
  return (
    <FormGroup role="group" label={label} fieldId={id}>
      <LabelGroup aria-label={label} numLabels={items.length}>
        {items.map((item) => (
          <Label
            key={item.id}
            onClose={() => onRemove(item)}
            closeBtnAriaLabel={t("several.remove", { name: nameOf(item) })}
          >
            {show(item)}
          </Label>
        ))}
      </LabelGroup>
    </FormGroup>
  );
}
