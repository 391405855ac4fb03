import {
  EmptyState,
  EmptyStateBody,
  Label,
  List,
  ListItem,
  PageSection,
  Skeleton,
  Switch,
  Title,
} from "@patternfly/react-core";
import { BanIcon, CheckCircleIcon, KeyIcon } from "@patternfly/react-icons";
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useSearchParams } from "react-router";
import { type Entry, type Explanation, PERMISSION_KINDS, type PermissionKind } from "../../api/access";
import { asProblem } from "../../api/problem";
import { inertText } from "../../app/inert";
import { AppLink } from "../../app/links";
import { NotFoundPage, ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { readId } from "../people/filter";
import { AccessTabs } from "./AccessTabs";
import { useChosenPlace, useChosenUser } from "./chosen";
import { EffectLabel, usePermissionHelp, usePermissionName, usePrincipalText, ValidityText } from "./names";
import { PlacePicker, PrincipalPicker } from "./pickers";
import { catalogueQuery, effectiveQuery } from "./queries";

/** One person on one resource: each permission, and why. */
export function EffectivePage() {
  const { t } = useTexts();
  const [search, setSearch] = useSearchParams();
  const user = useChosenUser();
  const chosen = useChosenPlace(false);
  const resource = readId(search.get("resource"));
  usePageTitle(t("access.tab.effective"));
  const change = (changes: Record<string, string | null>) => setSearch((before) => withSearch(before, changes));
  return (
    <>
      <AccessTabs active="effective" />
      <PageSection isFilled className="stack">
        <div className="two-pickers">
          <PrincipalPicker
            label={t("person.choose")}
            kinds={["user"]}
            chosen={user}
            onChoose={(each) => change({ user: each.id })}
          />
          <PlacePicker
            label={t("access.choose")}
            kinds={["folder", "device"]}
            chosen={
              resource === null ? null : (chosen.place ?? { id: resource, name: resource, kind: "folder", path: [] })
            }
            onChoose={(place) => change({ resource: place.id })}
          />
        </div>
        {user === null || resource === null ? (
          <EmptyState headingLevel="h2" icon={KeyIcon} titleText={t("effective.chooseTitle")} variant="sm">
            <EmptyStateBody>{t("effective.chooseBody")}</EmptyStateBody>
          </EmptyState>
        ) : (
          <Rights user={user.id} resource={resource} />
        )}
      </PageSection>
    </>
  );
}

function Rights({ user, resource }: { readonly user: string; readonly resource: string }) {
  const { t } = useTexts();
  const rights = useQuery(effectiveQuery(user, resource));
  const catalogue = useQuery(catalogueQuery).data;
  const [search, setSearch] = useSearchParams();
  const grantedOnly = search.get("only") === "granted";
  if (rights.isError) {
    if (asProblem(rights.error).code === "not-found") return <NotFoundPage>{t("effective.notFound")}</NotFoundPage>;
    return <ProblemAlert title={t("effective.failure")} error={rights.error} retry={() => void rights.refetch()} />;
  }
  if (rights.isPending) return <Skeleton screenreaderText={t("loading")} />;
  const kindOf = (code: string): PermissionKind =>
    catalogue?.permissions.find((each) => each.code === code)?.kind ?? "administration";
  const granted = rights.data.items.filter((item) => item.granted).length;
  const shown = grantedOnly ? rights.data.items.filter((item) => item.granted) : rights.data.items;
  return (
    <>
      <p>
        {t("effective.summary", {
          user: inertText(rights.data.user.name),
          granted,
          all: rights.data.items.length,
          resource: inertText(rights.data.resource.name),
        })}
      </p>
      <Switch
        id="granted-only"
        label={t("effective.grantedOnly")}
        isChecked={grantedOnly}
        onChange={(_event, checked) =>
          setSearch((before) => withSearch(before, { only: checked ? "granted" : null }), { replace: true })
        }
      />
      {PERMISSION_KINDS.map((kind) => {
        const items = shown.filter((item) => kindOf(item.permission) === kind);
        if (items.length === 0) return null;
        return (
          <section key={kind}>
            <Title headingLevel="h2" size="lg">
              {t(`permission.kind.${kind}`)}
            </Title>
            <ExplanationTable items={items} label={t(`permission.kind.${kind}`)} />
          </section>
        );
      })}
    </>
  );
}

const COLUMNS = 4;

function ExplanationTable({ items, label }: { readonly items: readonly Explanation[]; readonly label: string }) {
  const { t } = useTexts();
  const name = usePermissionName();
  const catalogue = useQuery(catalogueQuery).data;
  const helpOf = usePermissionHelp();
  const help = (code: string) =>
    helpOf(catalogue?.permissions.find((each) => each.code === code) ?? { code, used: true });
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (code: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(code)) next.add(code);
      return next;
    });
  return (
    <Table
      aria-label={label}
      variant="compact"
      gridBreakPoint="grid-md"
      className="fixed-table explanations"
      isExpandable
    >
      <Thead>
        <Tr>
          <Th screenReaderText={t("effective.others")} style={{ width: "4rem" }} />
          <Th style={{ width: "28%" }}>{t("effective.permission")}</Th>
          <Th style={{ width: "9rem" }}>{t("effective.result")}</Th>
          <Th>{t("effective.why")}</Th>
        </Tr>
      </Thead>
      {items.map((item, index) => {
        const isOpen = open.has(item.permission);
        return (
          <Tbody key={item.permission} isExpanded={isOpen}>
            <Tr isContentExpanded={isOpen}>
              {item.lost.length === 0 ? (
                <Td />
              ) : (
                <Td
                  expand={{
                    rowIndex: index,
                    isExpanded: isOpen,
                    onToggle: () => toggle(item.permission),
                    expandId: `lost-${item.permission}`,
                  }}
                />
              )}
              <Td dataLabel={t("effective.permission")}>
                <div>
                  {name(item.permission)}
                  {help(item.permission) !== null && <div className="secondary">{help(item.permission)}</div>}
                </div>
              </Td>
              <Td dataLabel={t("effective.result")}>
                <ResultLabel granted={item.granted} />
              </Td>
              <Td dataLabel={t("effective.why")} className="any-length">
                <div>
                  <Reason item={item} />
                  {item.lost.length > 0 && (
                    <div className="secondary">{t("effective.lostCount", { count: item.lost.length })}</div>
                  )}
                </div>
              </Td>
            </Tr>
            {item.lost.length > 0 && (
              <Tr isExpanded={isOpen}>
                <Td colSpan={COLUMNS}>
                  <ExpandableRowContent>{isOpen && <Lost item={item} />}</ExpandableRowContent>
                </Td>
              </Tr>
            )}
          </Tbody>
        );
      })}
    </Table>
  );
}

