/** A file that was dropped or chosen, with the names of the folders that it was in; without a file: an empty folder. */
export interface Chosen {
  readonly file: File | null;
  readonly below: readonly string[];
}

/** From an input; folders come with paths. */
export function ofInput(files: FileList | null): readonly Chosen[] {
  return [...(files ?? [])].map((file) => ({ file, below: (file.webkitRelativePath || "").split("/").slice(0, -1) }));
}

/** From a drop, folders with all that is in them. To be called while the event is handled. */
export async function ofDrop(data: DataTransfer): Promise<readonly Chosen[]> {
  const entries = [...data.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Chosen[] = [];
  for (const entry of entries) await collect(entry, [], found);
  return found;
}

async function collect(entry: FileSystemEntry, below: readonly string[], found: Chosen[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ file, below });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const here = [...below, entry.name];
  for (let empty = true; ; empty = false) {
    // some at a time
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) {
      if (empty) found.push({ file: null, below: here });
      return;
    }
    for (const child of some) await collect(child, here, found);
  }
}
