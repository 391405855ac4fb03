import { Button, Card, CardBody, CardTitle, Label, Skeleton } from "@patternfly/react-core";
import { PlusCircleIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { hasEnded, type Provider } from "../../api/provider";
import { Inert, inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { ProblemAlert } from "../../app/problems";
import { AbsoluteTime } from "../../app/time";
import { useTexts } from "../../i18n";
import { providersQuery } from "./queries";

export const PROVIDERS = "/settings/sign-in/providers";

/** The companies' providers and directories by which people sign in to the domain. */
export function ProvidersCard() {
  const { t } = useTexts();
  const providers = useQuery(providersQuery);
  return (
    <Card>
      <CardTitle component="h2">{t("providers.title")}</CardTitle>
      <CardBody>
        <p className="secondary">{t("providers.intro")}</p>
        {providers.data !== undefined ? (
          providers.data.length === 0 ? (
            <p>{t("providers.none")}</p>
          ) : (
            <ProviderTable items={providers.data} />
          )
        ) : providers.isError ? (
          <ProblemAlert title={t("providers.failure")} error={providers.error} retry={() => void providers.refetch()} />
        ) : (
          <Skeleton screenreaderText={t("loading")} />
        )}
        <div className="button-row">
          <Button variant="secondary" icon={<PlusCircleIcon />} component={AppLink} href={`${PROVIDERS}/new`}>
            {t("providers.add")}
          </Button>
        </div>
      </CardBody>
    </Card>
  );
}

function ProviderTable({ items }: { readonly items: readonly Provider[] }) {
  const { t } = useTexts();
  return (
    <Table
      aria-label={t("providers.title")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table device-table"
    >
      <Thead>
        <Tr>
          <Th style={{ width: "34%" }}>{t("providers.name")}</Th>
          <Th>{t("providers.state")}</Th>
          <Th style={{ width: "34%" }}>{t("providers.whose")}</Th>
          <Th style={{ width: "6rem" }}>{t("providers.users")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {items.map((provider) => (
          <Tr key={provider.id}>
            <Td dataLabel={t("providers.name")} className="device-table__name">
              <div>
                <Link to={`${PROVIDERS}/${provider.id}`}>
                  <Inert text={provider.name} />
                </Link>
                <div className="secondary">{t(`providers.kind.${provider.way.kind}`)}</div>
              </div>
            </Td>
            <Td dataLabel={t("providers.state")}>
              <ProviderState provider={provider} />
            </Td>
            <Td dataLabel={t("providers.whose")}>
              <Whose provider={provider} />
            </Td>
            <Td dataLabel={t("providers.users")}>{provider.users}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

/** Whether people get in with it now. */
export function ProviderState({ provider }: { readonly provider: Provider }) {
  const { t } = useTexts();
  const state = hasEnded(provider, new Date()) ? "ended" : provider.enabled ? "on" : "off";
  return (
    <Label isCompact variant="outline" color={{ ended: "red", on: "green", off: "grey" }[state] as "red"}>
      {t(`providers.state.${state}`)}
    </Label>
  );
}

/** The domain's own people, or an outside organisation's with its limits. */
export function Whose({ provider }: { readonly provider: Provider }) {
  const { t } = useTexts();
  const { partner } = provider;
  if (partner === null) return <>{t("providers.own")}</>;
  const folders = partner.folders.map(({ name }) => (name === null ? t("principal.unseen") : inertText(name)));
  return (
    <div>
      {t("providers.partnerIn", { folders: folders.join(", ") })}
      <div className="secondary">
        {t(hasEnded(provider, new Date()) ? "providers.endedOn" : "providers.endsOn")}{" "}
        <AbsoluteTime time={partner.ends} />
      </div>
    </div>
  );
}
