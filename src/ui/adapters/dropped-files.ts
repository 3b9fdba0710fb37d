/** Adapter folders are small. The limit protects against a home directory dropped by mistake. */
const MAX_FILES = 64;
const DEEPEST = 2;

/**
 * All dropped files, including those in folders. Must be called within the drop event, because the browser then clears
 * the transfer.
 */
export async function droppedFiles(transfer: DataTransfer): Promise<File[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return [...transfer.files];
  const files: File[] = [];
  for (const entry of entries) await collect(entry, 0, files);
  return files;
}

async function collect(entry: FileSystemEntry, depth: number, files: File[]): Promise<void> {
  if (files.length >= MAX_FILES) return;
  if (entry instanceof FileSystemFileEntry) {
    files.push(await new Promise<File>((resolve, reject) => entry.file(resolve, reject)));
  } else if (entry instanceof FileSystemDirectoryEntry && depth < DEEPEST) {
    const reader = entry.createReader();
    for (;;) {
      const part = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
      if (part.length === 0) return;
      for (const child of part) await collect(child, depth + 1, files);
    }
  }
}

/**
 * Whether these files are, or contain, an adapter. If so, a drop anywhere in the window is treated as an adapter, not
 * an image.
 */
export function isAdapter(files: readonly File[]): boolean {
  return files.some((file) => file.name === 'adapter_config.json');
}
