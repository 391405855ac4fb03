import { SearchInput } from "@patternfly/react-core";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Folder } from "../../api/folder";
import { useTypedSearch } from "../../app/debounce";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { folderSearchQuery } from "../../app/queries";
import { useTexts } from "../../i18n";
import { FolderTree } from "./FolderTree";
import { LONGEST_SEARCH } from "./filter";

interface FolderSearchProps {
  readonly selected: string | null;
  readonly row: (folder: Folder) => ReactNode;
  readonly isCurrent: (folder: Folder) => boolean;
}

/** The folders as a tree, or, while something is typed above it, those of that name with where they are. */
export function FolderSearch({ selected, row, isCurrent }: FolderSearchProps) {
  const { t } = useTexts();
  const [q, setQ] = useState("");
  const [typed, setTyped] = useTypedSearch(q, setQ);
  return (
    <>
      <SearchInput
        className="folder-search"
        aria-label={t("devices.searchFolders")}
        placeholder={t("devices.searchFolders")}
        value={typed}
        onChange={(_event, value) => setTyped(value.slice(0, LONGEST_SEARCH))}
        onClear={() => setTyped("")}
        resetButtonLabel={t("action.clear")}
      />
      {q.trim() === "" ? (
        <FolderTree selected={selected} row={row} isCurrent={isCurrent} />
      ) : (
        <Found q={q.trim()} row={row} isCurrent={isCurrent} />
      )}
    </>
  );
}

function Found({ q, row, isCurrent }: Omit<FolderSearchProps, "selected"> & { readonly q: string }) {
  const { t } = useTexts();
  const found = useQuery(folderSearchQuery(q));
  if (found.isError) {
    return <ProblemAlert title={t("devices.foldersFailure")} error={found.error} retry={() => void found.refetch()} />;
  }
  const folders = found.data?.items ?? [];
  return (
    <>
      <p role="status" className="secondary">
        {found.isPending
          ? t("loading")
          : folders.length === 0
            ? t("devices.noFolder")
            : found.data?.next === null
              ? t("devices.foldersFound", { count: folders.length })
              : t("devices.foldersMore", { count: folders.length })}
      </p>
      <ul className="folder-tree">
        {folders.map((folder) => (
          <li key={folder.id}>
            <div
              className={isCurrent(folder) ? "folder-tree__row folder-tree__row--current" : "folder-tree__row"}
              title={pathText(folder)}
            >
              {row(folder)}
            </div>
            {folder.path.length > 0 && <div className="secondary folder-tree__path">{pathText(folder)}</div>}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Where a folder is, as one text. */
export function pathText(folder: Folder): string {
  return folder.path.map((each) => inertText(each.name)).join(" › ");
}
