import { Button, FormFieldGroup, FormFieldGroupHeader, TextInput } from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons";
import { useId } from "react";
import { type MaybeNamed, MOST_MAPPINGS, PROVIDER_LIMITS, type ProviderKind } from "../../api/provider";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { useTexts } from "../../i18n";
import { PrincipalPicker } from "../access/pickers";

/** A mapping while it is typed. */
export interface TypedMapping {
  /** Tells the rows apart. */
  readonly key: number;
  readonly theirs: string;
  readonly ours: MaybeNamed | null;
}

/** Whether a mapping says of both sides which group it is. */
export function isWhole({ theirs, ours }: TypedMapping): boolean {
  return theirs.trim() !== "" && ours !== null;
}

interface GroupMappingsProps {
  readonly kind: ProviderKind;
  readonly mappings: readonly TypedMapping[];
  readonly onChange: (mappings: readonly TypedMapping[]) => void;
  readonly error: string | undefined;
}

/** Which of their groups makes somebody a member of which of ours. */
export function GroupMappings({ kind, mappings, onChange, error }: GroupMappingsProps) {
  const { t } = useTexts();
  const id = useId();
  const change = (key: number, changes: Partial<TypedMapping>) =>
    onChange(mappings.map((each) => (each.key === key ? { ...each, ...changes } : each)));
  const next = () => 1 + Math.max(0, ...mappings.map(({ key }) => key));
  return (
    <FormFieldGroup
      header={
        <FormFieldGroupHeader
          titleText={{ text: t("providers.groups"), id: `${id}-title` }}
          titleDescription={t(`providers.groupsHelp.${kind}`)}
        />
      }
    >
      {mappings.map((mapping, index) => (
        <fieldset key={mapping.key} className="group-mapping">
          <legend className="pf-v6-screen-reader">{t("providers.mapping", { number: index + 1 })}</legend>
          <TextField label={t("providers.theirs")} isRequired>
            {(field) => (
              <TextInput
                {...field}
                value={mapping.theirs}
                onChange={(_event, theirs) => change(mapping.key, { theirs })}
                maxLength={PROVIDER_LIMITS.theirs}
                autoCapitalize="none"
                autoComplete="off"
                spellCheck={false}
              />
            )}
          </TextField>
          <PrincipalPicker
            label={t("providers.ours")}
            kinds={["group"]}
            chosen={
              mapping.ours === null
                ? null
                : { id: mapping.ours.id, name: mapping.ours.name ?? t("principal.unseen"), kind: "group" }
            }
            onChoose={({ id, name }) => change(mapping.key, { ours: { id, name } })}
            isRequired
          />
          <Button
            variant="link"
            isInline
            aria-label={t("providers.mappingRemoveOf", {
              name: mapping.theirs.trim() === "" ? String(index + 1) : inertText(mapping.theirs),
            })}
            onClick={() => onChange(mappings.filter(({ key }) => key !== mapping.key))}
          >
            {t("providers.mappingRemove")}
          </Button>
        </fieldset>
      ))}
      {error !== undefined && (
        <p role="alert" className="wrong">
          {inertText(error)}
        </p>
      )}
      <div>
        <Button
          variant="link"
          isInline
          icon={<PlusCircleIcon />}
          isDisabled={mappings.length >= MOST_MAPPINGS}
          onClick={() => onChange([...mappings, { key: next(), theirs: "", ours: null }])}
        >
          {t("providers.mappingAdd")}
        </Button>
      </div>
    </FormFieldGroup>
  );
}
