import {
  ActionGroup,
  Button,
  Checkbox,
  Form,
  FormGroup,
  FormHelperText,
  FormSelect,
  FormSelectOption,
  HelperText,
  HelperTextItem,
  Label,
  PageSection,
  Progress,
  Skeleton,
  Title,
} from "@patternfly/react-core";
import { Table, Tbody, Td, Th, Thead, Tr } from "@patternfly/react-table";
import { infiniteQueryOptions, queryOptions, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, type FormEvent, useEffect, useId, useState } from "react";
import { useSearchParams } from "react-router";
import { read } from "../../api/http";
import {
  COUNTS,
  FORMATS,
  type Format,
  importChanges,
  importJob,
  type Job,
  type LineChange,
  MAX_FILE,
  startImport,
} from "../../api/transfer";
import { Inert, inertText } from "../../app/inert";
import { useLive } from "../../app/liveContext";
import { Notice } from "../../app/notice";
import { ProblemAlert } from "../../app/problems";
import { usePageTitle } from "../../app/titles";
import { withSearch } from "../../app/urlState";
import { useTexts } from "../../i18n";

/** How often a running import is asked for where the live channel says nothing. */
const ASK_MS = 2_000;
const CHANGES = 50;

interface Running {
  readonly state: { readonly data?: Job | undefined };
}

const jobQuery = (id: string) =>
  queryOptions({
    queryKey: ["imports", id],
    staleTime: 0,
    refetchInterval: (query: Running) => (query.state.data?.state === "running" ? ASK_MS : false),
    queryFn: ({ signal }) => read("GET", `/api/imports/${encodeURIComponent(id)}`, importJob, { signal }),
  });

const changesQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ["imports", id, "changes"],
    initialPageParam: null as string | null,
    getNextPageParam: (last: ReturnType<typeof importChanges>) => last.next,
    queryFn: ({ signal, pageParam }) =>
      read("GET", `/api/imports/${encodeURIComponent(id)}/changes`, importChanges, {
        query: { limit: CHANGES, cursor: pageParam },
        signal,
      }),
  });

/** The directory as a file, and a file as the directory; the import that was started last is in the address. */
export function TransferPage() {
  const { t } = useTexts();
  usePageTitle(t("transfer.title"));
  return (
    <>
      <PageSection className="page-head">
        <Title headingLevel="h1">{t("transfer.title")}</Title>
      </PageSection>
      <PageSection>
        <Title headingLevel="h2" size="lg">
          {t("transfer.export")}
        </Title>
        <p className="transfer__text">{t("transfer.exportHelp")}</p>
        <p className="audit-exports">
          {FORMATS.map((format) => (
            <Button key={format} variant="secondary" component="a" href={`/api/export?format=${format}`} download>
              {t(`transfer.export.${format}`)}
            </Button>
          ))}
        </p>
      </PageSection>
      <ImportSection />
    </>
  );
}

/** What is chosen to be imported. */
interface Chosen {
  readonly file: File;
  readonly format: Format;
  readonly skip: boolean;
}

