import {
  Button,
  EmptyState,
  EmptyStateActions,
  EmptyStateBody,
  EmptyStateFooter,
  FormGroup,
  FormSelect,
  FormSelectOption,
  Label,
  PageSection,
  SearchInput,
  Skeleton,
  Tab,
  Tabs,
  TabTitleText,
  TextInput,
  Title,
} from "@patternfly/react-core";
import { BanIcon, CheckCircleIcon, ExclamationCircleIcon, SearchIcon } from "@patternfly/react-icons";
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { AuditRow, FieldChange } from "../../api/audit";
import { type Log, logsOf } from "../../api/me";
import type { Named } from "../../api/session";
import { Chosen } from "../../app/chosen";
import { useTypedSearch } from "../../app/debounce";
import { Inert, inertText } from "../../app/inert";
import { toLocalInput, toUtc } from "../../app/localTime";
import { CursorPager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { auditQuery, connectionsQuery, meQuery, sealingQuery } from "../../app/queries";
import { AbsoluteTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { PlacePicker, PrincipalPicker } from "../access/pickers";
import { placeQuery } from "../access/place";
import { userQuery } from "../people/queries";
import { SessionTable } from "../sessions/SessionTable";
import {
  AUDIT_CODES,
  type AuditFilter,
  auditQueryOf,
  connectionFilter,
  exportAddress,
  OUTCOMES,
  readAuditFilter,
} from "./filter";
import { ReportView } from "./ReportView";
import { SealingNotice } from "./SealingNotice";

type Change = (changes: Record<string, string | number | null>, replace?: boolean) => void;

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

interface LogProps {
  readonly filter: AuditFilter;
  readonly change: Change;
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
  const rows = useQuery(auditQuery(auditQueryOf(filter)));
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
            <Nothing going={rows.data.next !== null} change={change} />
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

/** Nothing on this page. A search that looked at its share of rows may find something further back. */
function Nothing({ going, change }: { readonly going: boolean; readonly change: Change }) {
  const { t } = useTexts();
  const clear = () => change({ q: null, code: null, outcome: null, user: null, device: null, from: null, to: null });
  return (
    <EmptyState headingLevel="h2" icon={SearchIcon} titleText={t(going ? "audit.noneYet" : "audit.none")} variant="sm">
      <EmptyStateBody>{t(going ? "audit.noneYetBody" : "audit.noneBody")}</EmptyStateBody>
      <EmptyStateFooter>
        <EmptyStateActions>
          <Button variant="link" onClick={clear}>
            {t("devices.clearFilters")}
          </Button>
        </EmptyStateActions>
      </EmptyStateFooter>
    </EmptyState>
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
  const rows = useQuery(connectionsQuery(auditQueryOf(filter)));
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
            <Nothing going={false} change={change} />
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

interface FiltersProps {
  readonly filter: AuditFilter;
  readonly change: Change;
  /** Who and what stands in the rows: names for what the address says by its id. */
  readonly users: readonly (Named | null)[];
  readonly resources: readonly (Named | null)[];
  /** Whether it is about operations, which have a code and an outcome. */
  readonly operations: boolean;
}

function Filters({ filter, change, users, resources, operations }: FiltersProps) {
  const { t, code, locale } = useTexts();
  const [typed, setTyped] = useTypedSearch(filter.q, (q) => change({ q }, true));
  const offered: readonly string[] =
    filter.code === null || AUDIT_CODES.some((known) => known === filter.code)
      ? AUDIT_CODES
      : [...AUDIT_CODES, filter.code];
  const codes = offered
    .map((each) => ({ each, text: code("audit.code", each) }))
    .sort((one, other) => one.text.localeCompare(other.text, locale));
  return (
    <search className="filters filters--audit">
      <FormGroup label={t("audit.text")} fieldId="audit-text">
        <SearchInput
          searchInputId="audit-text"
          aria-label={t("audit.text")}
          value={typed}
          onChange={(_event, value) => setTyped(value.slice(0, 200))}
          onClear={() => setTyped("")}
          resetButtonLabel={t("action.clear")}
        />
      </FormGroup>
      {operations && (
        <>
          <FormGroup label={t("audit.code")} fieldId="audit-code">
            <FormSelect
              id="audit-code"
              value={filter.code ?? ""}
              onChange={(_event, value) => change({ code: value === "" ? null : value })}
            >
              <FormSelectOption value="" label={t("audit.any")} />
              {codes.map(({ each, text }) => (
                <FormSelectOption key={each} value={each} label={text} />
              ))}
            </FormSelect>
          </FormGroup>
          <FormGroup label={t("audit.outcome")} fieldId="audit-outcome">
            <FormSelect
              id="audit-outcome"
              value={filter.outcome ?? ""}
              onChange={(_event, value) => change({ outcome: value === "" ? null : value })}
            >
              <FormSelectOption value="" label={t("audit.any")} />
              {OUTCOMES.map((each) => (
                <FormSelectOption key={each} value={each} label={t(`audit.outcome.${each}`)} />
              ))}
            </FormSelect>
          </FormGroup>
        </>
      )}
      {operations && filter.session !== null && (
        <Chosen label={t("audit.session")} onClear={() => change({ session: null })}>
          <code>{inertText(filter.session)}</code>
        </Chosen>
      )}
      <TimeFilter label={t("audit.from")} id="audit-from" time={filter.from} onTime={(from) => change({ from })} />
      <TimeFilter label={t("audit.to")} id="audit-to" time={filter.to} onTime={(to) => change({ to })} />
      {filter.user === null ? (
        <PrincipalPicker
          label={t("audit.user")}
          kinds={["user"]}
          chosen={null}
          onChoose={(user) => change({ user: user.id })}
        />
      ) : (
        <Chosen label={t("audit.user")} onClear={() => change({ user: null })}>
          <UserName id={filter.user} known={users} />
        </Chosen>
      )}
      {filter.device === null ? (
        <PlacePicker
          label={t(operations ? "audit.resource" : "report.device")}
          kinds={operations ? ["folder", "device"] : ["device"]}
          chosen={null}
          onChoose={(place) => change({ device: place.id })}
        />
      ) : (
        <Chosen label={t(operations ? "audit.resource" : "report.device")} onClear={() => change({ device: null })}>
          <PlaceName id={filter.device} known={resources} />
        </Chosen>
      )}
    </search>
  );
}

interface NameProps {
  readonly id: string;
  readonly known: readonly (Named | null)[];
}

/** A name for an id out of an address; the id itself where nothing is known of it. */
function UserName({ id, known }: NameProps) {
  const name = known.find((each) => each?.id === id)?.name;
  const user = useQuery({ ...userQuery(id), enabled: name === undefined }).data;
  return <Inert text={name ?? user?.name ?? id} />;
}

function PlaceName({ id, known }: NameProps) {
  const name = known.find((each) => each?.id === id)?.name;
  const place = useQuery({ ...placeQuery(id), enabled: name === undefined }).data;
  return <Inert text={name ?? place?.name ?? id} />;
}

export interface TimeFilterProps {
  readonly label: string;
  readonly id: string;
  readonly time: Date | null;
  readonly onTime: (time: string | null) => void;
}

export function TimeFilter({ label, id, time, onTime }: TimeFilterProps) {
  return (
    <FormGroup label={label} fieldId={id}>
      <TextInput
        id={id}
        type="datetime-local"
        value={toLocalInput(time)}
        onChange={(_event, value) => {
          const parsed = value === "" ? null : new Date(value);
          if (parsed === null) onTime(null);
          else if (!Number.isNaN(parsed.getTime())) onTime(toUtc(parsed));
        }}
      />
    </FormGroup>
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
              <FilterButton onClick={() => change({ device: row.resource?.id ?? null })}>
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
  const { t } = useTexts();
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
              <Inert text={each.field} />
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