function ResultLabel({ granted }: { readonly granted: boolean }) {
  const { t } = useTexts();
  return granted ? (
    <Label isCompact color="green" icon={<CheckCircleIcon />}>
      {t("effective.granted")}
    </Label>
  ) : (
    <Label isCompact color="red" variant="outline" icon={<BanIcon />}>
      {t("effective.denied")}
    </Label>
  );
}

/** An entry as the middle of a sentence: "Allowed to the group Service on Plant 1". */
export function useEntryText(): (entry: Entry) => string {
  const { t } = useTexts();
  const principalText = usePrincipalText();
  return (entry) =>
    t(`effective.entry.${entry.effect}.${entry.principal.kind}`, {
      principal: principalText(entry.principal),
      resource: inertText(entry.resource.name),
    });
}

function Reason({ item }: { readonly item: Explanation }) {
  const { t, code } = useTexts();
  const text = useEntryText();
  if (item.deciding === null)
    return <>{t(item.reason === "no-entry" ? "effective.reason.no-entry" : "effective.hidden")}</>;
  const reason = code("effective.reason", item.reason);
  return (
    <>
      {text(item.deciding)}{" "}
      <AppLink href={`/access?resource=${item.deciding.resource.id}`}>{t("effective.open")}</AppLink>
      {reason !== item.reason && <div className="secondary">{reason}</div>}
    </>
  );
}

function Lost({ item }: { readonly item: Explanation }) {
  const { t, code } = useTexts();
  const text = useEntryText();
  return (
    <>
      <p>{t("effective.lostTitle")}</p>
      <List className="lost">
        {item.lost.map(({ entry, why }) => (
          <ListItem key={entry.id} className="any-length">
            <EffectLabel effect={entry.effect} /> {text(entry)} <em>{inertText(code("effective.lost", why))}</em>
            {(entry.from !== null || entry.until !== null || entry.window !== null) && (
              <div className="secondary">
                <ValidityText validity={entry} />
              </div>
            )}
          </ListItem>
        ))}
      </List>
    </>
  );
}
