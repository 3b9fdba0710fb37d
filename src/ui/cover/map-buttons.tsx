import { report } from '../report.ts';
import { useSession } from '../session-context.ts';

/** Map the scene, or the region that is drawn. */
export function MapButtons({ again = false }: { again?: boolean }) {
  const session = useSession();
  const { cover, layers, asking, notices } = session;
  if (!cover.isOffered.value) return null;
  const busy = asking.running.value !== null;
  const region = layers.region.value;
  const map = (of?: typeof region) => void report(notices, 'ask', () => cover.map(of ?? undefined));
  return (
    <div class="cover-actions">
      <button type="button" class="action" disabled={busy} onClick={() => map()}>
        {again ? 'Map the scene again' : 'Map the scene'}
      </button>
      {region && (
        <button type="button" class="action" disabled={busy} onClick={() => map(region)}>
          Map the marked region
        </button>
      )}
    </div>
  );
}
