import { useSession } from '../session-context.ts';

const inputId = 'scene-file';

/** Shows the system's file dialog. */
export function pickFile(): void {
  document.getElementById(inputId)?.click();
}

/** The page's one file input, hidden. It accepts everything: what a file is, its bytes say, not its name. */
export function FileInput() {
  const session = useSession();
  return (
    <input
      id={inputId}
      type="file"
      hidden
      aria-label="Scene file"
      onChange={(event) => {
        const input = event.currentTarget;
        const file = input.files?.[0];
        // The session has turned a failure into a notice already.
        if (file) session.openFile(file).catch(() => undefined);
        input.value = ''; // so that choosing the same file again is a change
      }}
    />
  );
}
