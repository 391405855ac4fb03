import { Label } from "@patternfly/react-core";
import { ClockIcon, ShareAltIcon } from "@patternfly/react-icons";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import type { ReactNode } from "react";
import { useTexts } from "../../i18n";
import { EffectLabel, PermissionLabels, PrincipalName, ResourceName, usePrincipalText, ValidityText } from "./names";
import type { Grant } from "./queries";

interface GrantTableProps {
  readonly label: string;
  readonly grants: readonly Grant[];
  /** What stands first in a row: who it is for, or where it is set. */
  readonly by: "principal" | "resource";
  readonly actions?: (grant: Grant) => ReactNode;
}

/** Entries as rows: for whom or where, allowed or denied, what, and when. */
export function GrantTable({ label, grants, by, actions }: GrantTableProps) {
  const { t } = useTexts();
  const principalText = usePrincipalText();
  return (
    <Table aria-label={label} variant="compact" gridBreakPoint="grid-lg" className="fixed-table device-table grants">
      <Thead>
        <Tr>
          <Th style={{ width: "22%" }}>{t(by === "principal" ? "entry.principal" : "entry.resource")}</Th>
          <Th style={{ width: "7.5rem" }}>{t("entry.effect")}</Th>
          <Th>{t("entry.permissions")}</Th>
          <Th style={{ width: "20%" }}>{t("entry.when")}</Th>
          {actions !== undefined && <Th screenReaderText={t("entry.actions")} style={{ width: "8.5rem" }} />}
        </Tr>
      </Thead>
      <Tbody>
        {grants.map((grant) => (
          <Tr key={grant.key}>
            <Td dataLabel={t(by === "principal" ? "entry.principal" : "entry.resource")} className="device-table__name">
              {by === "principal" ? (
                <PrincipalName principal={grant.principal} link />
              ) : (
                <ResourceName resource={grant.resource} to={`/access?resource=${grant.resource.id}`} />
              )}
            </Td>
            <Td dataLabel={t("entry.effect")}>
              <EffectLabel effect={grant.effect} />
            </Td>
            <Td dataLabel={t("entry.permissions")}>
              <PermissionLabels
                permissions={grant.entries.map((entry) => entry.permission)}
                label={`${principalText(grant.principal)} ${t(`effect.${grant.effect}`)}`}
              />
            </Td>
            <Td dataLabel={t("entry.when")}>
              <div className="marks">
                <div>
                  <ValidityText validity={grant} />
                </div>
                {grant.origin === "request" && (
                  <Label isCompact variant="outline" icon={<ClockIcon />}>
                    {t("entry.requested")}
                  </Label>
                )}
                {grant.delegable && (
                  <Label isCompact variant="outline" icon={<ShareAltIcon />}>
                    {t("entry.delegable")}
                  </Label>
                )}
              </div>
            </Td>
            {actions !== undefined && <Td className="grants__actions">{actions(grant)}</Td>}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
