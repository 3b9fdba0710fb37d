import type { OpenScene } from '../../../session/document.ts';
import { IconButton } from '../../parts/icon-button.tsx';
import { useSession } from '../../session-context.ts';
import { mapTool } from '../../ui-state.ts';
import { areaWords, lengthWords, measure } from './measuring.ts';
import { measured } from './tool-state.ts';

/** The length or area of the clicked points, with its unit. */
export function MeasureCard({ scene }: { scene: OpenScene }) {
  const { ground } = useSession();
  const tool = mapTool.value;
  const line = measured.value;
  if (tool !== 'distance' && tool !== 'area') return null;
  const least = tool === 'area' ? 3 : 2;
  const missing = least - (line?.points.length ?? 0);
  if (!line || missing > 0) {
    return (
      <p class="map-hint" role="status">
        {line
          ? `${missing} more point${missing === 1 ? '' : 's'}`
          : `Click points to measure ${tool === 'area' ? 'an area' : 'a distance'}`}
        ; Enter adds the middle of the map, Backspace removes the last point.
      </p>
    );
  }
  const found = measure(ground, scene, line.points, line.kind);
  return (
    <section class="map-card" aria-label="Measurement" aria-live="polite">
      <header>
        <h3>{line.kind === 'area' ? 'Area' : 'Distance'}</h3>
        <IconButton
          icon="close"
          label="Clear measurement"
          onClick={() => {
            measured.value = null;
          }}
        />
      </header>
      <p class="measure-figure">{line.kind === 'area' ? areaWords(found) : lengthWords(found)}</p>
      <p class="note">
        {line.kind === 'area' ? `${lengthWords(found)} around, ` : ''}
        {line.points.length} points, {found.how}
        {line.open ? '. A double click ends it.' : ''}
      </p>
    </section>
  );
}
