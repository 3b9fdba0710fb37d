import type { Georeference, SceneInfo } from '../../workers/raster/api.ts';
import { crsOpen } from '../crs/crs-state.ts';
import { formatBytes, formatGrouped, formatGsd, formatSample } from '../format.ts';
import { drawingOf } from '../map/drawing.ts';
import { OverviewCache } from './overview-cache.tsx';

/** The georeference in words; nothing is guessed. */
function referenceWords(reference: Georeference): string {
  if (reference.kind === 'none') return `None: ${reference.reason}`;
  const [, , rowShear, , columnShear, ySize] = reference.geotransform;
  const words = [reference.pixelIsPoint ? 'pixel is point' : 'pixel is area'];
  if (rowShear !== 0 || columnShear !== 0) words.push('rotated');
  else if (ySize > 0) words.push('south up');
  if (reference.source && reference.source !== 'GeoTIFF tags') words.unshift(`from ${reference.source}`);
  if (reference.proj4 === null) words.push('no way to longitude and latitude known');
  return words.join(', ');
}

/** What the file says of itself. */
export function FileFacts({ info }: { info: SceneInfo }) {
  const reference = info.georeference;
  const drawing = drawingOf();
  const overviews = info.levels.filter((level) => level > 1);
  return (
    <div class="controls">
      <h3>File</h3>
      <dl class="facts">
        <dt>Size</dt>
        <dd>
          {formatGrouped(info.width)} × {formatGrouped(info.height)} px
        </dd>
        <dt>On disk</dt>
        <dd>{formatBytes(info.sizeBytes)}</dd>
        <dt>Bands</dt>
        <dd>
          {info.bands.length}: {info.bands.map((band) => band.name).join(', ')}
        </dd>
        <dt>Drawn by</dt>
        <dd>{drawing.by === 'gpu' ? 'the graphics adapter' : `the processor: ${drawing.reason}`}</dd>
        <dt>Type</dt>
        <dd>{info.sampleType}</dd>
        <dt>Nodata</dt>
        <dd>{info.nodata === null ? 'none' : formatSample(info.nodata)}</dd>
        <dt>Compression</dt>
        <dd>{info.compression}</dd>
        <dt>Layout</dt>
        <dd>{info.layout}</dd>
        <dt>Overviews</dt>
        <dd>{overviews.length > 0 ? overviews.map((level) => `1:${level}`).join(', ') : 'none'}</dd>
        <dt>CRS</dt>
        <dd>
          {reference.kind === 'affine'
            ? [reference.crs, reference.crsName].filter(Boolean).join(' · ') || 'not stated'
            : 'none'}
          {reference.kind === 'affine' && reference.chosenOver && ' · chosen by you'}
          <button
            type="button"
            class="link-button crs-change"
            onClick={() => {
              crsOpen.value = true;
            }}
          >
            {reference.kind === 'affine' && reference.crs ? 'Change…' : 'Choose…'}
          </button>
        </dd>
        <dt>GSD</dt>
        <dd>{info.gsdMetres ? formatGsd(info.gsdMetres) : 'unknown'}</dd>
        <dt>Georeference</dt>
        <dd>{referenceWords(reference)}</dd>
        {(reference.notes ?? []).length > 0 && (
          <dd class="facts-notes">
            {reference.notes?.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </dd>
        )}
      </dl>
      <OverviewCache />
    </div>
  );
}
