import { Button, Skeleton } from "@patternfly/react-core";
import { AngleDownIcon, AngleRightIcon } from "@patternfly/react-icons";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import type { Folder } from "../../api/folder";
import { inertText } from "../../app/inert";
import { ProblemAlert } from "../../app/problems";
import { folderQuery, foldersBelowQuery } from "../../app/queries";
import { useTexts } from "../../i18n";

interface FolderTreeProps {
  /** The folder that is to be seen, with everything above it opened; null for none. */
  readonly selected: string | null;
  /** What stands in the row of a folder: a link, or something to choose it by. */
  readonly row: (folder: Folder) => ReactNode;
  readonly isCurrent: (folder: Folder) => boolean;
}

interface Context extends FolderTreeProps {
  /** The folders from the top to the selected one. */
  readonly path: readonly string[];
  readonly isOpen: (folder: Folder, depth: number) => boolean;
  readonly toggle: (folder: Folder, open: boolean) => void;
}

/** The folders as a tree, each branch loaded when it is opened: ten thousand folders cost what is looked at. */
export function FolderTree(props: FolderTreeProps) {
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const { data: selected } = useQuery({ ...folderQuery(props.selected ?? ""), enabled: props.selected !== null });
  const path =
    selected === undefined || props.selected === null ? [] : [...selected.path.map((each) => each.id), selected.id];
  const context: Context = {
    ...props,
    path,
    isOpen: (folder, depth) => toggled.get(folder.id) ?? (depth === 0 || path.includes(folder.id)),
    toggle: (folder, open) => setToggled((before) => new Map(before).set(folder.id, open)),
  };
  return <Branch parent={null} depth={0} context={context} />;
}

interface BranchProps {
  readonly parent: string | null;
  readonly depth: number;
  readonly context: Context;
}

function Branch({ parent, depth, context }: BranchProps) {
  const { t } = useTexts();
  const below = useInfiniteQuery(foldersBelowQuery(parent));
  if (below.isPending) {
    return (
      <div className="folder-tree__wait">
        <Skeleton screenreaderText={t("loading")} />
      </div>
    );
  }
  if (below.isError && below.data === undefined) {
    return <ProblemAlert title={t("devices.foldersFailure")} error={below.error} retry={() => void below.refetch()} />;
  }
  const folders = below.data.pages.flatMap((page) => page.items);
  // The way to what is selected is shown even where it stands far down a long branch.
  const next = context.path[depth];
  const apart = next !== undefined && below.hasNextPage && folders.every((folder) => folder.id !== next) ? next : null;
  return (
    <ul className="folder-tree">
      {folders.map((folder) => (
        <Node key={folder.id} folder={folder} depth={depth} context={context} />
      ))}
      {apart !== null && (parent === null || context.path[depth - 1] === parent) && (
        <Apart id={apart} depth={depth} context={context} />
      )}
      {below.hasNextPage && (
        <li>
          <Button
            variant="link"
            size="sm"
            isLoading={below.isFetchingNextPage}
            isDisabled={below.isFetchingNextPage}
            onClick={() => void below.fetchNextPage()}
          >
            {t("devices.moreFolders")}
          </Button>
        </li>
      )}
    </ul>
  );
}

function Apart({ id, depth, context }: { readonly id: string; readonly depth: number; readonly context: Context }) {
  const { data: folder } = useQuery(folderQuery(id));
  return folder === undefined ? null : <Node folder={folder} depth={depth} context={context} />;
}

interface NodeProps {
  readonly folder: Folder;
  readonly depth: number;
  readonly context: Context;
}

function Node({ folder, depth, context }: NodeProps) {
  const { t } = useTexts();
  const open = context.isOpen(folder, depth);
  return (
    <li>
      <div className={context.isCurrent(folder) ? "folder-tree__row folder-tree__row--current" : "folder-tree__row"}>
        {folder.children === 0 ? (
          <span className="folder-tree__toggle" />
        ) : (
          <button
            type="button"
            className="folder-tree__toggle"
            aria-expanded={open}
            aria-label={t("devices.below", { folder: inertText(folder.name) })}
            onClick={() => context.toggle(folder, !open)}
          >
            {open ? <AngleDownIcon /> : <AngleRightIcon />}
          </button>
        )}
        {context.row(folder)}
      </div>
      {open && folder.children > 0 && <Branch parent={folder.id} depth={depth + 1} context={context} />}
    </li>
  );
}
