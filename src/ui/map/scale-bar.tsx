import { formatMetres } from '../format/format.ts';
import { mapResolution } from '../ui-state.ts';
import { scaleBarLength } from './scale-bar-length.ts';

/** Ground distance along the screen's x axis; hidden if the image has no known location. */
export function ScaleBar({ gsdMetres }: { gsdMetres: { x: number; y: number } | null }) {
  const resolution = mapResolution.value;
  if (!gsdMetres || resolution === null) return null;
  const { metres, widthPx } = scaleBarLength(gsdMetres.x * resolution);
  return (
    <div class="scale-bar" role="img" aria-label={`Scale bar: ${formatMetres(metres)}`}>
      {formatMetres(metres)}
      <span class="bar" style={{ width: `${widthPx}px` }} />
    </div>
  );
}
