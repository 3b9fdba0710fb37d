import { useSession } from '../session-context.ts';

const sceneInput = 'scene-file';
const layerInput = 'layer-files';

/** Shows the system's file dialog; what is chosen takes the place of what is open. */
export function pickFile(): void {
  document.getElementById(sceneInput)?.click();
}

/** The same, for layers above those that are open. */
export function pickLayers(): void {
  document.getElementById(layerInput)?.click();
}

/** The page's file inputs, hidden. They accept everything: what a file is, its bytes say, not its name. */
export function FileInput() {
  const session = useSession();
  // The session has turned failures into notices already.
  const choices = [
    { id: sceneInput, label: 'Scene file', open: (files: File[]) => session.openFiles(files) },
    { id: layerInput, label: 'Layer files', open: (files: File[]) => session.addFiles(files) },
  ];
  return (
    <>
      {choices.map(({ id, label, open }) => (
        <input
          key={id}
          id={id}
          type="file"
          multiple
          hidden
          aria-label={label}
          onChange={(event) => {
            const input = event.currentTarget;
            const files = [...(input.files ?? [])];
            if (files.length > 0) open(files).catch(() => undefined);
            input.value = ''; // so that choosing the same file again is a change
          }}
        />
      ))}
    </>
  );
}
