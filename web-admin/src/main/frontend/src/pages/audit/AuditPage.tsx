import { Button, Label, PageSection, Skeleton, Tab, Tabs, TabTitleText, Title } from "@patternfly/react-core";
import { BanIcon, CheckCircleIcon, ExclamationCircleIcon } from "@patternfly/react-icons";
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { AuditRow, FieldChange } from "../../api/audit";
import { type Log, logsOf } from "../../api/me";
import { Inert, inertText } from "../../app/inert";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { auditQuery, connectionsQuery, meQuery, sealingQuery } from "../../app/queries";
import { AbsoluteTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { SessionTable } from "../sessions/SessionTable";
import { type Change, Filters, type LogProps } from "./AuditFilters";
import { type AuditFilter, auditQueryOf, connectionFilter, exportAddress, readAuditFilter } from "./filter";
import { Nothing } from "./Nothing";
import { ReportView } from "./ReportView";
import { SealingNotice } from "./SealingNotice";

const LOG_TEXTS = {
  operations: "audit.log.operations",
  connections: "audit.log.connections",
  report: "audit.log.report",
} as const;

const EXPORT_TEXTS = { csv: "audit.export.csv", json: "audit.export.json" } as const;

/** What was done and attempted, who was connected to what, and numbers of a period; each with its own permission. */
export function AuditPage() {
  const { t } = useTexts();
  usePageTitle(t("audit.title"));
  const [search, setSearch] = useSearchParams();
  const filter = readAuditFilter(search);
  const me = useQuery(meQuery).data;
  const logs = me === undefined ? [] : logsOf(me);
  // Whoever may read none is told so by the server.
  const log = logs.find((known) => known === search.get("log")) ?? logs[0] ?? "operations";
  const change: Change = (changes, replace = false) => setSearch((before) => withSearch(before, changes), { replace });
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("audit.title")}</Title>
      </PageSection>
      <PageSection isFilled>
        {me !== undefined && (
          <Tabs
            aria-label={t("audit.logs")}
            activeKey={log}
            onSelect={(_event, key) => change({ log: key === logs[0] ? null : key })}
            className="audit-tabs"
          >
            {(logs.length === 0 ? [log] : logs).map((each) => (
              <Tab key={each} eventKey={each} title={<TabTitleText>{t(LOG_TEXTS[each])}</TabTitleText>}>
                {each === log && <LogView log={log} filter={filter} change={change} />}
              </Tab>
            ))}
          </Tabs>
        )}
      </PageSection>
    </>
  );
}

function LogView({ log, ...props }: LogProps & { readonly log: Log }) {
  switch (log) {
    case "operations":
      return <Operations {...props} />;
    case "connections":
      return <Connections {...props} />;
    case "report":
      return <ReportView {...props} />;
  }
}

function Operations({ filter, change }: LogProps) {
  const { t } = useTexts();
  const pageAt = (cursor: string | null) => auditQuery(auditQueryOf({ ...filter, cursor }));
  const rows = useQuery(pageAt(filter.cursor));
  const all = rows.data?.items ?? [];
  return (
    <>
      <SealingNotice />
      <Filters
        filter={filter}
        change={change}
        users={all.map((row) => row.user)}
        resources={all.map((row) => row.resource)}
        operations
      />
      <Exports path="/api/audit/export" filter={filter} />
      <TreeState />
      {rows.isError ? (
        <ProblemAlert title={t("audit.failure")} error={rows.error} retry={() => void rows.refetch()} />
      ) : rows.isPending ? (
        <Skeleton screenreaderText={t("loading")} />
      ) : (
        <>
          {all.length === 0 ? (
            <Nothing
              page={rows.data}
              cursor={filter.cursor}
              pageAt={pageAt}
              busy={rows.isPlaceholderData}
              change={change}
            />
          ) : (
            <AuditTable rows={all} change={change} busy={rows.isPlaceholderData} />
          )}
          <CursorPager
            next={rows.data.next}
            count={all.length}
            label={t("audit.pages")}
            onSize={(size) => change({ size })}
          />
        </>
      )}
    </>
  );
}

/** Files with the rows of the filter; the server records who took them. */
function Exports({ path, filter }: { readonly path: string; readonly filter: AuditFilter }) {
  const { t } = useTexts();
  return (
    <p className="audit-exports">
      {(["csv", "json"] as const).map((format) => (
        <Button
          key={format}
          variant="secondary"
          size="sm"
          component="a"
          href={exportAddress(path, filter, format)}
          download
        >
          {t(EXPORT_TEXTS[format])}
        </Button>
      ))}
    </p>
  );
}

