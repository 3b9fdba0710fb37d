/** Saves `text` under `fileName` through the browser's download. */
export function download(fileName: string, text: string, type: string): void {
  const url = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName;
  link.click();
  // The download has started by the next task; until then the address must stay valid.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
