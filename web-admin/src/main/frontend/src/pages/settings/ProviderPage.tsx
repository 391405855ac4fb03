import {
  Breadcrumb,
  BreadcrumbItem,
  Button,
  Card,
  CardBody,
  CardTitle,
  PageSection,
  Spinner,
  Title,
} from "@patternfly/react-core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { read, request } from "../../api/http";
import { asProblem } from "../../api/problem";
import {
  hasEnded,
  importProvider,
  importTestResult,
  type Provider,
  type ProviderChange,
  providerBody,
  type TestResult,
} from "../../api/provider";
import { useEdit } from "../../app/conflict";
import { ActionDialog, useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { Notice } from "../../app/notice";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { AbsoluteTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { useToasts } from "../../app/toasts";
import { useTexts } from "../../i18n";
import { readId } from "../people/filter";
import { Copyable } from "./Copyable";
import { ProviderForm } from "./ProviderForm";
import { PROVIDERS, ProviderState } from "./ProvidersCard";
import { providerQuery, signInSettingsQuery, useProviderChanged } from "./queries";
import { Taken } from "./Taken";

/** A provider that is yet to be added. */
export function NewProviderPage() {
  const { t } = useTexts();
  usePageTitle(t("providers.addTitle"));
  const toasts = useToasts();
  const navigate = useNavigate();
  const changed = useProviderChanged();
  const edit = useEdit<Provider | { readonly etag: string }>({ etag: "" }, async () => null);
  return (
    <>
      <Head name={t("providers.addTitle")} />
      <PageSection isFilled className="overview" hasBodyWrapper={false}>
        <ProviderForm
          before={null}
          edit={edit}
          onSave={async (change) => {
            await edit.save(async () => {
              const made = await read("POST", "/api/identity-providers", importProvider, {
                body: providerBody(change),
              });
              changed(made.id, made);
              toasts.say(
                "success",
                t(made.redirectUri === null ? "providers.addedDirectory" : "providers.added", {
                  name: inertText(made.name),
                }),
              );
              await navigate(`${PROVIDERS}/${made.id}`, { replace: true });
            });
            return null;
          }}
        />
      </PageSection>
    </>
  );
}

/** One provider: whether it works, what it must be told, and everything that is set. */
export function ProviderPage() {
  const { t } = useTexts();
  const id = readId(useParams().id);
  const provider = useQuery({ ...providerQuery(id ?? ""), enabled: id !== null });
  if (id === null || (provider.isError && asProblem(provider.error).code === "not-found"))
    return <NotFoundPage>{t("providers.notFound")}</NotFoundPage>;
  if (provider.data !== undefined) return <Loaded key={id} opened={provider.data} />;
  return (
    <PageSection isFilled>
      {provider.isError ? (
        <ProblemAlert title={t("providers.failure")} error={provider.error} retry={() => void provider.refetch()} />
      ) : (
        <Spinner aria-label={t("loading")} />
      )}
    </PageSection>
  );
}

function Head({ name, children }: { readonly name: string; readonly children?: ReactNode }) {
  const { t } = useTexts();
  return (
    <PageSection className="device-head" hasBodyWrapper={false}>
      <Breadcrumb aria-label={t("providers.breadcrumb")}>
        <BreadcrumbItem
          render={({ className }) => (
            <AppLink className={className} href="/settings/sign-in">
              {t("settings.tab.sign-in")}
            </AppLink>
          )}
        />
        <BreadcrumbItem isActive>
          <Inert text={name} />
        </BreadcrumbItem>
      </Breadcrumb>
      <div className="device-head__line">
        <Title headingLevel="h1" className="any-length">
          <Inert text={name} />
        </Title>
        {children}
      </div>
    </PageSection>
  );
}

/** What is stored, to be sent again with something changed: secrets stay. */
const asStored = (provider: Provider): ProviderChange => ({ ...provider, secret: "" });

function Loaded({ opened }: { readonly opened: Provider }) {
  const { t } = useTexts();
  const client = useQueryClient();
  const toasts = useToasts();
  const dialogs = useDialogs();
  const navigate = useNavigate();
  const changed = useProviderChanged();
  const edit = useEdit(opened, () => client.fetchQuery(providerQuery(opened.id)));
  const settings = useQuery(signInSettingsQuery);
  const provider = edit.base;
  const path = `/api/identity-providers/${provider.id}`;
  const name = inertText(provider.name);
  usePageTitle(provider.name);
  const put = async (change: ProviderChange, ifMatch: string) => {
    const saved = await read("PUT", path, importProvider, { body: providerBody(change), ifMatch });
    changed(saved.id, saved);
    edit.rebase(saved);
    return saved;
  };
  const turn = (on: boolean) =>
    dialogs.open((close) => (
      <ActionDialog
        title={t(on ? "providers.onTitle" : "providers.offTitle", { name })}
        action={t(on ? "providers.on" : "providers.off")}
        failure={t("providers.saveFailure")}
        danger={!on}
        onClose={close}
        onAction={async () => {
          await edit.save((ifMatch) => put({ ...asStored(provider), enabled: on }, ifMatch));
          toasts.say("success", t(on ? "providers.isOn" : "providers.isOff", { name }));
          close();
        }}
      >
        <p>{t(on ? "providers.onBody" : "providers.offBody", { count: provider.users })}</p>
      </ActionDialog>
    ));
  const remove = () =>
    dialogs.confirm({
      title: t("providers.removeTitle", { name }),
      body: (
        <>
          <p>{t("providers.removeBody", { count: provider.users })}</p>
          {provider.partner !== null && <p>{t("providers.removePartner")}</p>}
        </>
      ),
      action: t("providers.remove"),
      failure: t("providers.removeFailure"),
      typed: provider.name,
      onConfirm: async () => {
        await edit.save((ifMatch) => request("DELETE", path, { ifMatch }));
        changed(provider.id, null);
        toasts.say("success", t("providers.removed", { name }));
        await navigate("/settings/sign-in");
        client.removeQueries({ queryKey: providerQuery(provider.id).queryKey });
      },
    });
  return (
    <>
      <Head name={provider.name}>
        <ProviderState provider={provider} />
        <span className="device-head__tools button-row">
          <Button variant="secondary" onClick={() => turn(!provider.enabled)}>
            {t(provider.enabled ? "providers.off" : "providers.on")}
          </Button>
          <Button variant="secondary" isDanger onClick={remove}>
            {t("providers.remove")}
          </Button>
        </span>
      </Head>
      <PageSection isFilled className="overview" hasBodyWrapper={false}>
        <p className="secondary">
          {t(`providers.kind.${provider.way.kind}`)} · {t("providers.usersCount", { count: provider.users })}
        </p>
        {provider.partner !== null && hasEnded(provider, new Date()) && (
          <Notice variant="warning" isInline title={t("providers.endedTitle")} className="settings">
            {t("providers.endedOn")} <AbsoluteTime time={provider.partner.ends} />
          </Notice>
        )}
        {settings.data !== undefined && !settings.data.state.applied && <Taken state={settings.data.state} />}
        <Trial path={path} provider={provider} />
        <Registration provider={provider} />
        <ProviderForm
          before={provider}
          edit={edit}
          onSave={async (change) => {
            let saved: Provider | null = null;
            await edit.save(async (ifMatch) => {
              saved = await put(change, ifMatch);
            });
            toasts.say("success", t("providers.saved"));
            return saved;
          }}
        />
      </PageSection>
    </>
  );
}

/** The connection, tried when somebody asks. What came of it counts for what is stored now. */
function Trial({ path, provider }: { readonly path: string; readonly provider: Provider }) {
  const { etag } = provider;
  const { kind } = provider.way;
  const { t, code } = useTexts();
  const [busy, setBusy] = useState(false);
  const [tried, setTried] = useState<{ readonly result: TestResult; readonly etag: string } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const result = tried?.etag === etag ? tried.result : null;
  const known = result === null ? "" : code("providers.test", result.code);
  const test = async () => {
    if (busy) return;
    setBusy(true);
    setTried(null);
    setFailure(null);
    try {
      setTried({ result: await read("POST", `${path}/test`, importTestResult), etag });
    } catch (error) {
      setFailure(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Card className="settings">
      <CardTitle component="h2">{t("providers.trial")}</CardTitle>
      <CardBody className="stack">
        <p className="secondary">{t("providers.trialHelp")}</p>
        <div role="status">
          {result !== null && (
            <Notice
              variant={result.code === "ok" ? "success" : result.ok ? "warning" : "danger"}
              isInline
              title={known === result.code ? t("providers.test.failed") : known}
            >
              {result.code === "ok" ? t(`providers.works.${kind}`) : !result.ok && <Inert text={result.detail} />}
            </Notice>
          )}
        </div>
        {failure !== null && <ProblemAlert title={t("providers.testFailure")} error={failure} />}
        <div className="button-row">
          <Button variant="secondary" onClick={() => void test()} isLoading={busy} isDisabled={busy}>
            {t("providers.tryIt")}
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}

/** What has to be registered at the provider. */
function Registration({ provider }: { readonly provider: Provider }) {
  const { t } = useTexts();
  const { way, redirectUri, logoutUri, spMetadataUri } = provider;
  if (redirectUri === null || logoutUri === null || way.kind === "ldap") return null;
  return (
    <Card className="settings">
      <CardTitle component="h2">{t("providers.registration")}</CardTitle>
      <CardBody className="stack">
        <p className="secondary">{t(`providers.registrationHelp.${way.kind}`)}</p>
        {spMetadataUri !== null && <Copyable label={t("providers.spMetadataUri")} text={spMetadataUri} />}
        <Copyable label={t(`providers.redirectUri.${way.kind}`)} text={redirectUri} />
        <Copyable label={t(`providers.logoutUri.${way.kind}`)} text={logoutUri} />
      </CardBody>
    </Card>
  );
}
