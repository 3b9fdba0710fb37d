/**
 * Opens the system's folder dialog. The input is created when needed, so that the scene's input stays the page's first
 * file input.
 */
export function chooseFolder(onChosen: (files: File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  input.addEventListener('change', () => onChosen([...(input.files ?? [])]));
  input.click();
}
