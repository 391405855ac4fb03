import { FormSelect, FormSelectOption, TreeView, type TreeViewDataItem } from "@patternfly/react-core";
import { FolderIcon, FolderOpenIcon } from "@patternfly/react-icons";
import { useMemo } from "react";
import { type Folder, flatten, folderPath, folderTree } from "../../api/folder";
import { Inert, inertText } from "../../app/inert";
import { useTexts } from "../../i18n";

interface FolderPanelProps {
  readonly folders: readonly Folder[];
  readonly selected: string | null;
  readonly onSelect: (folder: string | null) => void;
}

/** The folders as a tree beside the list. */
export function FolderTree({ folders, selected, onSelect }: FolderPanelProps) {
  const { t, language } = useTexts();
  const tree = useMemo(() => folderTree(folders), [folders]);
  const open = useMemo(
    () => new Set(selected === null ? [] : folderPath(folders, selected).map((each) => each.id)),
    [folders, selected],
  );
  const data = useMemo(() => {
    const item = (node: (typeof tree)[number]): TreeViewDataItem => ({
      id: node.id,
      name: <Inert text={node.name} />,
      customBadgeContent: (
        <span>
          {node.devicesBelow.toLocaleString(language)}
          <span className="pf-v6-screen-reader"> {t("devices.title")}</span>
        </span>
      ),
      defaultExpanded: node.depth === 0 || open.has(node.id),
      ...(node.children.length === 0 ? {} : { children: node.children.map(item) }),
    });
    return tree.map(item);
  }, [tree, open, language, t]);
  const active = useMemo(() => {
    const find = (items: readonly TreeViewDataItem[]): TreeViewDataItem[] =>
      items.flatMap((each) => (each.id === selected ? [each] : find(each.children ?? [])));
    return selected === null ? data.slice(0, 1) : find(data);
  }, [data, selected]);
  return (
    <TreeView
      aria-label={t("devices.folders")}
      data={data}
      activeItems={active}
      hasBadges
      hasSelectableNodes
      icon={<FolderIcon />}
      expandedIcon={<FolderOpenIcon />}
      variant="compactNoBackground"
      onSelect={(_event, item) =>
        onSelect(tree.some((top) => top.id === item.id) && tree.length === 1 ? null : (item.id ?? null))
      }
    />
  );
}

/** The folders as a menu, for narrow screens and forms. */
export function FolderSelect({
  folders,
  selected,
  onSelect,
  id,
  allowed,
}: FolderPanelProps & { readonly id: string; readonly allowed?: (folder: Folder) => boolean }) {
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
