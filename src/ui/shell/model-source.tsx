import { useSignal } from '@preact/signals';
import { NadirError } from '../../lib/errors.ts';
import { chooseFolder } from '../choose-folder.ts';
import { useSession } from '../session-context.ts';

/** Chooses the model: the embedded one, or a folder on disk until the page is closed. */
export function ModelSource() {
  const session = useSession();
  const folder = session.model.folder.value;
  const error = useSignal<NadirError | null>(null);
  const choose = (files: File[]) => {
    if (files.length === 0) return;
    error.value = null;
    session.model.loadFolder(files).catch((thrown: unknown) => {
      error.value = NadirError.from(thrown);
    });
  };
  return (
    <fieldset class="model-source">
      <legend>Model folder</legend>
      <p class="muted">
        {folder === null ? 'The model that comes with Nadir.' : `“${folder}”, until this page is reloaded.`}
      </p>
      <div class="adapter-actions">
        <button type="button" class="button" onClick={() => chooseFolder(choose)}>
          Choose model folder…
        </button>
        {folder !== null && (
          <button type="button" class="button" onClick={() => void session.model.loadEmbedded()}>
            Back to the embedded model
          </button>
        )}
      </div>
      {error.value && (
        <div class="failure" role="alert">
          <p>{error.value.message}</p>
          <code>{error.value.code}</code>
        </div>
      )}
    </fieldset>
  );
}
