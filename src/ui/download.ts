import type { ExportedFile } from '../session/exporting/port.ts';

/** Saves the file as a browser download. */
export function download({ fileName, blob }: ExportedFile): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download starts in a later task; the address must stay valid until then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
