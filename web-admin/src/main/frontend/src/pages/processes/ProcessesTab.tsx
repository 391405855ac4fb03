import { Button, Checkbox, Label, SearchInput, Spinner } from "@patternfly/react-core";
import { LockIcon } from "@patternfly/react-icons";
import { useEffect, useMemo, useState } from "react";
import { useDialogs } from "../../app/dialog";
import { inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { bytes } from "../../app/time";
import { useTexts } from "../../i18n";
import { type Session, SessionError } from "../../session";
import type { Operation } from "../../session/api";
import { type DeviceProcess, type Sample, SIGNALS, SystemError, watch } from "../../system/client";
import { rows as rowsOf, type Sort } from "../../system/rows";
import { useDevice } from "../device/DevicePage";
import { RestartDialog, SignalDialog } from "./dialogs";
import { useSystemErrors } from "./errors";
import { ProcessList } from "./ProcessList";
import { useSystemSession } from "./session";

/** The processes of a device, its signals and its restart. */
export function ProcessesTab() {
  const { device } = useDevice();
  const { t } = useTexts();
  const describe = useSystemErrors();
  const dialogs = useDialogs();
  const manages = device.permissions.includes("manage-processes");
  const restarts = device.permissions.includes("power");
  const operations = useMemo<readonly Operation[]>(
    () => [
      "process-view",
      ...(manages ? (["process-manage"] as const) : []),
      ...(restarts ? (["power"] as const) : []),
    ],
    [manages, restarts],
  );
  const { connection, again, end } = useSystemSession(device.uid, operations);
  const name = inertText(device.name);
  return (
    <section className="files-page" aria-label={t("device.tab.processes")}>
      <div className="session-bar">
        <Label
          color={connection.kind === "open" && !connection.resuming ? "green" : "grey"}
          icon={<LockIcon />}
          isCompact
          variant="outline"
        >
          {t(
            connection.kind === "open"
              ? connection.resuming
                ? "terminal.resuming"
                : "terminal.encrypted"
              : connection.kind === "over"
                ? "terminal.ended"
                : "terminal.connecting",
          )}
        </Label>
        <span className="session-bar__end">
          {connection.kind === "open" && connection.session.granted.includes("power") && (
            <Button
              variant="secondary"
              isDanger
              size="sm"
              onClick={() =>
                dialogs.open((close) => (
                  <RestartDialog session={connection.session} device={device.name} onClose={close} />
                ))
              }
            >
              {t("processes.restart")}
            </Button>
          )}
          {connection.kind === "over" ? (
            <Button variant="primary" size="sm" onClick={again}>
              {t("terminal.again")}
            </Button>
          ) : (
            <Button variant="secondary" isDanger size="sm" onClick={end}>
              {t("terminal.end")}
            </Button>
          )}
        </span>
      </div>
      {connection.kind === "connecting" && <Spinner aria-label={t("terminal.steps", { device: name })} />}
      {connection.kind === "over" && (
        <Notice
          variant={connection.error === null ? "info" : "danger"}
          isInline
          role="alert"
          title={t(connection.error === null ? "terminal.endedTitle" : "processes.noSession", { device: name })}
        >
          {connection.error === null
            ? t("terminal.exit.left")
            : describe(connection.error.code, connection.error.detail)}
        </Notice>
      )}
      {connection.kind === "open" && (
        <Processes
          session={connection.session}
          device={name}
          manages={connection.session.granted.includes("process-manage")}
        />
      )}
    </section>
  );
}

interface ProcessesProps {
  readonly session: Session;
  readonly device: string;
  readonly manages: boolean;
}

function Processes({ session, device, manages }: ProcessesProps) {
  const { t, locale } = useTexts();
  const describe = useSystemErrors();
  const dialogs = useDialogs();
  const [sample, setSample] = useState<Sample | null>(null);
  const [failure, setFailure] = useState<{ readonly code: string; readonly detail: string } | null>(null);
  const [sort, setSort] = useState<Sort>({ key: "cpu", descending: true });
  const [filter, setFilter] = useState("");
  const [tree, setTree] = useState(false);
  const [chosen, setChosen] = useState<DeviceProcess | null>(null);
  useEffect(() => {
    const abort = new AbortController();
    watch(session, setSample, abort.signal).catch((error: unknown) => {
      if (abort.signal.aborted) return;
      const known = error instanceof SystemError || error instanceof SessionError;
      setFailure(known ? { code: error.code, detail: error.detail ?? "" } : { code: "failed", detail: "" });
    });
    return () => abort.abort();
  }, [session]);
  const rows = useMemo(
    () => (sample === null ? [] : rowsOf(sample.processes.values(), sort, filter, tree)),
    [sample, sort, filter, tree],
  );
  // one that has ended, or whose number is another's now, is not selected any more
  const present = chosen === null ? undefined : sample?.processes.get(chosen.pid);
  const selected = present !== undefined && present.start === chosen?.start ? present : null;
  if (failure !== null)
    return (
      <Notice variant="danger" isInline role="alert" title={t("processes.failure")}>
        {describe(failure.code, failure.detail)}
      </Notice>
    );
  if (sample === null) return <Spinner aria-label={t("loading")} />;
  const load = sample.load.map((each) => (each / 100).toLocaleString(locale, { minimumFractionDigits: 2 }));
  return (
    <div className="files-browser">
      <p className="secondary">
        {[
          t("processes.count", { count: sample.processes.size.toLocaleString(locale) }),
          t("processes.load", { load: load.join(" · ") }),
          t("processes.memory", {
            available: bytes(sample.memoryAvailable, locale),
            total: bytes(sample.memoryTotal, locale),
          }),
          t("processes.uptime", { hours: Math.floor(sample.uptime / 3_600).toLocaleString(locale) }),
        ].join(" · ")}
      </p>
      <div className="files-tools">
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
      </div>
      {manages && (
        <div className="files-tools" role="toolbar" aria-label={t("processes.signals")}>
          <span role="status">
            {selected !== null &&
              t("processes.selected", { pid: String(selected.pid), name: inertText(selected.name) })}
          </span>
          {SIGNALS.map((signal) => (
            <Button
              key={signal}
              variant="link"
              size="sm"
              isDanger={signal === "TERM" || signal === "KILL"}
              isDisabled={selected === null}
              onClick={() =>
                selected !== null &&
                dialogs.open((close) => (
                  <SignalDialog session={session} process={selected} signal={signal} onClose={close} />
                ))
              }
            >
              {t(`processes.signal.${signal}`)}
            </Button>
          ))}
        </div>
      )}
      {rows.length === 0 ? (
        <p className="secondary">{t("processes.none")}</p>
      ) : (
        <ProcessList
          rows={rows}
          sort={sort}
          onSort={setSort}
          selected={selected}
          onSelect={setChosen}
          label={t("processes.list", { device })}
        />
      )}
    </div>
  );
}
