import { FormGroup, FormHelperText, HelperText, HelperTextItem } from "@patternfly/react-core";
import { type ReactNode, useId } from "react";
import { inertText } from "./inert";

interface Field {
  readonly id: string;
  readonly isRequired: boolean;
  readonly validated: "default" | "error";
  readonly "aria-describedby"?: string;
}

interface TextFieldProps {
  readonly label: string;
  readonly isRequired?: boolean;
  readonly help?: string;
  /** What the server said is wrong with it. */
  readonly error?: string | undefined;
  readonly children: (field: Field) => ReactNode;
}

/** A field of a form with its name, its help, and what is wrong with it. */
export function TextField({ label, isRequired = false, help, error, children }: TextFieldProps) {
  const id = useId();
  const said = error === undefined ? help : inertText(error);
  return (
    <FormGroup label={label} isRequired={isRequired} fieldId={id}>
      {children({
        id,
        isRequired,
        validated: error === undefined ? "default" : "error",
        ...(said === undefined ? {} : { "aria-describedby": `${id}-help` }),
      })}
      {said !== undefined && (
        <FormHelperText>
          <HelperText id={`${id}-help`}>
            <HelperTextItem variant={error === undefined ? "default" : "error"}>{said}</HelperTextItem>
          </HelperText>
        </FormHelperText>
      )}
    </FormGroup>
  );
}
