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
import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useId, useState } from "react";
import { read } from "../../api/http";
import type { EntryPrincipal } from "../../api/principal";
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
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { isWhole } from "../../app/typed";
import { useTexts } from "../../i18n";
import { PermissionFields } from "../access/fields";
import { usePermissionName } from "../access/names";
import { PrincipalsField } from "./PrincipalsField";
import { SettingsHead } from "./SettingsHead";

/** How long until it is looked again whether the identity provider has taken the settings over. */
const LOOK_AGAIN_MS = 2_000;

const signInSettingsQuery = queryOptions({
  queryKey: ["settings", "sign-in"],
  staleTime: 0,
  queryFn: ({ signal }) => read("GET", "/api/sign-in-settings", importSignInSettings, { signal }),
  // no event says it, and it takes seconds: asked only while it is under way
  refetchInterval: ({ state }) => (state.data?.state.applied === false ? LOOK_AGAIN_MS : false),
});

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

/** Whether the identity provider works by what is set here. */
function Taken({ state }: { readonly state: SignInSettings["state"] }) {
  const { t } = useTexts();
  return (
    <div role="status" className="settings">
      {state.error !== null ? (
        <Notice variant="danger" isInline title={t("signIn.notTaken")}>
          <p>{inertText(state.error)}</p>
          <p>{t("signIn.triedAgain")}</p>
        </Notice>
      ) : state.applied ? (
        <Notice variant="success" isInline isPlain title={t("signIn.taken")} />
      ) : (
        <Notice variant="info" isInline isPlain title={t("signIn.taking")} />
      )}
    </div>
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
}

function typedOf({ password, secondFactor, passwordless, session, freshFactor }: SignInSettings): Typed {
  return {
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
  };
}

function SettingsForm({ settings }: { readonly settings: SignInSettings }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const toasts = useToasts();
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
  const ready = !busy && !nobody && !many && NUMBERS.every((name) => outside(name) === undefined);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
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
    <Form className="settings" onSubmit={(event) => void submit(event)} noValidate aria-label={t("signIn.title")}>
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
      <ActionGroup>
        <Button variant="primary" type="submit" isDisabled={!ready} isLoading={busy}>
          {t(conflict ? "settings.overwrite" : "action.save")}
        </Button>
      </ActionGroup>
    </Form>
  );
}

type Translate = ReturnType<typeof useTexts>["t"];

/** What another person made of the settings, for the notice about it. */
function namedOf(
  { password, secondFactor, passwordless, session, freshFactor }: SignInSettings,
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
  ];
}
