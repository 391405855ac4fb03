import { Button, Checkbox, SearchInput, Spinner } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type DragEvent, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useNavigate } from "react-router";
import { useDialogs } from "../../app/dialog";
import { Inert, inertText } from "../../app/inert";
import { Notice } from "../../app/notice";
import { meQuery } from "../../app/queries";
import { bytes } from "../../app/time";
import { useToasts } from "../../app/toasts";
import {
  type Entry,
  fromAddress,
  interrupted,
  isWithin,
  join,
  nameOf,
  parentOf,
  type RawPath,
  roots,
  stat,
  Transfers,
  textOf,
  toAddress,
} from "../../files";
import { useTexts } from "../../i18n";
import type { Session } from "../../session";
import type { Operation } from "../../session/api";
import { useDevice } from "../device/DevicePage";
import { SessionHead } from "../tools/SessionHead";
import { useToolSession } from "../tools/session";
import { DeleteDialog, EditDialog, NameDialog } from "./dialogs";
import { type Chosen, ofDrop, ofInput } from "./dropped";
import { useFileErrors } from "./errors";
import { FileList, type Sort } from "./FileList";
import { useListing } from "./listing";
import { TransferList } from "./Transfers";
import { shown } from "./view";

/** The files of a device. */
export function FilesTab() {
  const user = useQuery(meQuery).data?.user.id;
  return user === undefined ? null : <DeviceFiles user={user} />;
}

function DeviceFiles({ user }: { readonly user: string }) {
  const { device } = useDevice();
  const { t } = useTexts();
  const describe = useFileErrors();
  const writes = device.permissions.includes("write-files");
  const operations = useMemo<readonly Operation[]>(
    () => (writes ? ["file-read", "file-write"] : ["file-read"]),
    [writes],
  );
  const tool = useToolSession(device.uid, operations, roots);
  const { connection } = tool;
  const [transfers] = useState(() => new Transfers(user, device.uid, save));
  const session = connection.kind === "open" ? connection.session : null;
  useEffect(() => transfers.use(session), [transfers, session]);
  useEffect(() => {
    let left = false;
    void interrupted(user, device.uid).then((found) => {
      if (!left) for (const stored of found) transfers.interrupted(stored);
    });
    return () => {
      left = true;
    };
  }, [transfers, user, device.uid]);
  return (
    <section className="files-page" aria-label={t("device.tab.files")}>
      <SessionHead
        tool={tool}
        device={device}
        noSession={t("files.noSession", { device: inertText(device.name) })}
        describe={(error) => describe(error.code, error.detail)}
        loss={() => ({
          title: transfers.active ? t("files.leaveTitle") : t("comment.endTitle", { device: inertText(device.name) }),
          body: t(transfers.active ? "files.leaveBody" : "comment.endBody"),
          asks: transfers.active,
        })}
      />
      {connection.kind === "open" && connection.prepared.length === 0 && (
        <Notice variant="info" isInline title={t("files.noRoots")} />
      )}
      {connection.kind === "open" && connection.prepared.length > 0 && (
        <Browser
          session={connection.session}
          roots={connection.prepared}
          writes={connection.session.granted.includes("file-write")}
          transfers={transfers}
        />
      )}
      <TransferList transfers={transfers} />
    </section>
  );
}

