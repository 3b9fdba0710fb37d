import type { ExportedFile } from '../session/types.ts';

/** Saves the file through the browser's download. */
export function download({ fileName, blob }: ExportedFile): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has started by the next task; until then the address must stay valid.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
