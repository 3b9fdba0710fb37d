import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KeptUse } from '../../session/evidence/kept/kept-tiles.ts';
import { formatBytes } from '../format/format.ts';
import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

/** The space that what was found tile by tile takes on this device, and a button to delete it. Empty if there is none. */
export function KeptTiles() {
  const session = useSession();
  const use = useSignal<KeptUse | null>(null);
  // Measured again when a run ends.
  const running = session.asking.running.value;
  const measure = async () => {
    use.value = await session.keeping.tilesUse();
  };
  useEffect(() => void measure(), [running]);
  const clear = async () => {
    await report(session.notices, 'clear-tiles', () => session.keeping.clearTiles());
    await measure();
  };
  if (!use.value || use.value.tiles === 0) return null;
  return (
    <p class="overview-cache">
      Kept results of tiles: {formatBytes(use.value.bytes)} of at most {formatBytes(use.value.limitBytes)}{' '}
      <button
        type="button"
        class="link-button"
        disabled={running !== null}
        data-tip="So that a run goes on after a reload. Answers stay; later questions look at the image again"
        onClick={() => void clear()}
      >
        Delete kept results
      </button>
    </p>
  );
}