/** As a download of the browser; the name is made harmless by it. */
function save(name: RawPath, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = url;
  link.download = inertText(textOf(name));
  link.click();
  // the browser has taken it by then
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

interface BrowserProps {
  readonly session: Session;
  readonly roots: readonly RawPath[];
  readonly writes: boolean;
  readonly transfers: Transfers;
}

function Browser({ session, roots, writes, transfers }: BrowserProps) {
  const { t, locale } = useTexts();
  const describe = useFileErrors();
  const { search } = useLocation();
  const navigate = useNavigate();
  const dialogs = useDialogs();
  const toasts = useToasts();
  const path = fromAddress(search) ?? roots[0] ?? "/";
  const { content, fail, reload, changed } = useListing(session, path);
  const [sort, setSort] = useState<Sort>({ key: "name", descending: false });
  const [filter, setFilter] = useState("");
  const [hidden, setHidden] = useState(false);
  const [selected, setSelected] = useState<ReadonlySet<RawPath>>(new Set());
  const files = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: of another folder nothing is selected
  useEffect(() => {
    setSelected(new Set());
    setFilter("");
  }, [path]);
  useEffect(() => {
    transfers.onUploaded = (uploaded) => {
      if (isWithin(uploaded, path)) changed();
    };
  }, [transfers, path, changed]);
  const entries = content.kind === "listed" && content.path === path ? content.listed.entries : null;
  const rows = useMemo(
    () => (entries === null ? [] : shown(entries, sort, filter, hidden)),
    [entries, sort, filter, hidden],
  );
  const chosen = useMemo(() => rows.filter(({ name }) => selected.has(name)), [rows, selected]);

  const go = (to: RawPath) => navigate({ search: `?path=${toAddress(to)}` });
  const open = async (entry: Entry) => {
    const to = join(path, entry.name);
    try {
      const { kind, size, modified } = entry.kind === "link" ? await leadsTo(session, to) : entry;
      if (kind === "folder") go(to);
      else if (kind === "file") transfers.download(to, size, modified);
    } catch (error) {
      fail(error);
    }
  };
  const upload = (all: readonly Chosen[]) => {
    for (const { file, below } of all) transfers.upload(path, below, file);
  };
  const done = () => {
    setSelected(new Set());
    reload();
  };
  const only = chosen.length === 1 ? chosen[0] : undefined;
  const drop = (event: DragEvent) => {
    event.preventDefault();
    if (writes) ofDrop(event.dataTransfer).then(upload, () => toasts.say("danger", t("files.dropFailure")));
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is one way; the buttons are the other
    <div className="files-browser" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <Crumbs roots={roots} path={path} onGo={go} />
      <div className="files-tools">
        <SearchInput
          aria-label={t("files.filter")}
          placeholder={t("files.filter")}
          value={filter}
          onChange={(_event, value) => setFilter(value)}
          onClear={() => setFilter("")}
        />
        <Checkbox
          id="files-hidden"
          label={t("files.hidden")}
          isChecked={hidden}
          onChange={(_event, on) => setHidden(on)}
        />
        <Button variant="secondary" size="sm" onClick={reload}>
          {t("files.refresh")}
        </Button>
        {writes && (
          <>
            <Button
              variant="secondary"
              size="sm"
              onClick={() =>
                dialogs.open((close) => (
                  <NameDialog session={session} path={null} folder={path} onDone={done} onClose={close} />
                ))
              }
            >
              {t("files.newFolder")}
            </Button>
            <Button variant="secondary" size="sm" onClick={() => files.current?.click()}>
              {t("files.upload")}
            </Button>
            <Button variant="secondary" size="sm" onClick={() => folder.current?.click()}>
              {t("files.uploadFolder")}
            </Button>
            <input
              ref={files}
              type="file"
              multiple
              hidden
              aria-label={t("files.upload")}
              onChange={(event) => {
                upload(ofInput(event.currentTarget.files));
                event.currentTarget.value = "";
              }}
            />
            <input
              ref={(element) => {
                folder.current = element;
                element?.setAttribute("webkitdirectory", "");
              }}
              type="file"
              hidden
              aria-label={t("files.uploadFolder")}
              onChange={(event) => {
                upload(ofInput(event.currentTarget.files));
                event.currentTarget.value = "";
              }}
            />
          </>
        )}
      </div>
      <div className="files-tools" role="toolbar" aria-label={t("files.selection")}>
        <span role="status">
          {entries === null
            ? ""
            : chosen.length > 0
              ? t("files.selected", { count: chosen.length })
              : t("files.entries", { count: rows.length.toLocaleString(locale) })}
          {content.kind === "listed" && ` · ${t("files.free", { free: bytes(content.listed.free, locale) })}`}
        </span>
        <Button
          variant="link"
          size="sm"
          isDisabled={!chosen.some(({ kind }) => kind === "file" || kind === "folder")}
          onClick={() => {
            for (const entry of chosen) {
              if (entry.kind === "file") transfers.download(join(path, entry.name), entry.size, entry.modified);
              if (entry.kind === "folder") transfers.downloadFolder(join(path, entry.name));
            }
          }}
        >
          {t("files.download")}
        </Button>
        {writes && (
          <>
            <Button
              variant="link"
              size="sm"
              isDisabled={only?.kind !== "file"}
              onClick={() =>
                only !== undefined &&
                dialogs.open((close) => (
                  <EditDialog session={session} path={join(path, only.name)} onDone={done} onClose={close} />
                ))
              }
            >
              {t("files.edit")}
            </Button>
            <Button
              variant="link"
              size="sm"
              isDisabled={only === undefined}
              onClick={() =>
                only !== undefined &&
                dialogs.open((close) => (
                  <NameDialog
                    session={session}
                    path={join(path, only.name)}
                    folder={path}
                    onDone={done}
                    onClose={close}
                  />
                ))
              }
            >
              {t("files.rename")}
            </Button>
            <Button
              variant="link"
              size="sm"
              isDanger
              isDisabled={chosen.length === 0}
              onClick={() => {
                const paths = chosen.map(({ name }) => join(path, name));
                dialogs.open((close) => <DeleteDialog session={session} paths={paths} onDone={done} onClose={close} />);
              }}
            >
              {t("files.delete")}
            </Button>
          </>
        )}
      </div>
      {content.kind === "failed" ? (
        <Notice variant="danger" isInline role="alert" title={t("files.listFailure")}>
          {describe(content.code, content.detail)}
        </Notice>
      ) : entries === null ? (
        <Spinner aria-label={t("loading")} />
      ) : rows.length === 0 ? (
        <p className="secondary">{t(entries.length === 0 ? "files.empty" : "files.noneShown")}</p>
      ) : (
        <FileList
          key={path}
          entries={rows}
          sort={sort}
          onSort={setSort}
          selected={selected}
          onSelect={setSelected}
          onOpen={(entry) => void open(entry)}
          label={t("files.list", { name: inertText(textOf(path)) })}
        />
      )}
    </div>
  );
}

/** What a link leads to: its own size and time are those of the link. */
async function leadsTo(session: Session, path: RawPath): Promise<Pick<Entry, "kind" | "size" | "modified">> {
  const { kind, size, modified } = await stat(session, path);
  return { kind: kind === "d" ? "folder" : kind === "f" ? "file" : "other", size, modified };
}

interface CrumbsProps {
  readonly roots: readonly RawPath[];
  readonly path: RawPath;
  readonly onGo: (path: RawPath) => void;
}

/** The way from the root to the folder, and to the other roots. */
function Crumbs({ roots, path, onGo }: CrumbsProps) {
  const { t } = useTexts();
  const root = [...roots].sort((a, b) => b.length - a.length).find((each) => isWithin(path, each));
  const way: RawPath[] = [];
  for (let at = path; root !== undefined && at !== root && way.length < 200; at = parentOf(at)) way.unshift(at);
  return (
    <nav className="files-crumbs" aria-label={t("files.way")}>
      <ol>
        {roots.map((each) => (
          <li key={each}>
            <Button
              variant="link"
              size="sm"
              isInline
              onClick={() => onGo(each)}
              {...(each === path ? { "aria-current": "page" as const } : {})}
            >
              <Inert text={textOf(each)} />
            </Button>
          </li>
        ))}
        {way.map((each) => (
          <li key={each} className="files-crumbs__below">
            <Button
              variant="link"
              size="sm"
              isInline
              onClick={() => onGo(each)}
              {...(each === path ? { "aria-current": "page" as const } : {})}
            >
              <Inert text={textOf(nameOf(each))} />
            </Button>
          </li>
        ))}
      </ol>
    </nav>
  );
}
