import { Button, EmptyState, EmptyStateBody, Skeleton, Title } from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Inert, inertText } from "../../app/inert";
import { toUtc } from "../../app/localTime";
import { ProblemAlert } from "../../app/problems";
import { reportQuery } from "../../app/queries";
import { AbsoluteTime, bytes } from "../../app/time";
import { useTexts } from "../../i18n";
import { PlacePicker } from "../access/pickers";
import { placeQuery } from "../access/place";
import { TimeFilter } from "./AuditFilters";
import type { AuditFilter } from "./filter";
import { idBeside } from "./report";

interface ReportViewProps {
  readonly filter: AuditFilter;
  readonly change: (changes: Record<string, string | number | null>) => void;
}

/** Numbers of a period, for paper: what an operator hands to a customer. */
export function ReportView({ filter, change }: ReportViewProps) {
  const { t } = useTexts();
  return (
    <>
      <search className="filters filters--audit">
        <TimeFilter label={t("audit.from")} id="report-from" time={filter.from} onTime={(from) => change({ from })} />
        <TimeFilter label={t("audit.to")} id="report-to" time={filter.to} onTime={(to) => change({ to })} />
        <FolderFilter folder={filter.folder} change={change} />
      </search>
      {filter.from === null || filter.to === null || filter.from >= filter.to ? (
        <EmptyState headingLevel="h2" titleText={t("report.period")} variant="sm">
          <EmptyStateBody>{t("report.periodBody")}</EmptyStateBody>
        </EmptyState>
      ) : (
        <Numbers from={filter.from} to={filter.to} folder={filter.folder} />
      )}
    </>
  );
}

/** The folder of an address, as far as it is known. */
function useFolder(folder: string | null) {
  return useQuery({ ...placeQuery(folder ?? ""), enabled: folder !== null }).data ?? null;
}

interface FolderFilterProps {
  readonly folder: string | null;
  readonly change: ReportViewProps["change"];
}

/** One customer is one folder; who looks after the whole domain may also see all of it. */
function FolderFilter({ folder, change }: FolderFilterProps) {
  const { t } = useTexts();
  const chosen = useFolder(folder);
  return (
    <div className="report-folder">
      <PlacePicker
        label={t("report.folder")}
        kinds={["folder"]}
        chosen={folder === null ? null : chosen}
        onChoose={(next) => change({ folder: next.id })}
        needs="view-connection-log"
      />
      {folder !== null && (
        <Button variant="link" isInline onClick={() => change({ folder: null })}>
          {t("report.wholeDomain")}
        </Button>
      )}
    </div>
  );
}

interface NumbersProps {
  readonly from: Date;
  readonly to: Date;
  readonly folder: string | null;
}

function Numbers({ from, to, folder }: NumbersProps) {
  const { t, code, locale } = useTexts();
  const about = useFolder(folder);
  const report = useInfiniteQuery(
    reportQuery({ from: toUtc(from), to: toUtc(to), ...(folder === null ? {} : { folder }) }),
  );
  if (report.isError && report.data === undefined)
    return <ProblemAlert title={t("report.failure")} error={report.error} retry={() => void report.refetch()} />;
  if (report.isPending) return <Skeleton screenreaderText={t("loading")} />;
  const lines = report.data.pages.flatMap((page) => page.items);
  const [first] = report.data.pages;
  const userId = idBeside(lines, (line) => [line.user, line.userId]);
  const deviceId = idBeside(lines, (line) => [`${line.device}\n${line.folder ?? ""}`, line.deviceUid]);
  const hours = (seconds: number) =>
    [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), Math.floor(seconds % 60)]
      .map((part, i) => String(part).padStart(i === 0 ? 1 : 2, "0"))
      .join(":");
  return (
    <article>
      <p>
        {about !== null && (
          <>
            <strong>
              <Inert text={about.name} />
            </strong>
            {": "}
          </>
        )}
        <AbsoluteTime time={from} /> – <AbsoluteTime time={to} />{" "}
        <Button variant="secondary" size="sm" className="no-print" onClick={() => window.print()}>
          {t("report.print")}
        </Button>
      </p>
      <Title headingLevel="h2">{t("audit.log.connections")}</Title>
      {lines.length === 0 ? (
        <p className="secondary">{t("report.noConnections")}</p>
      ) : (
        <Table aria-label={t("audit.log.connections")} variant="compact" gridBreakPoint="grid-md">
          <Thead>
            <Tr>
              <Th>{t("audit.user")}</Th>
              <Th>{t("report.device")}</Th>
              <Th>{t("report.sessions")}</Th>
              <Th>{t("report.hours")}</Th>
              <Th>{t("report.bytes")}</Th>
            </Tr>
          </Thead>
          <Tbody>
            {lines.map((line) => (
              <Tr key={`${line.userId} ${line.deviceUid}`}>
                <Td dataLabel={t("audit.user")}>
                  <Inert text={line.user} />
                  <Beside text={userId(line)} />
                </Td>
                <Td dataLabel={t("report.device")}>
                  <Inert text={line.device} />
                  <Beside text={line.folder} />
                  <Beside text={deviceId(line)} />
                </Td>
                <Td dataLabel={t("report.sessions")}>{line.sessions.toLocaleString(locale)}</Td>
                <Td dataLabel={t("report.hours")}>{hours(line.seconds)}</Td>
                <Td dataLabel={t("report.bytes")}>{bytes(line.bytesIn + line.bytesOut, locale)}</Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
      <p className="secondary">{t("report.rule")}</p>
      {first?.restricted === true && <p className="secondary">{t("report.restricted")}</p>}
      {report.isFetchNextPageError && (
        <ProblemAlert title={t("report.failure")} error={report.error} retry={() => void report.fetchNextPage()} />
      )}
      {report.hasNextPage && (
        <p>
          <strong>{t("report.incomplete", { count: lines.length })}</strong>{" "}
          <Button
            variant="secondary"
            size="sm"
            className="no-print"
            isLoading={report.isFetchingNextPage}
            isDisabled={report.isFetchingNextPage}
            onClick={() => void report.fetchNextPage()}
          >
            {t("report.more")}
          </Button>
        </p>
      )}
      {first !== undefined && first.operations.length > 0 && (
        <>
          <Title headingLevel="h2">{t("audit.log.operations")}</Title>
          <Table aria-label={t("audit.log.operations")} variant="compact" gridBreakPoint="grid-md">
            <Thead>
              <Tr>
                <Th>{t("audit.code")}</Th>
                <Th>{t("audit.outcome")}</Th>
                <Th>{t("report.number")}</Th>
              </Tr>
            </Thead>
            <Tbody>
              {first.operations.map((line) => (
                <Tr key={`${line.code} ${line.outcome}`}>
                  <Td dataLabel={t("audit.code")}>{inertText(code("audit.code", line.code))}</Td>
                  <Td dataLabel={t("audit.outcome")}>{inertText(code("audit.outcome", line.outcome))}</Td>
                  <Td dataLabel={t("report.number")}>{line.number.toLocaleString(locale)}</Td>
                </Tr>
              ))}
            </Tbody>
          </Table>
        </>
      )}
    </article>
  );
}

/** What tells two of one name apart. */
function Beside({ text }: { readonly text: string | null }) {
  if (text === null) return null;
  return (
    <div className="secondary">
      <Inert text={text} />
    </div>
  );
}
