import {
  ActionGroup,
  Button,
  Checkbox,
  Form,
  FormFieldGroup,
  FormFieldGroupHeader,
  FormGroup,
  PageSection,
  Skeleton,
  TextArea,
  TextInput,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { read } from "../../api/http";
import {
  AUDIT_DAYS,
  CONTACT_FIELDS,
  type ContactField,
  importOptions,
  MOST_SESSIONS,
  type Options,
} from "../../api/options";
import { Conflict, useEdit } from "../../app/conflict";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { domainOptionsQuery } from "../../app/queries";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { isWhole, linesOf } from "../../app/typed";
import { useTexts } from "../../i18n";
import { SettingsHead } from "./SettingsHead";

/** What is changed here is not taken from memory. */
const optionsQuery = { ...domainOptionsQuery, staleTime: 0 };

/** What the domain decides about itself. Everybody reads it; who manages the permissions of the whole domain changes it. */
export function SettingsPage() {
  const { t } = useTexts();
  usePageTitle(t("settings.title"));
  const options = useQuery(optionsQuery);
  return (
    <>
      <SettingsHead active="general" />
      <PageSection isFilled>
        {options.isError ? (
          <ProblemAlert title={t("settings.failure")} error={options.error} retry={() => void options.refetch()} />
        ) : options.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : (
          <OptionsForm options={options.data} />
        )}
      </PageSection>
    </>
  );
}

/** The fields as they are typed. */
interface Typed {
  readonly commentRequired: boolean;
  readonly fullSessionLog: boolean;
  readonly enabled: boolean;
  readonly contactFields: readonly ContactField[];
  readonly expiresHours: string;
  readonly addresses: string;
  readonly quota: string;
  readonly auditDays: string;
}

function typedOf(options: Options): Typed {
  return {
    commentRequired: options.commentRequired,
    fullSessionLog: options.fullSessionLog,
    enabled: options.assistance.enabled,
    contactFields: options.assistance.contactFields,
    expiresHours: String(options.assistance.expiresHours),
    addresses: (options.notificationAddresses ?? []).join("\n"),
    quota: options.quota === null ? "" : String(options.quota),
    auditDays: String(options.auditDays),
  };
}

function bodyOf(typed: Typed) {
  return {
    commentRequired: typed.commentRequired,
    fullSessionLog: typed.fullSessionLog,
    assistance: {
      enabled: typed.enabled,
      contactFields: typed.contactFields,
      expiresHours: Number(typed.expiresHours),
    },
    notificationAddresses: linesOf(typed.addresses),
    quota: typed.quota.trim() === "" ? null : Number(typed.quota),
    auditDays: Number(typed.auditDays),
  };
}

function OptionsForm({ options }: { readonly options: Options }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const toasts = useToasts();
  const { base, conflict, wrong, save, rebase } = useEdit(options, () => client.fetchQuery(optionsQuery));
  const [typed, setTyped] = useState(() => typedOf(options));
  const [shown, setShown] = useState(options);
  // Others changed them: shown at once, unless something is being typed here; then the conflict says so.
  if (shown !== options) {
    setShown(options);
    if (JSON.stringify(typed) === JSON.stringify(typedOf(base))) {
      rebase(options);
      setTyped(typedOf(options));
    }
  }
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const id = useId();
  const set = (changes: Partial<Typed>) => setTyped((before) => ({ ...before, ...changes }));
  const hoursWrong = isWhole(typed.expiresHours, 1, 720) ? undefined : t("settings.hoursWrong");
  const quotaWrong =
    typed.quota.trim() === "" || isWhole(typed.quota, 1, MOST_SESSIONS) ? undefined : t("settings.quotaWrong");
  const daysWrong = isWhole(typed.auditDays, AUDIT_DAYS.least, AUDIT_DAYS.most)
    ? undefined
    : t("settings.auditDaysWrong");
  const ready = !busy && hoursWrong === undefined && quotaWrong === undefined && daysWrong === undefined;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    setFailure(null);
    try {
      await save(async (ifMatch) => {
        const saved = await read("PATCH", "/api/domain/options", importOptions, { body: bodyOf(typed), ifMatch });
        client.setQueryData(optionsQuery.queryKey, saved);
        rebase(saved);
        setTyped(typedOf(saved));
      });
      toasts.say("success", t("settings.saved"));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const disabled = !options.editable;
  return (
    <Form className="settings" onSubmit={(event) => void submit(event)} noValidate aria-label={t("settings.title")}>
      {disabled && <Notice variant="info" isInline isPlain title={t("settings.readOnly")} />}
      {conflict && <Conflict now={namedOf(base, t)} />}
      {failure !== null && <ProblemAlert title={t("settings.saveFailure")} error={failure} />}
      <FormFieldGroup
        header={<FormFieldGroupHeader titleText={{ text: t("settings.sessions"), id: `${id}-sessions` }} />}
      >
        <FormGroup role="group" aria-labelledby={`${id}-sessions`}>
          <Checkbox
            id={`${id}-comment`}
            label={t("settings.commentRequired")}
            description={t("settings.commentRequiredHelp")}
            isChecked={typed.commentRequired}
            isDisabled={disabled}
            onChange={(_event, commentRequired) => set({ commentRequired })}
          />
          <Checkbox
            id={`${id}-log`}
            label={t("settings.fullSessionLog")}
            description={t("settings.fullSessionLogHelp")}
            isChecked={typed.fullSessionLog}
            isDisabled={disabled}
            onChange={(_event, fullSessionLog) => set({ fullSessionLog })}
          />
        </FormGroup>
        <TextField label={t("settings.quota")} help={t("settings.quotaHelp")} error={wrong("quota") ?? quotaWrong}>
          {(field) => (
            <TextInput
              {...field}
              value={typed.quota}
              inputMode="numeric"
              isDisabled={disabled}
              onChange={(_event, quota) => set({ quota })}
            />
          )}
        </TextField>
      </FormFieldGroup>
      <FormFieldGroup
        header={<FormFieldGroupHeader titleText={{ text: t("settings.assistance"), id: `${id}-assistance` }} />}
      >
        <Checkbox
          id={`${id}-enabled`}
          label={t("settings.assistanceEnabled")}
          description={t("settings.assistanceEnabledHelp")}
          isChecked={typed.enabled}
          isDisabled={disabled}
          onChange={(_event, enabled) => set({ enabled })}
        />
        <FormGroup role="group" isStack label={t("settings.contactFields")} fieldId={`${id}-contact`}>
          {CONTACT_FIELDS.map((each) => (
            <Checkbox
              key={each}
              id={`${id}-contact-${each}`}
              label={t(`settings.contact.${each}`)}
              isChecked={typed.contactFields.includes(each)}
              isDisabled={disabled}
              onChange={(_event, checked) =>
                set({
                  contactFields: CONTACT_FIELDS.filter((one) =>
                    one === each ? checked : typed.contactFields.includes(one),
                  ),
                })
              }
            />
          ))}
        </FormGroup>
        <TextField
          label={t("settings.hours")}
          help={t("settings.hoursHelp")}
          error={wrong("expiresHours") ?? wrong("assistance.expiresHours") ?? hoursWrong}
        >
          {(field) => (
            <TextInput
              {...field}
              value={typed.expiresHours}
              inputMode="numeric"
              isDisabled={disabled}
              onChange={(_event, expiresHours) => set({ expiresHours })}
            />
          )}
        </TextField>
      </FormFieldGroup>
      <TextField
        label={t("settings.auditDays")}
        help={t("settings.auditDaysHelp")}
        error={wrong("auditDays") ?? daysWrong}
      >
        {(field) => (
          <TextInput
            {...field}
            value={typed.auditDays}
            inputMode="numeric"
            isDisabled={disabled}
            onChange={(_event, auditDays) => set({ auditDays })}
          />
        )}
      </TextField>
      {options.notificationAddresses !== null && (
        <TextField
          label={t("settings.addresses")}
          help={t("settings.addressesHelp")}
          error={wrong("notificationAddresses")}
        >
          {(field) => (
            <TextArea
              {...field}
              value={typed.addresses}
              rows={4}
              resizeOrientation="vertical"
              isDisabled={disabled}
              autoCapitalize="none"
              spellCheck={false}
              onChange={(_event, addresses) => set({ addresses })}
            />
          )}
        </TextField>
      )}
      {!disabled && (
        <ActionGroup>
          <Button variant="primary" type="submit" isDisabled={!ready} isLoading={busy}>
            {t(conflict ? "settings.overwrite" : "action.save")}
          </Button>
        </ActionGroup>
      )}
    </Form>
  );
}

type Translate = ReturnType<typeof useTexts>["t"];

/** What another person made of the options, for the notice about it. */
function namedOf(options: Options, t: Translate): readonly (readonly [string, string])[] {
  const yes = (on: boolean) => t(on ? "settings.on" : "settings.off");
  const fields = options.assistance.contactFields.map((each) => t(`settings.contact.${each}`)).join(", ");
  return [
    [t("settings.commentRequired"), yes(options.commentRequired)],
    [t("settings.fullSessionLog"), yes(options.fullSessionLog)],
    [t("settings.quota"), options.quota === null ? t("settings.noLimit") : String(options.quota)],
    [t("settings.assistanceEnabled"), yes(options.assistance.enabled)],
    [t("settings.contactFields"), fields || "–"],
    [t("settings.hours"), String(options.assistance.expiresHours)],
    [t("settings.auditDays"), String(options.auditDays)],
    [t("settings.addresses"), (options.notificationAddresses ?? []).map((each) => inertText(each)).join(", ") || "–"],
  ];
}
