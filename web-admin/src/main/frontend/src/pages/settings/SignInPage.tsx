import {
  ActionGroup,
  Button,
  Checkbox,
  Form,
  FormFieldGroup,
  FormFieldGroupHeader,
  FormGroup,
  FormSelect,
  FormSelectOption,
  PageSection,
  Radio,
  Skeleton,
  TextInput,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { read } from "../../api/http";
import type { EntryPrincipal } from "../../api/principal";
import type { MaybeNamed } from "../../api/provider";
import {
  FACTOR_MODES,
  type FactorMode,
  importSignInSettings,
  MOST_CLASSES,
  MOST_PRINCIPALS,
  SIGN_IN_BOUNDS,
  type SignInSettings,
} from "../../api/signIn";
import { Conflict, useEdit } from "../../app/conflict";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { isWhole } from "../../app/typed";
import { useTexts } from "../../i18n";
import { PermissionFields } from "../access/fields";
import { usePermissionName } from "../access/names";
import { CorporateFields, LocalAddress, useUserName } from "./CorporateFields";
import { PrincipalsField } from "./PrincipalsField";
import { ProvidersCard } from "./ProvidersCard";
import { signInSettingsQuery } from "./queries";
import { SettingsHead } from "./SettingsHead";
import { Taken } from "./Taken";

/** How people of the domain sign in: passwords, second factors, how long it lasts. */
export function SignInPage() {
  const { t } = useTexts();
  usePageTitle(t("signIn.title"));
  const settings = useQuery(signInSettingsQuery);
  return (
    <>
      <SettingsHead active="sign-in" />
      <PageSection isFilled className="stack">
        {settings.data !== undefined ? (
          <>
            <Taken state={settings.data.state} />
            <ProvidersCard />
            <SettingsForm settings={settings.data} />
          </>
        ) : settings.isError ? (
          <ProblemAlert title={t("settings.failure")} error={settings.error} retry={() => void settings.refetch()} />
        ) : (
          <Skeleton screenreaderText={t("loading")} />
        )}
      </PageSection>
    </>
  );
}

const NUMBERS = ["minLength", "history", "idleMinutes", "maxHours", "freshMinutes"] as const;
type Numbers = Readonly<Record<(typeof NUMBERS)[number], string>>;

/** The fields as they are typed. */
interface Typed extends Numbers {
  readonly classes: number;
  readonly notUserName: boolean;
  readonly mode: FactorMode;
  readonly principals: readonly EntryPrincipal[];
  readonly passwordless: boolean;
  readonly permissions: ReadonlySet<string>;
  readonly corporateOnly: boolean;
  readonly breakGlass: MaybeNamed | null;
}

function typedOf({
  password,
  secondFactor,
  passwordless,
  session,
  freshFactor,
  corporateOnly,
  breakGlass,
}: SignInSettings): Typed {
  return {
    corporateOnly,
    breakGlass: breakGlass === null ? null : { id: breakGlass, name: null },
    minLength: String(password.minLength),
    classes: password.classes,
    history: String(password.history),
    notUserName: password.notUserName,
    mode: secondFactor.mode,
    principals: secondFactor.principals,
    passwordless,
    idleMinutes: String(session.idleMinutes),
    maxHours: String(session.maxHours),
    permissions: new Set(freshFactor.permissions),
    freshMinutes: String(freshFactor.minutes),
  };
}

function bodyOf(typed: Typed) {
  return {
    password: {
      minLength: Number(typed.minLength),
      classes: typed.classes,
      history: Number(typed.history),
      notUserName: typed.notUserName,
    },
    secondFactor: { mode: typed.mode, principals: typed.mode === "chosen" ? typed.principals.map(({ id }) => id) : [] },
    passwordless: typed.passwordless,
    session: { idleMinutes: Number(typed.idleMinutes), maxHours: Number(typed.maxHours) },
    freshFactor: { permissions: [...typed.permissions], minutes: Number(typed.freshMinutes) },
    corporateOnly: typed.corporateOnly,
    // nobody needs another way while there are others
    breakGlass: typed.corporateOnly ? (typed.breakGlass?.id ?? null) : null,
  };
}

function SettingsForm({ settings }: { readonly settings: SignInSettings }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const toasts = useToasts();
  const dialogs = useDialogs();
  const permissionName = usePermissionName();
  const { base, conflict, wrong, save, rebase } = useEdit(settings, () => client.fetchQuery(signInSettingsQuery));
  const [typed, setTyped] = useState(() => typedOf(settings));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const id = useId();
  const set = (changes: Partial<Typed>) => setTyped((before) => ({ ...before, ...changes }));
  const outside = (name: keyof Numbers) => {
    const { least, most } = SIGN_IN_BOUNDS[name];
    return isWhole(typed[name], least, most) ? undefined : t("signIn.whole", { least, most });
  };
  const nobody = typed.mode === "chosen" && typed.principals.length === 0;
  const many = typed.principals.length > MOST_PRINCIPALS;
  const locked = typed.corporateOnly && typed.breakGlass === null;
  const ready = !busy && !nobody && !many && !locked && NUMBERS.every((name) => outside(name) === undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    const { breakGlass } = typed;
    if (!typed.corporateOnly || base.corporateOnly || breakGlass === null) void send();
    else
      dialogs.open((close) => (
        <CorporateOnlyDialog
          breakGlass={breakGlass}
          onClose={close}
          onConfirm={() => {
            // the form says what becomes of it
            close();
            void send();
          }}
        />
      ));
  };
  const send = async () => {
    setBusy(true);
    setFailure(null);
    try {
      await save(async (ifMatch) => {
        const saved = await read("PUT", "/api/sign-in-settings", importSignInSettings, {
          body: bodyOf(typed),
          ifMatch,
        });
        client.setQueryData(signInSettingsQuery.queryKey, saved);
        rebase(saved);
      });
      toasts.say("success", t("settings.saved"));
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  const number = (name: keyof Numbers, path: string, help?: string) => (
    <TextField
      label={t(`signIn.${name}`)}
      help={help ?? t("signIn.between", SIGN_IN_BOUNDS[name])}
      error={wrong(path) ?? outside(name)}
    >
      {(field) => (
        <TextInput
          {...field}
          value={typed[name]}
          inputMode="numeric"
          onChange={(_event, value) => set({ [name]: value })}
        />
      )}
    </TextField>
  );
  return (
    <Form className="settings" onSubmit={submit} noValidate aria-label={t("signIn.title")}>
      {conflict && <Conflict now={namedOf(base, t, permissionName)} />}
      {failure !== null && <ProblemAlert title={t("settings.saveFailure")} error={failure} />}
      <FormFieldGroup
        header={<FormFieldGroupHeader titleText={{ text: t("signIn.password"), id: `${id}-password` }} />}
      >
        {number("minLength", "password.minLength")}
        <TextField label={t("signIn.classes")} help={t("signIn.classesHelp")} error={wrong("password.classes")}>
          {(field) => (
            <FormSelect
              id={field.id}
              aria-describedby={field["aria-describedby"]}
              value={typed.classes}
              onChange={(_event, value) => set({ classes: Number(value) })}
            >
              {Array.from({ length: MOST_CLASSES }, (_, n) => n + 1).map((n) => (
                <FormSelectOption
                  key={n}
                  value={n}
                  label={n === 1 ? t("signIn.classesAny") : t("signIn.classesOf", { count: n, all: MOST_CLASSES })}
                />
              ))}
            </FormSelect>
          )}
        </TextField>
        {number("history", "password.history", t("signIn.historyHelp"))}
        <Checkbox
          id={`${id}-notUserName`}
          label={t("signIn.notUserName")}
          isChecked={typed.notUserName}
          onChange={(_event, notUserName) => set({ notUserName })}
        />
      </FormFieldGroup>
      <FormFieldGroup header={<FormFieldGroupHeader titleText={{ text: t("signIn.factor"), id: `${id}-factor` }} />}>
        <FormGroup role="radiogroup" isStack aria-labelledby={`${id}-factor`}>
          {FACTOR_MODES.map((mode) => (
            <Radio
              key={mode}
              id={`${id}-${mode}`}
              name={`${id}-mode`}
              label={t(`signIn.mode.${mode}`)}
              description={t(`signIn.modeHelp.${mode}`)}
              isChecked={typed.mode === mode}
              onChange={() => set({ mode })}
            />
          ))}
        </FormGroup>
        {typed.mode === "chosen" && (
          <PrincipalsField
            label={t("signIn.principals")}
            chosen={typed.principals}
            onChange={(principals) => set({ principals })}
            error={
              wrong("secondFactor.principals") ??
              (nobody ? t("signIn.nobody") : many ? t("signIn.many", { most: MOST_PRINCIPALS }) : undefined)
            }
          />
        )}
        <Checkbox
          id={`${id}-passwordless`}
          label={t("signIn.passwordless")}
          description={t("signIn.passwordlessHelp")}
          isChecked={typed.passwordless}
          onChange={(_event, passwordless) => set({ passwordless })}
        />
      </FormFieldGroup>
      <FormFieldGroup header={<FormFieldGroupHeader titleText={{ text: t("signIn.session"), id: `${id}-session` }} />}>
        {number("idleMinutes", "session.idleMinutes")}
        {number("maxHours", "session.maxHours")}
      </FormFieldGroup>
      <FormFieldGroup
        header={
          <FormFieldGroupHeader
            titleText={{ text: t("signIn.fresh"), id: `${id}-fresh` }}
            titleDescription={t("signIn.freshHelp")}
          />
        }
      >
        {number("freshMinutes", "freshFactor.minutes")}
        <PermissionFields
          chosen={typed.permissions}
          onChoose={(permissions) => set({ permissions })}
          withPresets={false}
        />
      </FormFieldGroup>
      <CorporateFields only={typed.corporateOnly} breakGlass={typed.breakGlass} onChange={set} wrong={wrong} />
      <ActionGroup>
        <Button variant="primary" type="submit" isDisabled={!ready} isLoading={busy}>
          {t(conflict ? "settings.overwrite" : "action.save")}
        </Button>
      </ActionGroup>
    </Form>
  );
}

interface CorporateOnlyDialogProps {
  readonly breakGlass: MaybeNamed;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** What comes of letting people in with their company alone, before it does. */
function CorporateOnlyDialog({ breakGlass, onConfirm, onClose }: CorporateOnlyDialogProps) {
  const { t } = useTexts();
  const name = inertText(useUserName(breakGlass));
  return (
    <ActionDialog
      title={t("corporate.confirmTitle")}
      action={t("corporate.confirm")}
      failure={t("settings.saveFailure")}
      variant="medium"
      danger
      onClose={onClose}
      onAction={async () => onConfirm()}
    >
      <p>{t("corporate.confirmOut", { name })}</p>
      <p>{t("corporate.confirmTokens", { name })}</p>
      <p>{t("corporate.confirmTry", { name })}</p>
      <LocalAddress />
    </ActionDialog>
  );
}

type Translate = ReturnType<typeof useTexts>["t"];

/** What another person made of the settings, for the notice about it. */
function namedOf(
  { password, secondFactor, passwordless, session, freshFactor, corporateOnly }: SignInSettings,
  t: Translate,
  permissionName: (code: string) => string,
): readonly (readonly [string, string])[] {
  const yes = (on: boolean) => t(on ? "settings.on" : "settings.off");
  return [
    [t("signIn.minLength"), String(password.minLength)],
    [t("signIn.classes"), String(password.classes)],
    [t("signIn.history"), String(password.history)],
    [t("signIn.notUserName"), yes(password.notUserName)],
    [t("signIn.factor"), t(`signIn.mode.${secondFactor.mode}`)],
    [t("signIn.passwordless"), yes(passwordless)],
    [t("signIn.idleMinutes"), String(session.idleMinutes)],
    [t("signIn.maxHours"), String(session.maxHours)],
    [t("signIn.freshMinutes"), String(freshFactor.minutes)],
    [t("signIn.fresh"), freshFactor.permissions.map(permissionName).join(", ") || "–"],
    [t("corporate.title"), yes(corporateOnly)],
  ];
}
