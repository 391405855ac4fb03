import { Checkbox, FormFieldGroup, FormFieldGroupHeader } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import type { MaybeNamed } from "../../api/provider";
import { inertText } from "../../app/inert";
import { meQuery } from "../../app/queries";
import { useTexts } from "../../i18n";
import { PrincipalPicker } from "../access/pickers";
import { userQuery } from "../people/queries";
import { Copyable } from "./Copyable";

interface CorporateFieldsProps {
  readonly only: boolean;
  /** The owner who may sign in all the same. */
  readonly breakGlass: MaybeNamed | null;
  readonly onChange: (changes: { readonly corporateOnly?: boolean; readonly breakGlass?: MaybeNamed }) => void;
  readonly wrong: (field: string) => string | undefined;
}

/** Whether anything but a company's provider lets people in, and whom. */
export function CorporateFields({ only, breakGlass, onChange, wrong }: CorporateFieldsProps) {
  const { t } = useTexts();
  const id = useId();
  const name = useUserName(breakGlass);
  const said = wrong("corporateOnly");
  const error = wrong("breakGlass") ?? (breakGlass === null ? t("corporate.nobody") : undefined);
  return (
    <FormFieldGroup header={<FormFieldGroupHeader titleText={{ text: t("corporate.title"), id: `${id}-title` }} />}>
      <Checkbox
        id={`${id}-only`}
        label={t("corporate.only")}
        description={t("corporate.onlyHelp")}
        isChecked={only}
        onChange={(_event, corporateOnly) => onChange({ corporateOnly })}
      />
      {said !== undefined && (
        <p role="alert" className="wrong">
          {inertText(said)}
        </p>
      )}
      {only && (
        <>
          <PrincipalPicker
            label={t("corporate.breakGlass")}
            kinds={["user"]}
            chosen={breakGlass === null ? null : { id: breakGlass.id, name, kind: "user" }}
            onChoose={({ id: user, name }) => onChange({ breakGlass: { id: user, name } })}
            isRequired
          />
          <p className="secondary">{t("corporate.breakGlassHelp")}</p>
          {error !== undefined && (
            <p role="alert" className="wrong">
              {inertText(error)}
            </p>
          )}
          <LocalAddress />
        </>
      )}
    </FormFieldGroup>
  );
}

/** What a user is called of whom the settings know the id alone. */
export function useUserName(user: MaybeNamed | null): string {
  const { t } = useTexts();
  const known = user === null || user.name !== null;
  const found = useQuery({ ...userQuery(user?.id ?? ""), enabled: !known });
  return user?.name ?? found.data?.name ?? t(found.isLoading ? "loading" : "principal.unseen");
}

/** Where the break-glass account signs in. */
export function LocalAddress() {
  const { t } = useTexts();
  const domain = useQuery(meQuery).data?.domain.name ?? "";
  const query = new URLSearchParams({ local: "true", domain });
  return <Copyable label={t("corporate.address")} text={`${location.origin}/login?${query}`} />;
}
