import { TextArea, TextInput } from "@patternfly/react-core";
import { useEffect, useState } from "react";
import { ActionDialog } from "../../app/dialog";
import { TextField } from "../../app/field";
import { inertText } from "../../app/inert";
import {
  count,
  FileError,
  isName,
  join,
  makeFolder,
  nameOf,
  parentOf,
  type RawPath,
  rawOf,
  remove,
  rename,
  textOf,
  upload,
} from "../../files";
import { type EditedText, readText, written } from "../../files/text";
import { useTexts } from "../../i18n";
import type { Session } from "../../session/api";
import { asProblems, useFileErrors } from "./errors";

interface DialogProps {
  readonly session: Session;
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** A new folder, or another name for an entry. */
export function NameDialog({
  session,
  path,
  folder,
  onDone,
  onClose,
}: DialogProps & { readonly path: RawPath | null; readonly folder: RawPath }) {
  const { t } = useTexts();
  const describe = useFileErrors();
  const before = path === null ? "" : textOf(nameOf(path));
  const [name, setName] = useState(before);
  const raw = rawOf(name);
  const title = path === null ? t("files.newFolder") : t("files.renameTitle", { name: inertText(before) });
  return (
    <ActionDialog
      title={title}
      action={t(path === null ? "files.create" : "files.rename")}
      failure={title}
      ready={isName(raw) && name !== before}
      onAction={() =>
        asProblems(describe, async () => {
          if (path === null) await makeFolder(session, join(folder, raw));
          else await rename(session, path, join(parentOf(path), raw));
          onDone();
          onClose();
        })
      }
      onClose={onClose}
    >
      <TextField label={t("files.column.name")} isRequired>
        {(field) => (
          <TextInput
            {...field}
            value={name}
            onChange={(_event, value) => setName(value)}
            autoComplete="off"
            spellCheck={false}
          />
        )}
      </TextField>
    </ActionDialog>
  );
}

/** Says how much would be lost before it is. */
export function DeleteDialog({
  session,
  paths,
  onDone,
  onClose,
}: DialogProps & { readonly paths: readonly RawPath[] }) {
  const { t, locale } = useTexts();
  const describe = useFileErrors();
  const [entries, setEntries] = useState<number | null>(null);
  const [uncounted, setUncounted] = useState(false);
  useEffect(() => {
    const abort = new AbortController();
    const add = async () => {
      let sum = 0;
      for (const path of paths) sum += await count(session, path, abort.signal);
      return sum;
    };
    add().then(setEntries, () => {
      if (!abort.signal.aborted) setUncounted(true);
    });
    return () => abort.abort();
  }, [session, paths]);
  const first = paths[0] ?? "";
  const title =
    paths.length === 1
      ? t("files.deleteTitle", { name: inertText(textOf(nameOf(first))) })
      : t("files.deleteSeveral", { count: paths.length });
  return (
    <ActionDialog
      title={title}
      action={t("files.delete")}
      failure={title}
      danger
      ready={entries !== null || uncounted}
      onAction={() =>
        asProblems(describe, async () => {
          try {
            for (const path of paths) await remove(session, path);
            onClose();
          } finally {
            onDone();
          }
        })
      }
      onClose={onClose}
    >
      <p role="status">
        {entries !== null
          ? t("files.deleteCount", { count: entries.toLocaleString(locale) })
          : t(uncounted ? "files.deleteUncounted" : "files.counting")}
      </p>
    </ActionDialog>
  );
}

/** A small text, saved only over the version that was read. */
export function EditDialog({ session, path, onDone, onClose }: DialogProps & { readonly path: RawPath }) {
  const { t } = useTexts();
  const describe = useFileErrors();
  const [text, setText] = useState<string | null>(null);
  const [before, setBefore] = useState<EditedText>({ text: "", lineEnd: "\n", tag: "" });
  const [failure, setFailure] = useState<string | null>(null);
  const title = t("files.editTitle", { name: inertText(textOf(nameOf(path))) });
  useEffect(() => {
    const abort = new AbortController();
    readText(session, path, abort.signal).then(
      (read) => {
        setBefore(read);
        setText(read.text);
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        setFailure(error instanceof FileError ? describe(error.code, error.detail) : describe("failed", ""));
      },
    );
    return () => abort.abort();
  }, [session, path, describe]);
  return (
    <ActionDialog
      title={title}
      action={t("action.save")}
      failure={title}
      variant="medium"
      ready={text !== null && text !== before.text}
      onAction={() =>
        asProblems(describe, async () => {
          await upload(session, path, written(text ?? "", before.lineEnd), { replace: true, match: before.tag });
          onDone();
          onClose();
        })
      }
      onClose={onClose}
    >
      {failure !== null ? (
        <p role="alert">{failure}</p>
      ) : text === null ? (
        <p role="status">{t("loading")}</p>
      ) : (
        <TextArea
          className="files__editor"
          aria-label={title}
          value={text}
          onChange={(_event, value) => setText(value)}
          rows={20}
          spellCheck={false}
          resizeOrientation="vertical"
        />
      )}
    </ActionDialog>
  );
}
