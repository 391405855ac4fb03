import { Checkbox, FormFieldGroup, FormFieldGroupHeader, TextInput } from "@patternfly/react-core";
import { useId } from "react";
import { type MaybeNamed, MOST_PARTNER_FOLDERS } from "../../api/provider";
import { TextField } from "../../app/field";
import { Inert, inertText } from "../../app/inert";
import { ofLocalInput, toLocalInput } from "../../app/localTime";
import { Several } from "../../app/several";
import { useTexts } from "../../i18n";
import { PlacePicker } from "../access/pickers";

/** The limits of an outside organisation while they are typed. */
export interface TypedPartner {
  readonly folders: readonly MaybeNamed[];
  readonly ends: Date | null;
}

interface PartnerFieldsProps {
  /** Null: the people are the domain's own. */
  readonly partner: TypedPartner | null;
  readonly onChange: (partner: TypedPartner | null) => void;
  /** Whether it is one already: then it stays one. */
  readonly stays: boolean;
  readonly wrong: (field: string) => string | undefined;
}

/** Whether the people are an outside organisation's, where they get to, and until when. */
export function PartnerFields({ partner, onChange, stays, wrong }: PartnerFieldsProps) {
  const { t } = useTexts();
  const id = useId();
  const nameOf = ({ name }: MaybeNamed) => (name === null ? t("principal.unseen") : inertText(name));
  const past = partner !== null && partner.ends !== null && partner.ends <= new Date();
  const alert = wrong("partner") ?? wrong("partner.folders");
  return (
    <FormFieldGroup
      header={
        <FormFieldGroupHeader
          titleText={{ text: t("providers.partner"), id: `${id}-title` }}
          titleDescription={t("providers.partnerHelp")}
        />
      }
    >
      <Checkbox
        id={`${id}-partner`}
        label={t("providers.isPartner")}
        description={t(stays ? "providers.staysPartner" : "providers.isPartnerHelp")}
        isChecked={partner !== null}
        isDisabled={stays}
        onChange={(_event, on) => onChange(on ? { folders: [], ends: null } : null)}
      />
      {partner !== null && (
        <>
          <Several
            label={t("providers.folders")}
            items={partner.folders}
            nameOf={nameOf}
            show={(folder) => <Inert text={nameOf(folder)} />}
            onRemove={({ id: gone }) =>
              onChange({ ...partner, folders: partner.folders.filter((each) => each.id !== gone) })
            }
          />
          {partner.folders.length < MOST_PARTNER_FOLDERS && (
            <PlacePicker
              key={partner.folders.length}
              label={t("providers.folder")}
              kinds={["folder"]}
              chosen={null}
              onChoose={({ id, name }) => onChange({ ...partner, folders: [...partner.folders, { id, name }] })}
              refused={(folder) =>
                partner.folders.some((each) => each.id === folder.id) ? t("several.already") : undefined
              }
              isRequired={partner.folders.length === 0}
            />
          )}
          {alert !== undefined && (
            <p role="alert" className="wrong">
              {inertText(alert)}
            </p>
          )}
          <TextField
            label={t("providers.ends")}
            help={t(past ? "providers.endsPast" : "providers.endsHelp")}
            error={wrong("partner.ends")}
            isRequired
          >
            {(field) => (
              <TextInput
                {...field}
                type="datetime-local"
                value={toLocalInput(partner.ends)}
                onChange={(_event, value) => onChange({ ...partner, ends: ofLocalInput(value) })}
              />
            )}
          </TextField>
        </>
      )}
    </FormFieldGroup>
  );
}
