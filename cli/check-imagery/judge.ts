import { applyGeotransform, invertGeotransform } from '../../src/geo/ground/affine.ts';
import { groundDistanceMetres, gsdAt } from '../../src/geo/ground/gsd.ts';
import { makeToLonLat } from '../../src/geo/ground/projection.ts';
import type { Geotransform, Point } from '../../src/geo/types.ts';
import { comparePixels, compareWithFingerprint, type PixelVerdict } from './pixels.ts';
import { type Reading, spotsOf } from './read-image.ts';
import type { Reference } from './reference.ts';

export interface Row {
  file: string;
  verdict: 'right' | 'refused' | 'broken' | 'unchecked' | 'WRONG' | 'CRASH';
  pixels: string;
  place: string;
  /**
   * Largest error of the corners and the centre, in pixels, by transform and by lon/lat; null if there is nothing to
   * compare.
   */
  cornerErrorPx: number | null;
  note: string;
}

const MAX_CORNER_PX = 0.1;
/**
 * Places that GDAL reads only sometimes or not at all; src/raster/place/places.test.ts checks them against their own
 * statements.
 */
const BEYOND_GDAL = /wx$|GeodataXform/i;

type Opened = Extract<Reading, { ok: true }>;

/** One line of the table. `reference` is null if there is none for the file. */
export function judge(file: string, reading: Reading, reference: Reference | null, samples: Float32Array | null): Row {
  const gdalFails = reference?.error ?? reference?.pixelError ?? null;
  if (!reading.ok) return refusedRow(file, reading, gdalFails);
  const row: Row = { file, verdict: 'right', pixels: '–', place: placeWords(reading), cornerErrorPx: null, note: '' };
  if (!reference || reference.error) {
    const note = reference ? 'opens; GDAL refuses it' : 'opens; no expectation stored';
    return { ...row, verdict: 'unchecked', note };
  }
  const faults: string[] = [];
  if (reading.width !== reference.width || reading.height !== reference.height) {
    faults.push(`size ${reading.width}×${reading.height}, GDAL ${reference.width}×${reference.height}`);
  }
  const type = typeFault(reading, reference);
  if (type) faults.push(type);
  const pixels = pixelsOf(reading, reference, samples, faults);
  if (pixels) row.pixels = pixels.words;
  else if (reference.pixelError) row.note = 'GDAL can’t read its pixels';
  const place = comparePlace(reading, reference);
  row.cornerErrorPx = place.cornerErrorPx;
  faults.push(...place.faults);
  if (place.note) row.note = [row.note, place.note].filter(Boolean).join('; ');
  if (faults.length > 0) return { ...row, verdict: 'WRONG', note: faults.join('; ') };
  return pixels ? row : { ...row, verdict: 'unchecked' };
}

function refusedRow(file: string, reading: Extract<Reading, { ok: false }>, gdalFails: string | null): Row {
  const crashed = reading.code === 'CRASH' || reading.code === 'INTERNAL';
  const verdict = crashed ? 'CRASH' : gdalFails ? 'broken' : 'refused';
  const note = `${reading.code}: ${reading.message.split(/(?<=[.!?])\s/)[0]}`;
  return { file, verdict, pixels: '–', place: '–', cornerErrorPx: null, note };
}

/**
 * A different type would change stretching, display and export even for equal values. GDAL reads half floats as floats;
 * a palette's colours are bytes.
 */
function typeFault({ sampleType, bands }: Opened, { dtype }: Reference): string | null {
  if (!dtype || dtype === sampleType || /palette/.test(bands[0]?.name ?? '')) return null;
  return sampleType === 'float16' && dtype === 'float32' ? null : `samples are ${sampleType}, GDAL ${dtype}`;
}

function pixelsOf(
  reading: Opened,
  reference: Reference,
  samples: Float32Array | null,
  faults: string[],
): PixelVerdict | null {
  const bands = reference.bands ?? reference.count;
  if (reading.bands.length !== bands) {
    faults.push(`${reading.bands.length} bands, GDAL ${bands}`);
    return null;
  }
  const alpha =
    reference.alphaBand !== null && reading.bands[reference.alphaBand]?.role === 'alpha' ? reference.alphaBand : null;
  const lossy = /JPEG|WebP|LERC|JPEG XL/i.test(reading.compression);
  const verdict = samples
    ? comparePixels(reading.samples, maskByAlpha(samples, reference, bands, alpha), lossy)
    : reference.fingerprint
      ? compareWithFingerprint(reading.samples, reference.fingerprint, lossy)
      : null;
  if (verdict && !verdict.good) faults.push(`pixels ${verdict.words}`);
  return verdict;
}

