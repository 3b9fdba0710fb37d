import { formatBytes } from '../format/format.ts';
import { useSession } from '../session-context.ts';

/** Shows that an image is being opened and how much has arrived, and can cancel it. `words` come before the figures. */
export function OpeningLine({ words }: { words: string }) {
  const { opening } = useSession();
  const bytes = opening.bytes.value;
  return (
    <>
      <span class="opening" role="status">
        <span class="spinner" aria-hidden="true" />
        <span class="opening-words">{words}</span>
        {bytes !== null && ` · ${formatBytes(bytes)} read`}
      </span>
      <button type="button" class="action" aria-label="Cancel opening" onClick={() => opening.cancel()}>
        Cancel
      </button>
    </>
  );
}
