import { Field, importSlice, type Slice } from "./importer";

/** A folder that the caller sees; the root of what is seen has no parent in the list. */
export interface Folder {
  readonly id: string;
  readonly name: string;
  readonly parent: string | null;
  /** Devices in it and in everything below. */
  readonly devices: number;
  readonly permissions: readonly string[];
}

export interface FolderNode extends Folder {
  readonly depth: number;
  readonly children: readonly FolderNode[];
}

export function importFolder(value: unknown): Folder {
  const root = new Field(value);
  return {
    id: root.get("id").text(),
    name: root.get("name").text(),
    parent: root.get("parent").textOrNull(),
    devices: root.get("devices").absent ? 0 : root.get("devices").count(),
    permissions: root.get("permissions").texts(),
  };
}

export function importFolders(value: unknown): Slice<Folder> {
  return importSlice(value, importFolder);
}

/** The folders as a tree, by name. A folder whose parent is not seen stands at the top; a loop is cut, never followed. */
export function folderTree(folders: readonly Folder[]): readonly FolderNode[] {
  const known = new Set(folders.map((folder) => folder.id));
  const byParent = new Map<string | null, Folder[]>();
  for (const folder of folders) {
    const parent = folder.parent !== null && known.has(folder.parent) ? folder.parent : null;
    byParent.set(parent, [...(byParent.get(parent) ?? []), folder]);
  }
  const order = new Intl.Collator(undefined, { numeric: true });
  const below = (parent: string | null, depth: number): FolderNode[] =>
    depth > 64
      ? []
      : (byParent.get(parent) ?? [])
          .sort((a, b) => order.compare(a.name, b.name))
          .map((folder) => {
            return { ...folder, depth, children: below(folder.id, depth + 1) };
          });
  return below(null, 0);
}

/** The tree from top to bottom, as a menu shows it. */
export function flatten(nodes: readonly FolderNode[]): readonly FolderNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}

/** The names from the top down to this folder. */
export function folderPath(folders: readonly Folder[], id: string): readonly Folder[] {
  const byId = new Map(folders.map((folder) => [folder.id, folder]));
  const path: Folder[] = [];
  let next = byId.get(id);
  while (next !== undefined && !path.includes(next)) {
    path.unshift(next);
    next = next.parent === null ? undefined : byId.get(next.parent);
  }
  return path;
}