/** If both sides treat a band as transparency, ignores the pixels that it hides. */
export function maskByAlpha(
  samples: Float32Array,
  reference: Reference,
  bands: number,
  alpha: number | null,
): Float32Array {
  if (alpha === null) return samples;
  const masked = samples.slice();
  let at = 0;
  for (const [, , width, height] of reference.windows) {
    const size = width * height;
    for (let i = 0; i < size; i++) {
      if (samples[at + alpha * size + i] !== 0) continue;
      for (let band = 0; band < bands; band++) masked[at + band * size + i] = Number.NaN;
    }
    at += size * bands;
  }
  return masked;
}

function placeWords({ georeference, lonLat }: Opened): string {
  if (georeference.kind === 'none') return 'none';
  const source = georeference.source === 'GeoTIFF tags' || !georeference.source ? '' : ` (${georeference.source})`;
  return `${georeference.crs ?? 'no CRS'}${lonLat ? '' : ', no lon/lat'}${source}`;
}

function comparePlace(
  reading: Opened,
  reference: Reference,
): { cornerErrorPx: number | null; faults: string[]; note: string } {
  const { georeference } = reading;
  const theirs = reference.place.geotransform;
  if (georeference.kind === 'none') {
    const refusedFit = reference.place.fitted && /ground control point/.test(georeference.reason);
    if (!theirs || refusedFit) return { cornerErrorPx: null, faults: [], note: refusedFit ? georeference.reason : '' };
    return { cornerErrorPx: null, faults: [`not placed (${georeference.reason})`], note: '' };
  }
  if (!theirs && BEYOND_GDAL.test(georeference.source ?? '')) {
    return { cornerErrorPx: null, faults: [], note: `GDAL doesn’t read the place of ${georeference.source}` };
  }
  if (!theirs) return { cornerErrorPx: null, faults: ['placed, and GDAL doesn’t place it'], note: '' };
  const toPixel = invertGeotransform(theirs as Geotransform);
  const spots = spotsOf(reading.width, reading.height);
  const shifts = spots.map(([col, row]) => {
    const [theirCol, theirRow] = applyGeotransform(toPixel, ...applyGeotransform(georeference.geotransform, col, row));
    return Math.hypot(theirCol - col, theirRow - row);
  });
  const byLonLat = compareLonLat(reading, reference, spots);
  const cornerErrorPx = Math.max(...shifts, byLonLat.errorPx ?? 0);
  const faults = cornerErrorPx <= MAX_CORNER_PX ? [] : [`corners ${cornerErrorPx.toFixed(3)} px off`];
  return { cornerErrorPx, faults, note: byLonLat.note };
}

function compareLonLat(
  reading: Opened,
  reference: Reference,
  spots: readonly Point[],
): { errorPx: number | null; note: string } {
  const { georeference, lonLat } = reading;
  const theirs = reference.place.lonLat;
  if (georeference.kind === 'none' || !theirs) return { errorPx: null, note: '' };
  if (!lonLat) return { errorPx: null, note: georeference.notes?.at(-1) ?? 'no lon/lat' };
  const toLonLat = makeToLonLat(georeference.proj4);
  let worst = 0;
  let outside = 0;
  spots.forEach(([col, row], i) => {
    const ours = lonLat[i]!;
    const [lon, lat] = theirs[i]!.map(Number) as [number, number];
    // Both outside the projection, or only one could convert: no wrong place.
    if (!ours.every(Number.isFinite) || !Number.isFinite(lon) || !Number.isFinite(lat)) {
      outside++;
      return;
    }
    const gsd = toLonLat && gsdAt(georeference.geotransform, toLonLat, col, row);
    const pixel = gsd ? Math.max(Math.min(gsd.x, gsd.y), 1e-3) : Number.NaN;
    const error = groundDistanceMetres(ours, [lon, lat]) / pixel;
    if (error > worst) worst = error;
  });
  return { errorPx: worst, note: outside > 0 ? `${outside} of 5 spots lie outside the projection` : '' };
}
