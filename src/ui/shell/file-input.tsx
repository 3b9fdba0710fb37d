import { useSession } from '../session-context.ts';

const sceneInput = 'scene-file';
const layerInput = 'layer-files';

/** Opens the system's file dialog. The chosen files replace the open image. */
export function pickFile(): void {
  document.getElementById(sceneInput)?.click();
}

/** The same, but adds layers above the open ones. */
export function pickLayers(): void {
  document.getElementById(layerInput)?.click();
}

/** The page's hidden file inputs. They accept everything, because a file's bytes, not its name, say what it is. */
export function FileInput() {
  const { opening } = useSession();
  const choices = [
    { id: sceneInput, label: 'Scene file', open: (files: File[]) => opening.openFiles(files) },
    { id: layerInput, label: 'Layer files', open: (files: File[]) => opening.addFiles(files) },
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
            if (files.length > 0) void open(files);
            input.value = ''; // so that choosing the same file again is a change
          }}
        />
      ))}
    </>
  );
}
