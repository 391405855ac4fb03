import { Skeleton } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { asProblem } from "../../api/problem";
import type { Named } from "../../api/session";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { useTexts } from "../../i18n";
import { PermissionLabels, ResourceName } from "./names";
import { personQuery } from "./queries";

/** One person everywhere: each place where his rights begin or change, and what he may do there and below. */
export function PlacesOfPerson({ user }: { readonly user: Named }) {
  const { t, locale } = useTexts();
  const places = useQuery(personQuery(user.id));
  if (places.isError) {
    return asProblem(places.error).status === 403 ? (
      <p className="secondary">{t("person.notSeen")}</p>
    ) : (
      <ProblemAlert title={t("person.failure")} error={places.error} retry={() => void places.refetch()} />
    );
  }
  if (places.isPending) return <Skeleton screenreaderText={t("loading")} />;
  if (places.data.items.length === 0) return <p className="secondary">{t("person.none")}</p>;
  return (
    <>
      <Table
        aria-label={t("person.of", { name: inertText(user.name) })}
        variant="compact"
        gridBreakPoint="grid-lg"
        className="fixed-table device-table"
      >
        <Thead>
          <Tr>
            <Th style={{ width: "26%" }}>{t("person.place")}</Th>
            <Th>{t("person.permissions")}</Th>
            <Th style={{ width: "7rem" }}>{t("person.devices")}</Th>
            <Th screenReaderText={t("person.why")} style={{ width: "7rem" }} />
          </Tr>
        </Thead>
        <Tbody>
          {places.data.items.map(({ resource, permissions, devices }) => (
            <Tr key={resource.id}>
              <Td dataLabel={t("person.place")} className="device-table__name">
                <ResourceName resource={resource} to={`/access?resource=${resource.id}`} />
              </Td>
              <Td dataLabel={t("person.permissions")}>
                {permissions.length === 0 ? (
                  t("person.nothing")
                ) : (
                  <PermissionLabels permissions={permissions} label={inertText(resource.name)} />
                )}
              </Td>
              <Td dataLabel={t("person.devices")}>{devices.toLocaleString(locale)}</Td>
              <Td dataLabel={t("person.why")}>
                <Link
                  to={`/access/effective?resource=${resource.id}&user=${user.id}`}
                  aria-label={t("person.whyOn", { resource: inertText(resource.name) })}
                >
                  {t("person.why")}
                </Link>
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
      {places.data.more && <p className="secondary">{t("person.more")}</p>}
    </>
  );
}
