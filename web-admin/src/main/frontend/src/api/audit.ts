import { Field, importSlice, type Slice } from "./importer";
import { importRemoteSession, type Named, type RemoteSession } from "./session";

/** What a change did to one field. */
export interface FieldChange {
  readonly field: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** One row of the audit log. The texts in it are evidence, not markup: what a device or a stranger sent stays as it was sent. */
export interface AuditRow {
  readonly id: string;
  readonly time: Date;
  readonly code: string;
  readonly outcome: string;
  readonly user: Named | null;
  readonly resource: Named | null;
  readonly address: string | null;
  readonly detail: string | null;
  readonly session: string | null;
  readonly changes: readonly FieldChange[];
  /** Place in the tree of the transparency log; null until it is sealed. */
  readonly seq: number | null;
}

export function importAuditRow(value: unknown): AuditRow {
  const root = new Field(value);
  const seq = root.get("seq");
  return {
    id: root.get("id").text(),
    time: root.get("time").time(),
    code: root.get("code").text(),
    outcome: root.get("outcome").text(),
    user: root.get("user").opt(named),
    resource: root.get("resource").opt(named),
    address: root.get("address").textOrNull(),
    detail: root.get("detail").textOrNull(),
    session: root.get("session").textOrNull(),
    changes: root.get("changes").opt(changes) ?? [],
    seq: seq.absent ? null : seq.count(),
  };
}

/** A page of a log. A search looks at a share of the rows at a time. */
export interface LogPage<T> extends Slice<T> {
  /** How far back it has looked; null where it has looked at all. */
  readonly reached: Date | null;
}

function importLogPage<T>(value: unknown, row: (value: unknown) => T): LogPage<T> {
  return { ...importSlice(value, row), reached: new Field(value).get("reached").timeOrNull() };
}

export const importAuditPage = (value: unknown): LogPage<AuditRow> => importLogPage(value, importAuditRow);

export const importConnectionPage = (value: unknown): LogPage<RemoteSession> =>
  importLogPage(value, importRemoteSession);

/** Somebody or something: an id with a name where one is known. */
function named(field: Field): Named {
  const id = field.get("id").textOrNull() ?? "";
  return { id, name: field.get("name").textOrNull() ?? id };
}

function changes(field: Field): FieldChange[] {
  if (typeof field.value !== "object" || field.value === null) return [];
  return Object.keys(field.value).map((name) => ({
    field: name,
    before: field.get(name).get("before").textOrNull(),
    after: field.get(name).get("after").textOrNull(),
  }));
}

/** Why nothing is sealed any more. What a newer server may say besides is {@link SealingStop} `failing`. */
export type SealingStop = "tree-changed" | "no-key-set" | "failing";

/** How the sealing of one tree goes. The page shows it; who wants to rely on the log verifies an export. */
export interface Sealing {
  /** Records that the newest signed head holds. */
  readonly sealed: number;
  readonly head: Date | null;
  readonly waitingSince: Date | null;
  /** By the server's clock. */
  readonly waitingSeconds: number;
  readonly missing: number;
  readonly stopped: SealingStop | null;
}

export interface Sealings extends Sealing {
  readonly installation: Sealing;
}

const BEHIND_SECONDS = 60;

/** Whether the oldest record has waited for longer than it ever should. */
export function isBehind({ waitingSeconds }: Sealing): boolean {
  return waitingSeconds > BEHIND_SECONDS;
}

export function importSealings(value: unknown): Sealings {
  const root = new Field(value);
  return { ...sealing(root), installation: sealing(root.get("installation")) };
}

function sealing(field: Field): Sealing {
  return {
    sealed: field.get("sealed").count(),
    head: field.get("head").opt((time) => time.time()),
    waitingSince: field.get("waitingSince").opt((time) => time.time()),
    waitingSeconds: field.get("waitingSeconds").count(),
    missing: field.get("missing").count(),
    stopped: field.get("stopped").opt(stop),
  };
}

function stop(field: Field): SealingStop {
  const code = field.text();
  return code === "tree-changed" || code === "no-key-set" ? code : "failing";
}

/** What one person did on one device in the period of a report. */
export interface ReportLine {
  readonly user: string;
  readonly userId: string;
  readonly device: string;
  readonly deviceUid: string;
  /** Name of the folder that the device was in. */
  readonly folder: string | null;
  readonly sessions: number;
  readonly seconds: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
}

/** A page of a report. */
export interface Report extends Slice<ReportLine> {
  /** Whether the reader may not view the connection log of everything. */
  readonly restricted: boolean;
  /** Of the first page. */
  readonly operations: readonly { readonly code: string; readonly outcome: string; readonly number: number }[];
}

function importLine(value: unknown): ReportLine {
  const line = new Field(value);
  return {
    user: line.get("user").text(),
    userId: line.get("userId").text(),
    device: line.get("device").text(),
    deviceUid: line.get("deviceUid").text(),
    folder: line.get("folder").opt((folder) => folder.get("name").text()),
    sessions: line.get("sessions").count(),
    seconds: line.get("seconds").number(),
    bytesIn: line.get("bytesIn").number(),
    bytesOut: line.get("bytesOut").number(),
  };
}

export function importReport(value: unknown): Report {
  const root = new Field(value);
  return {
    ...importSlice(value, importLine),
    restricted: root.get("restricted").bool(),
    operations: root.get("operations").list((line) => ({
      code: line.get("code").text(),
      outcome: line.get("outcome").text(),
      number: line.get("number").count(),
    })),
  };
}
