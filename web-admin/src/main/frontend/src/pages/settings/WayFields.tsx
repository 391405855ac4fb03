import {
  Checkbox,
  FormFieldGroup,
  FormFieldGroupHeader,
  FormGroup,
  Radio,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { type ChangeEvent, useId, useState } from "react";
import { keepsSecret, PROVIDER_LIMITS, type Provider, type ProviderKind, type Way } from "../../api/provider";
import { TextField } from "../../app/field";
import { Notice } from "../../app/notice";
import { useTexts } from "../../i18n";

/** The way of a provider that is yet to be described. */
export function blankWay(kind: ProviderKind): Way {
  switch (kind) {
    case "oidc":
      return { kind, issuer: "", clientId: "", groupsClaim: "groups" };
    case "saml":
      return { kind, metadataUrl: "", metadata: "", userNameAttribute: "", groupsAttribute: "groups" };
    case "ldap":
      return { kind, url: "", bindDn: "", usersDn: "", groupsDn: "", userNameAttribute: "uid", startTls: false };
  }
}

/** Whether a secret must be typed: there is none, or the one that is stored was given for another place. */
export function needsSecret(way: Way, before: Provider | null): boolean {
  if (way.kind === "saml") return false;
  return before === null || !before.secretSet || !keepsSecret(before.way, way);
}

/** Whether everything is said that a provider of the kind cannot do without. */
export function isSaid(way: Way): boolean {
  const said = (...texts: readonly string[]) => texts.every((text) => text.trim() !== "");
  switch (way.kind) {
    case "oidc":
      return said(way.issuer, way.clientId);
    case "saml":
      return said(way.metadataUrl) !== said(way.metadata) && way.metadata.length <= PROVIDER_LIMITS.metadata;
    case "ldap":
      return said(way.url, way.bindDn, way.usersDn);
  }
}

interface WayFieldsProps {
  readonly way: Way;
  readonly onChange: (way: Way) => void;
  readonly secret: string;
  readonly onSecret: (secret: string) => void;
  /** What is stored; null for a new one. */
  readonly before: Provider | null;
  readonly wrong: (field: string) => string | undefined;
}

/** How the provider is spoken to. */
export function WayFields(props: WayFieldsProps) {
  const { t } = useTexts();
  const id = useId();
  const { kind } = props.way;
  return (
    <FormFieldGroup
      header={
        <FormFieldGroupHeader
          titleText={{ text: t("providers.connection"), id: `${id}-title` }}
          titleDescription={
            props.before === null && kind !== "ldap"
              ? `${t(`providers.connectionHelp.${kind}`)} ${t("providers.toldLater")}`
              : t(`providers.connectionHelp.${kind}`)
          }
        />
      }
    >
      <OfKind {...props} />
    </FormFieldGroup>
  );
}

function OfKind({ way, onChange, secret, onSecret, before, wrong }: WayFieldsProps) {
  const { t } = useTexts();
  const id = useId();
  const text = (
    name: string,
    label: string,
    value: string,
    set: (value: string) => Way,
    more: { readonly required?: boolean; readonly help?: string; readonly max?: number } = {},
  ) => (
    <TextField
      key={name}
      label={label}
      isRequired={more.required ?? false}
      error={wrong(`${way.kind}.${name}`)}
      {...(more.help === undefined ? {} : { help: more.help })}
    >
      {(field) => (
        <TextInput
          {...field}
          value={value}
          onChange={(_event, next) => onChange(set(next))}
          maxLength={more.max ?? PROVIDER_LIMITS.text}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
        />
      )}
    </TextField>
  );
  switch (way.kind) {
    case "oidc":
      return (
        <>
          {text("issuer", t("providers.field.oidc.issuer"), way.issuer, (issuer) => ({ ...way, issuer }), {
            required: true,
            help: t("providers.help.oidc.issuer"),
          })}
          {text("clientId", t("providers.field.oidc.clientId"), way.clientId, (clientId) => ({ ...way, clientId }), {
            required: true,
            max: PROVIDER_LIMITS.short,
          })}
          <Secret
            label={t("providers.field.oidc.clientSecret")}
            secret={secret}
            onSecret={onSecret}
            way={way}
            before={before}
            error={wrong("oidc.clientSecret")}
          />
          {text(
            "groupsClaim",
            t("providers.field.oidc.groupsClaim"),
            way.groupsClaim,
            (groupsClaim) => ({ ...way, groupsClaim }),
            {
              help: t("providers.help.oidc.groupsClaim"),
              max: PROVIDER_LIMITS.short,
            },
          )}
        </>
      );
    case "saml":
      return (
        <>
          <Metadata way={way} onChange={onChange} wrong={wrong} />
          {text(
            "userNameAttribute",
            t("providers.field.saml.userNameAttribute"),
            way.userNameAttribute,
            (name) => ({ ...way, userNameAttribute: name }),
            {
              help: t("providers.help.saml.userNameAttribute"),
              max: PROVIDER_LIMITS.short,
            },
          )}
          {text(
            "groupsAttribute",
            t("providers.field.saml.groupsAttribute"),
            way.groupsAttribute,
            (name) => ({ ...way, groupsAttribute: name }),
            {
              help: t("providers.help.saml.groupsAttribute"),
              max: PROVIDER_LIMITS.short,
            },
          )}
        </>
      );
    case "ldap":
      return (
        <>
          {text("url", t("providers.field.ldap.url"), way.url, (url) => ({ ...way, url }), {
            required: true,
            help: t("providers.help.ldap.url"),
          })}
          <Checkbox
            id={`${id}-startTls`}
            label={t("providers.field.ldap.startTls")}
            description={t("providers.help.ldap.startTls")}
            isChecked={way.startTls}
            onChange={(_event, startTls) => onChange({ ...way, startTls })}
          />
          {wrong("ldap.startTls") !== undefined && (
            <p role="alert" className="wrong">
              {wrong("ldap.startTls")}
            </p>
          )}
          {/^ldap:/i.test(way.url.trim()) && !way.startTls && (
            <Notice variant="warning" isInline isPlain title={t("providers.inTheClear")} />
          )}
          {text("bindDn", t("providers.field.ldap.bindDn"), way.bindDn, (bindDn) => ({ ...way, bindDn }), {
            required: true,
            help: t("providers.help.ldap.bindDn"),
          })}
          <Secret
            label={t("providers.field.ldap.bindPassword")}
            secret={secret}
            onSecret={onSecret}
            way={way}
            before={before}
            error={wrong("ldap.bindPassword")}
          />
          {text("usersDn", t("providers.field.ldap.usersDn"), way.usersDn, (usersDn) => ({ ...way, usersDn }), {
            required: true,
            help: t("providers.help.ldap.usersDn"),
          })}
          {text(
            "userNameAttribute",
            t("providers.field.ldap.userNameAttribute"),
            way.userNameAttribute,
            (name) => ({ ...way, userNameAttribute: name }),
            {
              help: t("providers.help.ldap.userNameAttribute"),
              max: PROVIDER_LIMITS.attribute,
            },
          )}
          {text("groupsDn", t("providers.field.ldap.groupsDn"), way.groupsDn, (groupsDn) => ({ ...way, groupsDn }), {
            help: t("providers.help.ldap.groupsDn"),
          })}
        </>
      );
  }
}

interface SecretProps {
  readonly label: string;
  readonly secret: string;
  readonly onSecret: (secret: string) => void;
  readonly way: Way;
  readonly before: Provider | null;
  readonly error: string | undefined;
}

/** A secret goes in and never comes out: it is said whether there is one, and whether it can stay. */
function Secret({ label, secret, onSecret, way, before, error }: SecretProps) {
  const { t } = useTexts();
  const needed = needsSecret(way, before);
  const stored = before?.secretSet === true;
  return (
    <TextField
      label={label}
      isRequired={needed}
      error={error}
      {...(stored ? { help: t(needed ? "providers.secretAgain" : "providers.secretStored") } : {})}
    >
      {(field) => (
        <TextInput
          {...field}
          type="password"
          value={secret}
          onChange={(_event, next) => onSecret(next)}
          maxLength={PROVIDER_LIMITS.text}
          autoComplete="new-password"
        />
      )}
    </TextField>
  );
}

type Saml = Extract<Way, { kind: "saml" }>;

/** Of a character in UTF-8. */
const MOST_BYTES = 4;

interface MetadataProps {
  readonly way: Saml;
  readonly onChange: (way: Way) => void;
  readonly wrong: (field: string) => string | undefined;
}

/** What the provider tells of itself: where it is to be read, or the document, typed in or out of a file. */
function Metadata({ way, onChange, wrong }: MetadataProps) {
  const { t } = useTexts();
  const id = useId();
  const [byUrl, setByUrl] = useState(way.metadata === "");
  const [fileTooLong, setFileTooLong] = useState(false);
  const tooLong = fileTooLong || way.metadata.length > PROVIDER_LIMITS.metadata;
  const choose = (url: boolean) => {
    setByUrl(url);
    setFileTooLong(false);
    onChange({ ...way, metadataUrl: "", metadata: "" });
  };
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    if (file === undefined) return;
    // what has so many bytes has too many characters, and is not even read
    const readable = file.size <= MOST_BYTES * PROVIDER_LIMITS.metadata;
    setFileTooLong(!readable);
    onChange({ ...way, metadataUrl: "", metadata: readable ? await file.text() : "" });
  };
  return (
    <>
      <FormGroup role="radiogroup" label={t("providers.metadata")} isStack fieldId={`${id}-metadata`} isRequired>
        <Radio
          id={`${id}-url`}
          name={`${id}-source`}
          label={t("providers.metadataByUrl")}
          isChecked={byUrl}
          onChange={() => choose(true)}
        />
        <Radio
          id={`${id}-document`}
          name={`${id}-source`}
          label={t("providers.metadataByText")}
          isChecked={!byUrl}
          onChange={() => choose(false)}
        />
      </FormGroup>
      {byUrl ? (
        <TextField
          label={t("providers.field.saml.metadataUrl")}
          help={t("providers.help.saml.metadataUrl")}
          error={wrong("saml.metadataUrl")}
          isRequired
        >
          {(field) => (
            <TextInput
              {...field}
              type="url"
              value={way.metadataUrl}
              onChange={(_event, metadataUrl) => onChange({ ...way, metadataUrl, metadata: "" })}
              maxLength={PROVIDER_LIMITS.text}
              autoComplete="off"
            />
          )}
        </TextField>
      ) : (
        <>
          <FormGroup label={t("providers.metadataFile")} fieldId={`${id}-file`}>
            <input
              id={`${id}-file`}
              className="transfer__file"
              type="file"
              accept=".xml,application/xml,text/xml,application/samlmetadata+xml"
              onChange={(event) => void take(event)}
            />
          </FormGroup>
          <TextField
            label={t("providers.field.saml.metadata")}
            help={t("providers.help.saml.metadata")}
            error={
              wrong("saml.metadata") ??
              (tooLong ? t("providers.metadataTooLong", { most: PROVIDER_LIMITS.metadata }) : undefined)
            }
            isRequired
          >
            {(field) => (
              <TextArea
                {...field}
                value={way.metadata}
                onChange={(_event, metadata) => {
                  setFileTooLong(false);
                  onChange({ ...way, metadataUrl: "", metadata });
                }}
                rows={6}
                resizeOrientation="vertical"
                autoComplete="off"
                spellCheck={false}
                className="code-text"
              />
            )}
          </TextField>
        </>
      )}
    </>
  );
}
