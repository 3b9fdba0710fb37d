/** Shows the system's dialog for a folder; made on the spot, so that the page's first file input stays the scene's. */
export function chooseFolder(onChosen: (files: File[]) => void): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.webkitdirectory = true;
  input.addEventListener('change', () => onChosen([...(input.files ?? [])]));
  input.click();
}
