import {
  ActionGroup,
  Button,
  Checkbox,
  Form,
  FormFieldGroup,
  FormFieldGroupHeader,
  FormGroup,
  Radio,
  TextInput,
} from "@patternfly/react-core";
import { type FormEvent, useId, useState } from "react";
import { asProblem } from "../../api/problem";
import {
  type GroupMapping,
  MOST_PARTNER_FOLDERS,
  PROVIDER_KINDS,
  PROVIDER_LIMITS,
  type Provider,
  type ProviderChange,
  type Way,
} from "../../api/provider";
import { Conflict, type Edit } from "../../app/conflict";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { absoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { GroupMappings, isWhole, type TypedMapping } from "./GroupMappings";
import { PartnerFields, type TypedPartner } from "./PartnerFields";
import { blankWay, isSaid, needsSecret, WayFields } from "./WayFields";

/** The fields as they are typed. */
interface Typed {
  readonly name: string;
  readonly enabled: boolean;
  readonly way: Way;
  readonly secret: string;
  readonly groups: readonly TypedMapping[];
  readonly partner: TypedPartner | null;
}

function typedOf(provider: Provider | null): Typed {
  return provider === null
    ? { name: "", enabled: true, way: blankWay("oidc"), secret: "", groups: [], partner: null }
    : {
        name: provider.name,
        enabled: provider.enabled,
        way: provider.way,
        secret: "",
        groups: provider.groups.map((mapping, key) => ({ key, ...mapping })),
        partner: provider.partner,
      };
}

/** What is to be sent; null while something is missing. */
function changeOf(typed: Typed, before: Provider | null): ProviderChange | null {
  const { name, way, secret, groups, partner } = typed;
  const mappings = groups.flatMap(({ theirs, ours }): readonly GroupMapping[] =>
    ours === null ? [] : [{ theirs: theirs.trim(), ours }],
  );
  const secretMissing = secret === "" && needsSecret(way, before);
  if (name.trim() === "" || !isSaid(way) || secretMissing || !groups.every(isWhole)) return null;
  if (partner === null) return { ...typed, name: name.trim(), groups: mappings, partner };
  const { folders, ends } = partner;
  if (ends === null || folders.length === 0 || folders.length > MOST_PARTNER_FOLDERS) return null;
  return { ...typed, name: name.trim(), groups: mappings, partner: { folders, ends } };
}

interface ProviderFormProps {
  /** What is stored, and how it is changed; without one it is to be added. */
  readonly before: Provider | null;
  readonly edit: Pick<Edit<Provider>, "wrong" | "conflict">;
  /** May throw a Problem, which is shown. Gives what is stored then, if the form stays. */
  readonly onSave: (change: ProviderChange) => Promise<Provider | null>;
}

/** Everything that there is to say about a provider. */
export function ProviderForm({ before, edit, onSave }: ProviderFormProps) {
  const texts = useTexts();
  const { t } = texts;
  const id = useId();
  const [typed, setTyped] = useState(() => typedOf(before));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const set = (changes: Partial<Typed>) => setTyped((present) => ({ ...present, ...changes }));
  const { wrong, conflict } = edit;
  const change = changeOf(typed, before);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (busy || change === null) return;
    setBusy(true);
    setFailure(null);
    try {
      // switching on and off has its own button where there is a provider
      const saved = await onSave(before === null ? change : { ...change, enabled: before.enabled });
      if (saved !== null) setTyped(typedOf(saved));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const { kind } = typed.way;
  return (
    <Form className="settings" onSubmit={(event) => void submit(event)} noValidate aria-label={t("providers.form")}>
      {conflict && before !== null && <Conflict now={namedOf(before, texts)} />}
      {failure !== null && (
        <>
          <ProblemAlert title={t("providers.saveFailure")} error={failure} />
          {asProblem(failure).code === "delegation" && <p>{t("providers.delegation")}</p>}
        </>
      )}
      {before === null && (
        <FormFieldGroup header={<FormFieldGroupHeader titleText={{ text: t("providers.kind"), id: `${id}-kind` }} />}>
          <FormGroup role="radiogroup" isStack aria-labelledby={`${id}-kind`}>
            {PROVIDER_KINDS.map((each) => (
              <Radio
                key={each}
                id={`${id}-${each}`}
                name={`${id}-kind`}
                label={t(`providers.kind.${each}`)}
                description={t(`providers.kindHelp.${each}`)}
                isChecked={each === kind}
                onChange={() => set({ way: blankWay(each), secret: "", ...(each === "ldap" ? { partner: null } : {}) })}
              />
            ))}
          </FormGroup>
        </FormFieldGroup>
      )}
      <TextField
        label={t("providers.name")}
        help={t(kind === "ldap" ? "providers.nameHelpDirectory" : "providers.nameHelp")}
        error={wrong("name")}
        isRequired
      >
        {(field) => (
          <TextInput
            {...field}
            value={typed.name}
            onChange={(_event, name) => set({ name })}
            maxLength={PROVIDER_LIMITS.name}
            autoComplete="off"
          />
        )}
      </TextField>
      {before === null && (
        <Checkbox
          id={`${id}-enabled`}
          label={t("providers.enabled")}
          description={t("providers.enabledHelp")}
          isChecked={typed.enabled}
          onChange={(_event, enabled) => set({ enabled })}
        />
      )}
      <WayFields
        key={kind}
        way={typed.way}
        onChange={(way) => set({ way })}
        secret={typed.secret}
        onSecret={(secret) => set({ secret })}
        before={before}
        wrong={wrong}
      />
      <GroupMappings
        kind={kind}
        mappings={typed.groups}
        onChange={(groups) => set({ groups })}
        error={wrong("groups")}
      />
      {kind !== "ldap" && (
        <PartnerFields
          partner={typed.partner}
          onChange={(partner) => set({ partner })}
          stays={before !== null && before.partner !== null}
          wrong={wrong}
        />
      )}
      <ActionGroup>
        <Button variant="primary" type="submit" isDisabled={busy || change === null} isLoading={busy}>
          {t(conflict ? "settings.overwrite" : before === null ? "providers.add" : "action.save")}
        </Button>
      </ActionGroup>
    </Form>
  );
}

/** What another person made of it, for the notice about that. */
function namedOf(
  provider: Provider,
  { t, locale }: Pick<ReturnType<typeof useTexts>, "t" | "locale">,
): readonly (readonly [string, string])[] {
  const { name, enabled, way, groups, partner } = provider;
  const unseen = (text: string | null) => (text === null ? t("principal.unseen") : inertText(text));
  const ways: readonly (readonly [string, string])[] =
    way.kind === "oidc"
      ? [
          [t("providers.field.oidc.issuer"), way.issuer],
          [t("providers.field.oidc.clientId"), way.clientId],
          [t("providers.field.oidc.groupsClaim"), way.groupsClaim],
        ]
      : way.kind === "saml"
        ? [
            [t("providers.metadata"), way.metadataUrl || t("providers.metadataByText")],
            [t("providers.field.saml.userNameAttribute"), way.userNameAttribute],
            [t("providers.field.saml.groupsAttribute"), way.groupsAttribute],
          ]
        : [
            [t("providers.field.ldap.url"), way.url],
            [t("providers.field.ldap.startTls"), t(way.startTls ? "settings.on" : "settings.off")],
            [t("providers.field.ldap.bindDn"), way.bindDn],
            [t("providers.field.ldap.usersDn"), way.usersDn],
            [t("providers.field.ldap.userNameAttribute"), way.userNameAttribute],
            [t("providers.field.ldap.groupsDn"), way.groupsDn],
          ];
  return [
    [t("providers.name"), inertText(name)],
    [t("providers.enabled"), t(enabled ? "settings.on" : "settings.off")],
    ...ways.map(([label, text]) => [label, inertText(text) || "–"] as const),
    [
      t("providers.groups"),
      groups.map(({ theirs, ours }) => `${inertText(theirs)} → ${unseen(ours.name)}`).join(", ") || "–",
    ],
    ...(partner === null
      ? []
      : [
          [t("providers.folders"), partner.folders.map((folder) => unseen(folder.name)).join(", ")] as const,
          [t("providers.ends"), absoluteTime(partner.ends, locale)] as const,
        ]),
  ];
}
