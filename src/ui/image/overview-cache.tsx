import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OverviewCacheUse } from '../../imagery/overviews.ts';
import { formatBytes } from '../format/format.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

/**
 * The space that stored overviews of all images take on this device, and a button to remove them. Empty if there are
 * none.
 */
export function OverviewCache() {
  const session = useSession();
  const use = useSignal<OverviewCacheUse | null>(null);
  const words = useSignal<string | null>(null);
  // Measured again when overviews were built.
  const ready = [...session.overviews.byScene.value.values()].filter(({ state }) => state === 'ready').length;
  const measure = async () => {
    use.value = await session.overviews.cacheUse().catch(() => null);
  };
  useEffect(() => void measure(), [ready]);
  const clear = async () => {
    const freed = await report(session.notices, 'clear-overviews', () => session.overviews.clearCache());
    if (freed !== undefined) {
      const before = use.value?.bytes ?? 0;
      words.value =
        freed < before ? `${formatBytes(freed)} freed. The rest is in use.` : `${formatBytes(freed)} freed.`;
    }
    await measure();
  };
  if (!use.value || (use.value.count === 0 && !words.value)) return null;
  return (
    <p class="overview-cache">
      Cached overviews: {formatBytes(use.value.bytes)} of at most {formatBytes(use.value.limitBytes)}{' '}
      {use.value.count > 0 && (
        <button
          type="button"
          class="link-button"
          data-tip="Overviews of open images stay until the images are closed"
          onClick={() => void clear()}
        >
          Clear cached overviews
        </button>
      )}
      <span role="status">{words.value}</span>
    </p>
  );
}
