import { Button, Checkbox, SearchInput, Spinner } from "@patternfly/react-core";
import { useEffect, useMemo, useState } from "react";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { bytes } from "../../app/time";
import { useTexts } from "../../i18n";
import type { Operation, Session } from "../../session/api";
import { type ProcessRow, type Sample, type SystemInfo, systemInfo, watchProcesses } from "../../system";
import { useDevice } from "../device/DevicePage";
import { SessionHead } from "../tools/SessionHead";
import { useToolSession } from "../tools/session";
import { RestartDialog, SignalDialog, StartDialog } from "./dialogs";
import { useSystemErrors } from "./errors";
import { ProcessList } from "./ProcessList";
import { type Sort, shown } from "./view";

const nothing = async () => undefined;

/** What is asked for, by the permission that it needs. */
const ASKED: readonly (readonly [string, Operation])[] = [
  ["view-processes", "process-view"],
  ["manage-processes", "process-manage"],
  ["power", "power"],
];

/** The processes of a device, live. */
export function ProcessesTab() {
  const { device } = useDevice();
  const { t } = useTexts();
  const describe = useSystemErrors();
  const operations = useMemo<readonly Operation[]>(() => {
    const held = ASKED.filter(([permission]) => device.permissions.includes(permission)).map(([, name]) => name);
    return held.length > 0 ? held : ["process-view"];
  }, [device.permissions]);
  const tool = useToolSession(device.uid, operations, nothing);
  const { connection } = tool;
  return (
    <section className="files-page" aria-label={t("device.tab.processes")}>
      <SessionHead
        tool={tool}
        device={device}
        noSession={t("processes.noSession", { device: inertText(device.name) })}
        describe={describe}
      />
      {connection.kind === "open" && <Table session={connection.session} device={device.name} />}
    </section>
  );
}

interface Seen {
  readonly rows: readonly ProcessRow[];
  readonly sample: Sample;
}

function Table({ session, device }: { readonly session: Session; readonly device: string }) {
  const { t, locale } = useTexts();
  const describe = useSystemErrors();
  const dialogs = useDialogs();
  const views = session.granted.includes("process-view");
  const manages = session.granted.includes("process-manage");
  const [seen, setSeen] = useState<Seen | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const [info, setInfo] = useState<SystemInfo | null>(null);
  const [sort, setSort] = useState<Sort>({ key: "cpu", descending: true });
  const [filter, setFilter] = useState("");
  const [tree, setTree] = useState(false);
  const [sent, setSent] = useState("");
  useEffect(() => {
    if (!views) return undefined;
    const abort = new AbortController();
    watchProcesses(session, (rows, sample) => setSeen({ rows, sample }), abort.signal).catch((error: unknown) => {
      if (!abort.signal.aborted) setFailure(error);
    });
    // the table says what is refused; without this there is but the table
    systemInfo(session, abort.signal).then(setInfo, () => undefined);
    return () => abort.abort();
  }, [session, views]);
  const rows = useMemo(() => (seen === null ? [] : shown(seen.rows, sort, filter, tree)), [seen, sort, filter, tree]);
  const open = (row: ProcessRow) =>
    dialogs.open((close) => (
      <SignalDialog
        session={session}
        row={row}
        onSent={(signal) => setSent(t("processes.sent", { signal, name: inertText(row.name), pid: String(row.pid) }))}
        onClose={close}
      />
    ));
  return (
    <div className="files-browser">
      <div className="files-tools">
        {views && (
          <>
            <SearchInput
              aria-label={t("processes.filter")}
              placeholder={t("processes.filter")}
              value={filter}
              onChange={(_event, value) => setFilter(value)}
              onClear={() => setFilter("")}
            />
            <Checkbox
              id="processes-tree"
              label={t("processes.tree")}
              isChecked={tree}
              onChange={(_event, on) => setTree(on)}
            />
          </>
        )}
        {manages && (
          <Button
            variant="secondary"
            size="sm"
            onClick={() => dialogs.open((close) => <StartDialog session={session} onClose={close} />)}
          >
            {t("processes.start")}
          </Button>
        )}
        {session.granted.includes("power") && (
          <Button
            variant="secondary"
            isDanger
            size="sm"
            onClick={() => dialogs.open((close) => <RestartDialog session={session} device={device} onClose={close} />)}
          >
            {t("processes.restart")}
          </Button>
        )}
      </div>
      <p role="status" className="secondary">
        {sent}
      </p>
      {!views && <Notice variant="info" isInline title={t("processes.noTable")} />}
      {failure !== null && (
        <Notice variant="danger" isInline role="alert" title={t("processes.failure")}>
          {describe(failure)}
        </Notice>
      )}
      {views && failure === null && seen === null && <Spinner aria-label={t("loading")} />}
      {seen !== null && failure === null && (
        <>
          <p className="secondary">{t("processes.count", { count: rows.length.toLocaleString(locale) })}</p>
          <System sample={seen.sample} />
          {info !== null && <Info info={info} />}
          {rows.length === 0 ? (
            <p className="secondary">{t("processes.none")}</p>
          ) : (
            <ProcessList rows={rows} sort={sort} onSort={setSort} onOpen={manages ? open : null} />
          )}
        </>
      )}
    </div>
  );
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

function System({ sample }: { readonly sample: Sample }) {
  const { t, locale } = useTexts();
  const { uptime } = sample;
  const [total = 0, available = 0, swap = 0, free = 0] = sample.memory;
  const of = (used: number, size: number) => ({ used: bytes(used, locale), total: bytes(size, locale) });
  const load = sample.load.map((value) => (value / 100).toLocaleString(locale, { minimumFractionDigits: 2 }));
  return (
    <ul className="processes__system" aria-label={t("processes.system")}>
      <li>
        {t("processes.uptime", {
          days: Math.floor(uptime / DAY),
          hours: Math.floor((uptime % DAY) / HOUR),
          minutes: Math.floor((uptime % HOUR) / MINUTE),
        })}
      </li>
      <li>{t("processes.load", { load: load.join(" ") })}</li>
      <li>{t("processes.memory", of(total - available, total))}</li>
      {swap > 0 && <li>{t("processes.swap", of(swap - free, swap))}</li>}
    </ul>
  );
}

/** What the device is. */
function Info({ info }: { readonly info: SystemInfo }) {
  const { t, locale } = useTexts();
  const lines: readonly (readonly [string, readonly string[]])[] = [
    [t("processes.info.host"), [info.hostName]],
    [t("processes.info.os"), [info.os, info.kernel]],
    [t("processes.info.processor"), [info.processor, t("processes.info.cores", { count: info.cores })]],
    [t("processes.info.addresses"), info.addresses],
    [
      t("processes.info.disks"),
      info.fileSystems.map(({ name, size, free }) =>
        t("processes.info.disk", { name: inertText(name), free: bytes(free, locale), size: bytes(size, locale) }),
      ),
    ],
    [t("processes.info.people"), info.people.map(({ user, terminal }) => `${user} (${terminal})`)],
  ];
  return (
    <details>
      <summary>{t("processes.info")}</summary>
      <dl className="processes__info">
        {lines.map(([name, values]) => (
          <div key={name} className="processes__info-line">
            <dt>{name}</dt>
            <dd className="any-length">
              <Inert text={values.filter((value) => value !== "").join(" · ") || "–"} />
            </dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
