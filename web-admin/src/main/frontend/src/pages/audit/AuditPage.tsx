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
  LabelGroup,
  PageSection,
  SearchInput,
  Skeleton,
  TextInput,
  Title,
} from "@patternfly/react-core";
import { BanIcon, CheckCircleIcon, ExclamationCircleIcon, SearchIcon } from "@patternfly/react-icons";
import { ExpandableRowContent, Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { AuditRow } from "../../api/audit";
import { useTypedSearch } from "../../app/debounce";
import { Inert, inertText } from "../../app/inert";
import { Pager } from "../../app/paging";
import { ProblemAlert } from "../../app/problems";
import { auditQuery } from "../../app/queries";
import { AbsoluteTime } from "../../app/time";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";
import { AUDIT_CODES, type AuditFilter, auditQueryOf, OUTCOMES, readAuditFilter, toLocalInput, toUtc } from "./filter";

type Change = (changes: Record<string, string | number | null>, replace?: boolean) => void;

/** What was done and attempted, newest first. */
export function AuditPage() {
  const { t } = useTexts();
  usePageTitle(t("audit.title"));
  const [search, setSearch] = useSearchParams();
  const filter = readAuditFilter(search);
  const rows = useQuery(auditQuery(auditQueryOf(filter)));
  const change: Change = (changes, replace = false) => setSearch((before) => withSearch(before, changes), { replace });
  const all = rows.data?.items ?? [];
  const clear = () => change({ q: null, code: null, outcome: null, user: null, device: null, from: null, to: null });
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("audit.title")}</Title>
      </PageSection>
      <PageSection isFilled>
        <Filters filter={filter} change={change} rows={all} />
        {rows.isError ? (
          <ProblemAlert title={t("audit.failure")} error={rows.error} retry={() => void rows.refetch()} />
        ) : rows.isPending ? (
          <Skeleton screenreaderText={t("loading")} />
        ) : rows.data.total === 0 ? (
          <EmptyState headingLevel="h2" icon={SearchIcon} titleText={t("audit.none")} variant="sm">
            <EmptyStateBody>{t("audit.noneBody")}</EmptyStateBody>
            <EmptyStateFooter>
              <EmptyStateActions>
                <Button variant="link" onClick={clear}>
                  {t("devices.clearFilters")}
                </Button>
              </EmptyStateActions>
            </EmptyStateFooter>
          </EmptyState>
        ) : (
          <>
            <AuditTable rows={all} change={change} busy={rows.isPlaceholderData} />
            <Pager
              bottom
              total={rows.data.total}
              page={filter.page}
              size={filter.size}
              label={t("audit.pages")}
              onPage={(page) => change({ page })}
              onSize={(size) => change({ size })}
            />
          </>
        )}
      </PageSection>
    </>
  );
}

interface FiltersProps {
  readonly filter: AuditFilter;
  readonly change: Change;
  readonly rows: readonly AuditRow[];
}

function Filters({ filter, change, rows }: FiltersProps) {
  const { t, code } = useTexts();
  const [typed, setTyped] = useTypedSearch(filter.q, (q) => change({ q }, true));
  const codes: readonly string[] =
    filter.code === null || AUDIT_CODES.some((known) => known === filter.code)
      ? AUDIT_CODES
      : [...AUDIT_CODES, filter.code];
  const nameOf = (id: string, of: (row: AuditRow) => AuditRow["user"]): string =>
    rows.map(of).find((each) => each?.id === id)?.name ?? id;
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
      <FormGroup label={t("audit.code")} fieldId="audit-code">
        <FormSelect
          id="audit-code"
          value={filter.code ?? ""}
          onChange={(_event, value) => change({ code: value === "" ? null : value })}
        >
          <FormSelectOption value="" label={t("audit.any")} />
          {codes.map((each) => (
            <FormSelectOption key={each} value={each} label={code("audit.code", each)} />
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
      <TimeFilter label={t("audit.from")} id="audit-from" time={filter.from} onTime={(from) => change({ from })} />
      <TimeFilter label={t("audit.to")} id="audit-to" time={filter.to} onTime={(to) => change({ to })} />
      {(filter.user !== null || filter.device !== null) && (
        <LabelGroup categoryName={t("audit.only")}>
          {filter.user !== null && (
            <Label
              onClose={() => change({ user: null })}
              closeBtnAriaLabel={t("audit.removeFilter", { filter: t("audit.user") })}
            >
              {t("audit.user")}: <Inert text={nameOf(filter.user, (row) => row.user)} />
            </Label>
          )}
          {filter.device !== null && (
            <Label
              onClose={() => change({ device: null })}
              closeBtnAriaLabel={t("audit.removeFilter", { filter: t("audit.resource") })}
            >
              {t("audit.resource")}: <Inert text={nameOf(filter.device, (row) => row.resource)} />
            </Label>
          )}
        </LabelGroup>
      )}
    </search>
  );
}

interface TimeFilterProps {
  readonly label: string;
  readonly id: string;
  readonly time: Date | null;
  readonly onTime: (time: string | null) => void;
}

function TimeFilter({ label, id, time, onTime }: TimeFilterProps) {
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
        {row.session !== null && (
          <>
            <dt>{t("audit.session")}</dt>
            <dd>
              <code>{inertText(row.session)}</code>
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