/** How far the log is sealed. A page proves nothing: it says how to verify. */
function TreeState() {
  const { t, locale } = useTexts();
  const sealing = useQuery(sealingQuery).data;
  if (sealing === undefined || sealing.head === null) return null;
  return (
    <p className="audit-tree">
      {t("audit.sealed", { size: sealing.sealed.toLocaleString(locale) })} <AbsoluteTime time={sealing.head} />
      {". "}
      {t("audit.verify")} <code>bascule audit export</code>, <code>bascule audit verify</code>
    </p>
  );
}

function Connections({ filter: given, change }: LogProps) {
  const { t } = useTexts();
  const filter = connectionFilter(given);
  const pageAt = (cursor: string | null) => connectionsQuery(auditQueryOf({ ...filter, cursor }));
  const rows = useQuery(pageAt(filter.cursor));
  const all = rows.data?.items ?? [];
  return (
    <>
      <Filters
        filter={filter}
        change={change}
        users={all.map((row) => row.user)}
        resources={all.map(({ device }) => ({ id: device.uid, name: device.name }))}
        operations={false}
      />
      <Exports path="/api/connections/export" filter={filter} />
      {rows.isError ? (
        <ProblemAlert title={t("audit.failure")} error={rows.error} retry={() => void rows.refetch()} />
      ) : rows.isPending ? (
        <Skeleton screenreaderText={t("loading")} />
      ) : (
        <>
          {all.length === 0 ? (
            <Nothing
              page={rows.data}
              cursor={filter.cursor}
              pageAt={pageAt}
              busy={rows.isPlaceholderData}
              change={change}
            />
          ) : (
            <SessionTable sessions={all} label={t("audit.log.connections")} withDevice />
          )}
          <CursorPager
            next={rows.data.next}
            count={all.length}
            label={t("audit.pages")}
            onSize={(size) => change({ size })}
          />
        </>
      )}
    </>
  );
}

interface AuditTableProps {
  readonly rows: readonly AuditRow[];
  readonly change: Change;
  readonly busy: boolean;
}

const COLUMNS = 7;

function AuditTable({ rows, change, busy }: AuditTableProps) {
  const { t, code } = useTexts();
  const [open, setOpen] = useState<ReadonlySet<string>>(new Set());
  const toggle = (id: string) =>
    setOpen((before) => {
      const next = new Set(before);
      if (!next.delete(id)) next.add(id);
      return next;
    });
  return (
    <Table
      aria-label={t("audit.title")}
      variant="compact"
      gridBreakPoint="grid-lg"
      className="fixed-table"
      isExpandable
      aria-busy={busy}
    >
      <Thead>
        <Tr>
          <Th screenReaderText={t("audit.details")} style={{ width: "4.5rem" }} />
          <Th style={{ width: "12rem" }}>{t("audit.time")}</Th>
          <Th>{t("audit.code")}</Th>
          <Th style={{ width: "8rem" }}>{t("audit.outcome")}</Th>
          <Th>{t("audit.user")}</Th>
          <Th style={{ width: "20%" }}>{t("audit.resource")}</Th>
          <Th style={{ width: "9rem" }}>{t("audit.address")}</Th>
        </Tr>
      </Thead>
      {rows.map((row, index) => {
        const isOpen = open.has(row.id);
        return (
          <Tbody key={row.id} isExpanded={isOpen}>
            <Tr isContentExpanded={isOpen}>
              <Td
                expand={{
                  rowIndex: index,
                  isExpanded: isOpen,
                  onToggle: () => toggle(row.id),
                  expandId: `audit-${row.id}`,
                }}
              />
              <Td dataLabel={t("audit.time")} modifier="nowrap">
                <AbsoluteTime time={row.time} />
              </Td>
              <Td dataLabel={t("audit.code")}>{inertText(code("audit.code", row.code))}</Td>
              <Td dataLabel={t("audit.outcome")}>
                <OutcomeLabel outcome={row.outcome} />
              </Td>
              <Td dataLabel={t("audit.user")} className="any-length">
                {row.user === null ? "–" : <Inert text={row.user.name} />}
              </Td>
              <Td dataLabel={t("audit.resource")} className="any-length">
                {row.resource === null ? "–" : <Inert text={row.resource.name} />}
              </Td>
              <Td dataLabel={t("audit.address")} className="any-length">
                {row.address === null ? "–" : <Inert text={row.address} />}
              </Td>
            </Tr>
            <Tr isExpanded={isOpen}>
              <Td colSpan={COLUMNS} noPadding={false}>
                <ExpandableRowContent>{isOpen && <Details row={row} change={change} />}</ExpandableRowContent>
              </Td>
            </Tr>
          </Tbody>
        );
      })}
    </Table>
  );
}

