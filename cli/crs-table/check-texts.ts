import { readFileSync } from 'node:fs';
import { groundDistanceMetres } from '../../src/geo/ground/gsd.ts';
import { makeToLonLat } from '../../src/geo/ground/projection.ts';
import type { Point } from '../../src/geo/types.ts';
import { isRefusal } from '../../src/raster/crs/conversion.ts';
import { loadCodes } from '../../src/raster/crs/table/codes.ts';
import { parseWkt, takeApart } from '../../src/raster/crs/wkt/wkt.ts';
import { definitionOf } from '../../src/raster/crs/wkt/wkt-definition.ts';

/**
 * Reads every text of texts.py with src/raster/crs, ignoring codes, and compares it with PROJ. Prints what isn't right.
 * WKT 1 can't express axes that point south (Krovak, Cassini grids) or formulas on a sphere: nine of its texts are
 * wrong for every reader.
 */
type Row = [code: number, name: string, kind: string, text: string, points: [number, number, number, number][]];
const RIGHT_METRES = 0.1;

const rows = JSON.parse(readFileSync(process.argv[2] ?? 'texts.json', 'utf8')) as Row[];
const meridians = Object.values((await loadCodes()).meridians);
const tally: Record<string, { right: number; refused: number; wrong: number }> = {};
for (const [code, name, kind, text, points] of rows) {
  tally[kind] ??= { right: 0, refused: 0, wrong: 0 };
  const root = parseWkt(text);
  const parts = root && takeApart(root);
  const read = parts ? (parts.proj4 ?? definitionOf(parts.horizontal, meridians)) : { refused: 'not well-known text' };
  if (isRefusal(read)) {
    tally[kind].refused++;
    console.info(`refused ${code} ${name} (${kind}): ${read.refused}`);
    continue;
  }
  const definition = typeof read === 'string' ? read : read.proj4;
  const toLonLat = makeToLonLat(definition);
  const misses = points.map(([x, y, lon, lat]) =>
    toLonLat ? groundDistanceMetres(toLonLat(x, y), [lon, lat] as Point) : Number.NaN,
  );
  const worst = Math.max(...misses);
  if (misses.every((miss) => miss < RIGHT_METRES)) tally[kind].right++;
  else {
    tally[kind].wrong++;
    console.info(`WRONG   ${code} ${name} (${kind}): ${worst} m off: ${definition}`);
  }
}
console.table(tally);
