import { FormSelect, FormSelectOption } from "@patternfly/react-core";
import { AngleDownIcon, AngleRightIcon } from "@patternfly/react-icons";
import { useMemo, useState } from "react";
import { Link } from "react-router";
import { type Folder, type FolderNode, flatten, folderPath, folderTree } from "../../api/folder";
import { Inert, inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

/** The folders as a tree beside the list: links, so that each can be opened in a tab of its own. */
export function FolderTree({ folders, selected, href }: FolderTreeProps) {
  const tree = useMemo(() => folderTree(folders), [folders]);
  const [toggled, setToggled] = useState<ReadonlyMap<string, boolean>>(new Map());
  const onPath = useMemo(
    () => new Set(selected === null ? [] : folderPath(folders, selected).map((each) => each.id)),
    [folders, selected],
  );
  const only = tree.length === 1 ? tree[0] : undefined;
  const context: TreeContext = {
    isOpen: (node) => toggled.get(node.id) ?? (node.depth === 0 || onPath.has(node.id)),
    toggle: (node) => setToggled((before) => new Map(before).set(node.id, !context.isOpen(node))),
    // The one folder at the top stands for everything, as does an address without a folder.
    isCurrent: (node) => node.id === selected || (selected === null && node === only),
    href: (node) => href(node === only ? null : node.id),
  };
  return <Branch nodes={tree} context={context} />;
}

interface FolderTreeProps {
  readonly folders: readonly Folder[];
  readonly selected: string | null;
  readonly href: (folder: string | null) => string;
}

interface TreeContext {
  readonly isOpen: (node: FolderNode) => boolean;
  readonly toggle: (node: FolderNode) => void;
  readonly isCurrent: (node: FolderNode) => boolean;
  readonly href: (node: FolderNode) => string;
}

function Branch({ nodes, context }: { readonly nodes: readonly FolderNode[]; readonly context: TreeContext }) {
  const { t, locale } = useTexts();
  return (
    <ul className="folder-tree">
      {nodes.map((node) => {
        const open = context.isOpen(node);
        return (
          <li key={node.id}>
            <div
              className={context.isCurrent(node) ? "folder-tree__row folder-tree__row--current" : "folder-tree__row"}
            >
              {node.children.length === 0 ? (
                <span className="folder-tree__toggle" />
              ) : (
                <button
                  type="button"
                  className="folder-tree__toggle"
                  aria-expanded={open}
                  aria-label={t("devices.below", { folder: inertText(node.name) })}
                  onClick={() => context.toggle(node)}
                >
                  {open ? <AngleDownIcon /> : <AngleRightIcon />}
                </button>
              )}
              <Link to={context.href(node)} {...(context.isCurrent(node) ? { "aria-current": "true" as const } : {})}>
                <Inert text={node.name} />
                <span className="pf-v6-screen-reader"> – {t("devices.title")}: </span>
                <span className="folder-tree__count">{node.devices.toLocaleString(locale)}</span>
              </Link>
            </div>
            {open && node.children.length > 0 && <Branch nodes={node.children} context={context} />}
          </li>
        );
      })}
    </ul>
  );
}

interface FolderSelectProps {
  readonly folders: readonly Folder[];
  readonly selected: string | null;
  readonly onSelect: (folder: string) => void;
  readonly id: string;
  /** Which folders can be chosen; all of them without it. */
  readonly allowed?: (folder: Folder) => boolean;
}

/** The folders as a menu, for narrow screens and forms. */
export function FolderSelect({ folders, selected, onSelect, id, allowed }: FolderSelectProps) {
  const { t } = useTexts();
  const nodes = useMemo(() => flatten(folderTree(folders)), [folders]);
  return (
    <FormSelect
      id={id}
      aria-label={t("devices.folder")}
      value={selected ?? nodes[0]?.id ?? ""}
      onChange={(_event, value) => onSelect(value)}
    >
      {nodes.map((node) => (
        <FormSelectOption
          key={node.id}
          value={node.id}
          label={`${"\u00a0\u00a0\u00a0".repeat(node.depth)}${inertText(node.name)}`}
          isDisabled={allowed !== undefined && !allowed(node)}
        />
      ))}
    </FormSelect>
  );
}