function Details({ row, change }: { readonly row: AuditRow; readonly change: Change }) {
  const { t } = useTexts();
  const isDevice = row.resource !== null && /^(device|session)\./.test(row.code);
  return (
    <div className="audit-details">
      <p>{row.detail === null ? t("audit.noDetail") : <Inert text={row.detail} lines />}</p>
      {row.changes.length > 0 && <ChangeTable changes={row.changes} />}
      <dl>
        <dt>{t("audit.code")}</dt>
        <dd>
          <code>
            <Inert text={row.code} />
          </code>
        </dd>
        <dt>{t("audit.id")}</dt>
        <dd>
          <code>{inertText(row.id)}</code>
        </dd>
        <dt>{t("audit.seq")}</dt>
        <dd>{row.seq === null ? t("audit.unsealed") : row.seq}</dd>
        {row.session !== null && (
          <>
            <dt>{t("audit.session")}</dt>
            <dd>
              <code>{inertText(row.session)}</code>{" "}
              <FilterButton onClick={() => change({ session: row.session })}>{t("audit.onlySession")}</FilterButton>
            </dd>
          </>
        )}
        {row.user !== null && row.user.id !== "" && (
          <>
            <dt>{t("audit.user")}</dt>
            <dd>
              <code>{inertText(row.user.id)}</code>{" "}
              <FilterButton onClick={() => change({ user: row.user?.id ?? null })}>{t("audit.onlyUser")}</FilterButton>
            </dd>
          </>
        )}
        {row.resource !== null && row.resource.id !== "" && (
          <>
            <dt>{t("audit.resource")}</dt>
            <dd>
              <code>{inertText(row.resource.id)}</code>{" "}
              <FilterButton onClick={() => change({ device: row.resource?.id ?? null, principal: null })}>
                {t("audit.onlyResource")}
              </FilterButton>{" "}
              {isDevice && <Link to={`/devices/${encodeURIComponent(row.resource.id)}`}>{t("audit.openDevice")}</Link>}
            </dd>
          </>
        )}
      </dl>
    </div>
  );
}

/** Values before and after, as they were: evidence, not markup. */
function ChangeTable({ changes }: { readonly changes: readonly FieldChange[] }) {
  const { t, code } = useTexts();
  return (
    <Table aria-label={t("audit.changes")} variant="compact" gridBreakPoint="grid-md">
      <Thead>
        <Tr>
          <Th>{t("audit.field")}</Th>
          <Th>{t("audit.before")}</Th>
          <Th>{t("audit.after")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {changes.map((each) => (
          <Tr key={each.field}>
            <Td dataLabel={t("audit.field")}>
              <Inert text={code("audit.field", each.field)} />
            </Td>
            <Td dataLabel={t("audit.before")} className="any-length">
              {each.before === null ? "–" : <Inert text={each.before} lines />}
            </Td>
            <Td dataLabel={t("audit.after")} className="any-length">
              {each.after === null ? "–" : <Inert text={each.after} lines />}
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function FilterButton({ onClick, children }: { readonly onClick: () => void; readonly children: string }) {
  return (
    <Button variant="link" isInline onClick={onClick}>
      {children}
    </Button>
  );
}

function OutcomeLabel({ outcome }: { readonly outcome: string }) {
  const { code } = useTexts();
  const text = inertText(code("audit.outcome", outcome));
  switch (outcome) {
    case "success":
      return (
        <Label isCompact variant="outline" color="green" icon={<CheckCircleIcon />}>
          {text}
        </Label>
      );
    case "denied":
      return (
        <Label isCompact variant="outline" color="red" icon={<BanIcon />}>
          {text}
        </Label>
      );
    default:
      return (
        <Label isCompact variant="outline" color="orange" icon={<ExclamationCircleIcon />}>
          {text}
        </Label>
      );
  }
}
