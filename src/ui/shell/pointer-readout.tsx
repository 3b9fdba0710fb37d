import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { OpenScene } from '../../session/document.ts';
import { coverText } from '../cover/cover-text.ts';
import { formatGrouped, formatLonLat, formatSample } from '../format/format.ts';
import { useSession } from '../session-context.ts';
import { pointer } from '../ui-state.ts';

const readEveryMs = 120;
const maxBands = 6;

/** Ground and pixel coordinates under the pointer, and the file's values there. */
export function PointerReadout({ scene }: { scene: OpenScene }) {
  const { ground: place, cover } = useSession();
  const at = pointer.value;
  const values = usePixelValues(scene);
  if (!at) return <span class="status-item muted">Point at the map to read coordinates and values</span>;
  const lonLat = place.toLonLat(at.xPx, at.yPx);
  const crs = place.toCrs(at.xPx, at.yPx);
  const ground = cover.layer.value?.shown.visible ? coverText(cover.at(at.xPx, at.yPx)) : null;
  const reference = scene.info.georeference;
  const inDegrees = reference.kind === 'affine' && reference.units === 'degree';
  return (
    <span class="readout">
      {lonLat && <span class="status-item">{formatLonLat(lonLat)}</span>}
      {crs && !inDegrees && (
        <span class="status-item crs-item">
          E {formatGrouped(crs[0], 1)} N {formatGrouped(crs[1], 1)}
        </span>
      )}
      <span class="status-item" data-tip="Column, row">
        px {Math.floor(at.xPx)}, {Math.floor(at.yPx)}
      </span>
      {ground && <span class="status-item">{ground}</span>}
      {values && (
        <span class="status-item values-item" data-tip={scene.info.bands.map((band) => band.name).join(', ')}>
          {values.slice(0, maxBands).map(formatSample).join(' · ')}
          {values.length > maxBands && ' …'}
        </span>
      )}
    </span>
  );
}

/** Sample values under the pointer. One read at a time, at most one every `readEveryMs`. */
function usePixelValues(scene: OpenScene): number[] | null {
  const session = useSession();
  const values = useSignal<number[] | null>(null);
  useEffect(() => {
    let timer = 0;
    let reading = false;
    let lastKey = '';
    const read = async () => {
      timer = 0;
      const at = pointer.peek();
      const key = at ? `${Math.floor(at.xPx)},${Math.floor(at.yPx)}` : '';
      if (reading || key === lastKey) return;
      lastKey = key;
      if (!at) {
        values.value = null;
        return;
      }
      reading = true;
      try {
        values.value = await session.images.readPixel(Math.floor(at.xPx), Math.floor(at.yPx));
      } catch {
        values.value = null; // unreadable pixels have no values; the map shows the file's error
      } finally {
        reading = false;
        schedule();
      }
    };
    const schedule = () => {
      if (timer === 0) timer = setTimeout(() => void read(), readEveryMs);
    };
    const stop = pointer.subscribe(schedule);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [session, scene.info.id, values]);
  return values.value;
}
