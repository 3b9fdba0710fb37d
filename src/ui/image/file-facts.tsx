import type { BandInfo, SceneInfo } from '../../imagery/image.ts';
import type { Georeference } from '../../imagery/place.ts';
import { crsOpen } from '../crs/crs-state.ts';
import { formatBytes, formatGrouped, formatGsd, formatSample } from '../format/format.ts';
import { drawingOf } from '../map/layers/drawing.ts';
import { KeptTiles } from './kept-tiles.tsx';
import { OverviewCache } from './overview-cache.tsx';

/** The georeference as text. */
function referenceWords(reference: Georeference): string {
  if (reference.kind === 'none') return `None: ${reference.reason}`;
  const [, , rowShear, , columnShear, ySize] = reference.geotransform;
  const words = [reference.pixelIsPoint ? 'pixel is point' : 'pixel is area'];
  if (rowShear !== 0 || columnShear !== 0) words.push('rotated');
  else if (ySize > 0) words.push('south up');
  if (reference.source && reference.source !== 'GeoTIFF tags') words.unshift(`from ${reference.source}`);
  if (reference.proj4 === null) words.push('no conversion to longitude and latitude');
  return words.join(', ');
}

/** One value for all bands, or one per band. */
function nodataWords(bands: readonly BandInfo[]): string {
  const words = bands.map(({ nodata }) => (nodata ? formatSample(nodata.value) : 'none'));
  if (words.every((word) => word === words[0])) return words[0] ?? 'none';
  return words.map((word, band) => `band ${band + 1}: ${word}`).join(', ');
}

function Notes({ of: notes }: { of: readonly string[] }) {
  if (notes.length === 0) return null;
  return (
    <dd class="facts-notes">
      {notes.map((note) => (
        <p key={note}>{note}</p>
      ))}
    </dd>
  );
}

/** What the file states about itself. */
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
        <dd>{nodataWords(info.bands)}</dd>
        <Notes of={info.notes} />
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
        <Notes of={reference.notes ?? []} />
      </dl>
      <OverviewCache />
      <KeptTiles />
    </div>
  );
}