function ImportSection() {
  const { t } = useTexts();
  const [search, setSearch] = useSearchParams();
  const id = search.get("import");
  const client = useQueryClient();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  /** The dry run that was made of exactly what is chosen. */
  const [checked, setChecked] = useState<string | null>(null);
  const [sending, setSending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const job = useQuery({ ...jobQuery(id ?? ""), enabled: id !== null });
  const running = job.data?.state === "running";
  const choose = (next: Chosen | null) => {
    setChosen(next);
    setChecked(null);
    setFailure(null);
  };
  const start = async (dryRun: boolean) => {
    if (chosen === null || sending || running) return;
    setSending(true);
    setFailure(null);
    try {
      const started = await startImport({ ...chosen, dryRun });
      client.setQueryData(jobQuery(started.id).queryKey, started);
      setChecked(dryRun ? started.id : null);
      setSearch((before) => withSearch(before, { import: started.id }));
    } catch (error) {
      setFailure(error);
    } finally {
      setSending(false);
    }
  };
  const applicable =
    checked !== null && checked === id && job.data?.state === "done" && job.data.dryRun && changed(job.data) > 0;
  return (
    <PageSection isFilled>
      <Title headingLevel="h2" size="lg">
        {t("transfer.import")}
      </Title>
      <p className="transfer__text">{t("transfer.importHelp")}</p>
      <ImportForm chosen={chosen} busy={sending || running} onChoose={choose} onCheck={() => void start(true)} />
      {failure !== null && <ProblemAlert title={t("transfer.startFailure")} error={failure} />}
      {id !== null && (
        <section aria-label={t("transfer.result")} className="transfer__result">
          {job.isError ? (
            <ProblemAlert title={t("transfer.failure")} error={job.error} retry={() => void job.refetch()} />
          ) : job.data === undefined ? (
            <Skeleton screenreaderText={t("loading")} />
          ) : (
            <JobView job={job.data} />
          )}
          {applicable && job.data !== undefined && (
            <ActionGroup>
              <Button variant="primary" isLoading={sending} isDisabled={sending} onClick={() => void start(false)}>
                {t("transfer.apply", { count: changed(job.data) })}
              </Button>
            </ActionGroup>
          )}
          {job.data !== undefined && job.data.state === "done" && <Changes job={job.data} />}
        </section>
      )}
    </PageSection>
  );
}

/** How many things are or would be different afterwards. */
function changed({ changes }: Job): number {
  return changes.created + changes.updated + changes.moved + changes.deleted;
}

interface ImportFormProps {
  readonly chosen: Chosen | null;
  readonly busy: boolean;
  readonly onChoose: (chosen: Chosen | null) => void;
  readonly onCheck: () => void;
}

function ImportForm({ chosen, busy, onChoose, onCheck }: ImportFormProps) {
  const { t } = useTexts();
  const id = useId();
  const [skip, setSkip] = useState(false);
  const tooLong = chosen !== null && chosen.file.size > MAX_FILE;
  const take = (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    onChoose(file === undefined ? null : { file, format: formatOf(file.name), skip });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (chosen !== null && !tooLong) onCheck();
  };
  return (
    <Form className="transfer__form" onSubmit={submit}>
      <FormGroup label={t("transfer.file")} fieldId={`${id}-file`} isRequired>
        <input
          id={`${id}-file`}
          className="transfer__file"
          type="file"
          accept=".csv,.json,text/csv,application/json"
          required
          aria-describedby={`${id}-help`}
          onChange={take}
        />
        <FormHelperText>
          <HelperText id={`${id}-help`}>
            <HelperTextItem variant={tooLong ? "error" : "default"}>
              {t(tooLong ? "transfer.tooLong" : "transfer.fileHelp")}
            </HelperTextItem>
          </HelperText>
        </FormHelperText>
      </FormGroup>
      <FormGroup label={t("transfer.format")} fieldId={`${id}-format`}>
        <FormSelect
          id={`${id}-format`}
          value={chosen?.format ?? "json"}
          isDisabled={chosen === null}
          onChange={(_event, value) => {
            const format = FORMATS.find((known) => known === value);
            if (chosen !== null && format !== undefined) onChoose({ ...chosen, format });
          }}
        >
          {FORMATS.map((each) => (
            <FormSelectOption key={each} value={each} label={t(`transfer.format.${each}`)} />
          ))}
        </FormSelect>
      </FormGroup>
      <Checkbox
        id={`${id}-skip`}
        label={t("transfer.skip")}
        description={t("transfer.skipHelp")}
        isChecked={skip}
        onChange={(_event, on) => {
          setSkip(on);
          if (chosen !== null) onChoose({ ...chosen, skip: on });
        }}
      />
      <ActionGroup>
        <Button variant="primary" type="submit" isDisabled={chosen === null || tooLong || busy} isLoading={busy}>
          {t("transfer.check")}
        </Button>
      </ActionGroup>
    </Form>
  );
}

function formatOf(name: string): Format {
  return name.toLowerCase().endsWith(".csv") ? "csv" : "json";
}

/** How it goes, or how it ended. */
function JobView({ job }: { readonly job: Job }) {
  const { t, locale } = useTexts();
  const client = useQueryClient();
  const { listen } = useLive();
  useEffect(
    () =>
      listen((event) => {
        if (event.type === "import" && event.id === job.id) {
          void client.invalidateQueries({ queryKey: ["imports", job.id], exact: true });
        }
      }),
    [listen, client, job.id],
  );
  if (job.state === "running") {
    return (
      <Progress
        title={t(`transfer.phase.${job.phase}`)}
        label={`${job.done.toLocaleString(locale)} / ${job.total.toLocaleString(locale)}`}
        valueText={t("transfer.lines", { done: job.done, total: job.total })}
        value={job.total === 0 ? 0 : (100 * job.done) / job.total}
      />
    );
  }
  if (job.state === "failed") return <Problems job={job} />;
  const counts = COUNTS.filter((each) => job.changes[each] > 0);
  return (
    <div role="status">
      <Notice
        variant={job.dryRun ? "info" : "success"}
        isInline
        title={t(job.dryRun ? (changed(job) === 0 ? "transfer.nothing" : "transfer.checked") : "transfer.applied")}
      >
        <ul className="transfer__counts">
          {counts.map((each) => (
            <li key={each}>
              {t(`transfer.count.${each}`)}: {job.changes[each].toLocaleString(locale)}
            </li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

function Problems({ job }: { readonly job: Job }) {
  const { t, locale } = useTexts();
  return (
    <>
      <Notice variant="danger" isInline title={t("transfer.refused")}>
        {t("transfer.refusedBody")}
      </Notice>
      <Table aria-label={t("transfer.problems")} variant="compact" gridBreakPoint="grid-md">
        <Thead>
          <Tr>
            <Th>{t("transfer.line")}</Th>
            <Th>{t("transfer.column")}</Th>
            <Th>{t("transfer.reason")}</Th>
          </Tr>
        </Thead>
        <Tbody>
          {job.problems.map((problem, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes, and two problems may be the same
            <Tr key={index}>
              <Td dataLabel={t("transfer.line")}>
                {problem.line === 0 ? t("transfer.whole") : problem.line.toLocaleString(locale)}
              </Td>
              <Td dataLabel={t("transfer.column")}>{inertText(problem.column) || "–"}</Td>
              <Td dataLabel={t("transfer.reason")}>
                <Inert text={problem.reason} />
              </Td>
            </Tr>
          ))}
        </Tbody>
      </Table>
    </>
  );
}

/** Every change, in steps. */
function Changes({ job }: { readonly job: Job }) {
  const { t } = useTexts();
  const changes = useInfiniteQuery(changesQuery(job.id));
  if (changes.isError) {
    return <ProblemAlert title={t("transfer.failure")} error={changes.error} retry={() => void changes.refetch()} />;
  }
  if (changes.isPending) return <Skeleton screenreaderText={t("loading")} />;
  const rows = changes.data.pages.flatMap((page) => page.items);
  if (rows.length === 0) return null;
  return (
    <>
      <ChangeTable rows={rows} />
      {changes.hasNextPage && (
        <Button
          variant="secondary"
          isLoading={changes.isFetchingNextPage}
          isDisabled={changes.isFetchingNextPage}
          onClick={() => void changes.fetchNextPage()}
        >
          {t("transfer.more")}
        </Button>
      )}
    </>
  );
}

const COLOURS = { create: "green", update: "blue", move: "purple", delete: "red", skip: "grey" } as const;

function ChangeTable({ rows }: { readonly rows: readonly LineChange[] }) {
  const { t, code, locale } = useTexts();
  return (
    <Table aria-label={t("transfer.changes")} variant="compact" gridBreakPoint="grid-lg">
      <Thead>
        <Tr>
          <Th>{t("transfer.line")}</Th>
          <Th>{t("transfer.action")}</Th>
          <Th>{t("transfer.kind")}</Th>
          <Th>{t("transfer.what")}</Th>
          <Th>{t("transfer.detail")}</Th>
        </Tr>
      </Thead>
      <Tbody>
        {rows.map((row, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows are only added at the end, and one line may change two things
          <Tr key={index}>
            <Td dataLabel={t("transfer.line")}>{row.line.toLocaleString(locale)}</Td>
            <Td dataLabel={t("transfer.action")}>
              <Label isCompact color={COLOURS[row.action]}>
                {t(`transfer.action.${row.action}`)}
              </Label>
            </Td>
            <Td dataLabel={t("transfer.kind")}>{inertText(code("transfer.kind", row.kind))}</Td>
            <Td dataLabel={t("transfer.what")} modifier="breakWord">
              <Inert text={row.path} />
            </Td>
            <Td dataLabel={t("transfer.detail")} modifier="breakWord">
              <Inert text={row.detail} />
            </Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
