import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import proj4 from 'proj4';
import { groundDistanceMetres } from '../../src/geo/ground/gsd.ts';
import { makeToLonLat } from '../../src/geo/ground/projection.ts';
import { isEarthCentred } from '../../src/raster/crs/datums.ts';
import { pickShift, type ShiftArea } from '../../src/raster/crs/table/shift-areas.ts';
import { ROOT } from '../paths.ts';

/**
 * Second half of making src/raster/crs/table/crs.json: for every CRS of EPSG, the definition with which proj4js agrees
 * with PROJ, or none. `npx tsx cli/crs-table/build.ts candidates.json`. If every definition of a CRS is more than
 * MAX_ERROR_METRES from PROJ, it keeps its name but gets no definition: no place is better than a wrong one.
 */
interface Candidate {
  code: number;
  name: string;
  deprecated: boolean;
  geographic: boolean;
  base: number;
  proj4: string | null;
  points: [number, number, number, number][];
}

interface Definition {
  text: string;
  error: number;
  /** Whether the shift depends on the place (src/raster/crs/table/shift-areas.ts). */
  byArea: boolean;
}

const MAX_ERROR_METRES = 60;
const GOOD_ENOUGH_METRES = 0.02;
/** Errors from here on are written to the table, rounded up to whole metres. */
const STATED_FROM_METRES = 0.5;

const { crs: rows, shifts } = JSON.parse(readFileSync(process.argv[2] ?? 'candidates.json', 'utf8')) as {
  crs: Candidate[];
  shifts: Record<string, [number, number, number, number, number, string][]>;
};
const areasOf = (base: number): ShiftArea[] =>
  (shifts[base] ?? []).map(([west, south, east, north, accuracyMetres, shift]) => ({
    west,
    south,
    east,
    north,
    accuracyMetres,
    shift,
  }));

const tally = { exact: 0, near: 0, approximate: 0, none: 0 };
const lines: (string | number)[][] = [];
const missed: string[] = [];
const basesUsed = new Set<number>();
for (const row of rows) {
  const found = bestDefinition(row);
  const best = found && found.error <= MAX_ERROR_METRES ? found : null;
  const approximate = best !== null && best.error >= STATED_FROM_METRES;
  tally[!best ? 'none' : approximate ? 'approximate' : best.error < GOOD_ENOUGH_METRES ? 'exact' : 'near']++;
  if (!best && !row.deprecated) missed.push(`${row.code} ${row.name} ${found?.error.toFixed(1)} ${found?.text}`);
  if (best?.byArea) basesUsed.add(row.base);
  const flags = `${row.geographic ? 'g' : 'p'}${row.deprecated ? 'd' : ''}${approximate ? Math.ceil(best.error) : ''}`;
  lines.push([row.code, flags, row.name, ...(best ? [best.text] : []), ...(best?.byArea ? [row.base] : [])]);
}

function bestDefinition(row: Candidate): Definition | null {
  if (!row.proj4 || row.points.length === 0) return null;
  const bare = simplify(row.proj4);
  const plain = { text: bare, error: worstError(bare, row.points), byArea: false };
  // PROJ's "ballpark" result ignores a far datum's shift. A definition without a shift agrees with it, but is a hundred
  // metres off.
  const isBallpark = !/\+(towgs84|datum|nadgrids|R)=/.test(bare) && !onEarthCentred(bare);
  if (plain.error < GOOD_ENOUGH_METRES && !isBallpark) return plain;
  const unshifted = withEllipsoid(bare.replace(/\+(towgs84|datum|nadgrids)=\S+ ?/g, '').trim(), row.proj4);
  const areas = areasOf(row.base);
  const shifted = (shift: string) => `${unshifted} +towgs84=${shift}`;
  // Uses the place's shift, as the app does for an image. Without one, PROJ has only its ballpark result.
  const placed = row.points.flatMap((point) => {
    const picked = pickShift(areas, point[2], point[3]);
    return picked ? [{ shift: picked.shift, error: worstError(shifted(picked.shift), [point]) }] : [];
  });
  const usual = placed[0];
  if (usual && placed.length >= row.points.length / 2) {
    const errors = placed.map(({ error }) => error).sort((x, y) => x - y);
    const typical = errors[Math.floor(errors.length / 2)]!;
    const ruled = { text: shifted(usual.shift), error: errors.at(-1)!, byArea: areas.length > 1 };
    if (typical < GOOD_ENOUGH_METRES) return ruled;
  }
  const others = areas.map(({ shift }) => {
    const text = shifted(shift);
    return { text, error: worstError(text, row.points), byArea: false };
  });
  const all = [...(isBallpark ? [] : [plain]), ...others];
  return all.length === 0 ? null : all.reduce((x, y) => (y.error < x.error - 0.05 ? y : x));
}

function onEarthCentred(definition: string): boolean {
  try {
    const { a, b } = proj4.Proj(definition) as unknown as { a: number; b: number };
    return isEarthCentred(a, b);
  } catch {
    return false;
  }
}

/** `+datum` stands for both an ellipsoid and a shift. */
function withEllipsoid(definition: string, original: string): string {
  const datum = /\+datum=(\S+)/.exec(original)?.[1];
  const ellipsoid = { WGS84: 'WGS84', NAD83: 'GRS80', NAD27: 'clrk66', potsdam: 'bessel' }[datum ?? ''];
  return ellipsoid && !/\+(ellps|a)=/.test(definition) ? `${definition} +ellps=${ellipsoid}` : definition;
}

function simplify(definition: string): string {
  return definition
    .split(/\s+/)
    .filter((part) => part && !/^\+(no_defs|type=crs|wktext|units=m|vunits=m)(=True)?$/.test(part))
    .join(' ')
    .replaceAll('=True', '');
}

function worstError(definition: string, points: Candidate['points']): number {
  const toLonLat = makeToLonLat(definition);
  if (!toLonLat) return Number.POSITIVE_INFINITY;
  const errors = points.map(([x, y, lon, lat]) => groundDistanceMetres(toLonLat(x, y), [lon, lat]));
  return errors.every(Number.isFinite) ? Math.max(...errors) : Number.POSITIVE_INFINITY;
}

/**
 * One row per line, so that a change shows as one line. EPSG Geodetic Parameter Dataset © IOGP (epsg.org), as
 * distributed with PROJ.
 */
function write(file: string, content: readonly unknown[]): number {
  const text = `[\n${content.map((row) => JSON.stringify(row)).join(',\n')}\n]\n`;
  writeFileSync(join(ROOT, 'src/raster/crs/table', file), text);
  return text.length;
}

const tableSize = write('crs.json', lines);
const areasSize = write(
  'shift-areas.json',
  [...basesUsed].sort((a, b) => a - b).map((base) => [base, ...(shifts[base] ?? []).map((area) => area.join(','))]),
);
console.info(
  `${rows.length} CRS: ${tally.exact} agree with PROJ within 2 cm, ${tally.near} within half a metre, ${tally.approximate} within ${MAX_ERROR_METRES} m, ${tally.none} without a definition. ${tableSize} + ${areasSize} characters.`,
);
console.info(missed.join('\n'));
