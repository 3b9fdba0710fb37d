import { makeFromLonLat, makeToLonLat } from '../../geo/ground/projection.ts';
import { isRefusal } from './conversion.ts';
import { type CrsInfo, NO_CRS, unitsOfDefinition } from './crs-info.ts';
import { type DatumShift, datumShift, NO_SHIFT } from './datum-shift.ts';
import { metresOf } from './definition.ts';
import { checkProj4 } from './proj4-text.ts';
import { loadCodes } from './table/codes.ts';
import { type KnownCrs, lookUpCrs } from './table/crs-table.ts';
import { parseWkt, takeApart, type WktParts } from './wkt/wkt.ts';
import { definitionOf } from './wkt/wkt-definition.ts';

/** The CRS of a known EPSG code. */
export function fromKnown(known: KnownCrs): CrsInfo {
  const notes: string[] = [];
  if (known.approximateMetres !== null) notes.push(approximateNote(known.name, known.approximateMetres));
  if (known.proj4 === null) {
    notes.push(
      `Nadir’s definition of ${known.name} doesn’t agree with PROJ, so longitude and latitude aren’t available.`,
    );
  }
  return {
    crs: `EPSG:${known.code}`,
    crsName: known.name,
    proj4: known.proj4,
    units: unitsOfDefinition(known.proj4, known.geographic),
    notes,
    shiftBase: known.shiftBase,
  };
}

export const approximateNote = (name: string, metres: number) =>
  `The datum of ${name} has no single shift to WGS 84: longitude and latitude may be up to ${metres} m off. Coordinates in the CRS itself are exact.`;

/** A CRS from well-known text of any version; null if the text can't be parsed. */
export async function crsFromWkt(text: string): Promise<CrsInfo | null> {
  const root = parseWkt(text.trim());
  if (!root) return null;
  const parts = takeApart(root);
  const notes: string[] = [];
  if (parts.vertical) notes.push(`The vertical CRS “${parts.vertical}” is ignored: Nadir places pixels in the plane.`);
  if (parts.kind === 'engineering') {
    notes.push(`“${parts.name ?? 'unnamed'}” is an engineering (local) CRS, which has no place on Earth.`);
  }
  if (parts.kind === 'geocentric') notes.push('A geocentric CRS doesn’t place a flat image.');
  if (parts.kind !== 'projected' && parts.kind !== 'geographic') {
    return parts.kind === 'unknown' ? null : { ...NO_CRS, crs: parts.name, crsName: parts.name, notes };
  }
  const name = parts.name && !/^(unknown|unnamed)$/i.test(parts.name) ? parts.name : null;
  const known = parts.epsg === null ? null : await lookUpCrs(parts.epsg);
  const written = await describedCrs(parts, name);
  const info = known?.proj4 ? compared(fromKnown(known), written) : written;
  const crs = parts.epsg === null ? (name ?? 'user-defined') : `EPSG:${parts.epsg}`;
  return { ...info, crs, crsName: info.crsName ?? name, notes: [...notes, ...info.notes] };
}

/** The CRS that the text describes, ignoring its EPSG code. */
async function describedCrs(parts: WktParts, name: string | null): Promise<CrsInfo> {
  if (parts.proj4) return crsFromProj4(parts.proj4, name);
  const plain = definitionOf(parts.horizontal, Object.values((await loadCodes()).meridians));
  const nowhere: CrsInfo = { ...NO_CRS, crsName: name };
  if (isRefusal(plain)) return { ...nowhere, notes: [`${plain.refused} Longitude and latitude aren’t available.`] };
  const shift: DatumShift | null = parts.boundShift
    ? { ...NO_SHIFT, shift: parts.boundShift }
    : await datumShift(plain);
  const notes: string[] = [];
  if (!shift) {
    notes.push(
      `The datum “${plain.datum.name}” has no known shift to WGS 84, so longitude and latitude aren’t available.`,
    );
  } else if (shift.approximateMetres !== null) notes.push(approximateNote(name ?? 'the CRS', shift.approximateMetres));
  const definition = shift ? `${plain.proj4}${shift.shift ? ` +towgs84=${shift.shift}` : ''} +no_defs` : null;
  const isGeographic = parts.kind === 'geographic';
  return {
    ...nowhere,
    proj4: definition && makeToLonLat(definition) ? definition : null,
    units: /\+to_degree=/.test(plain.proj4) ? 'unknown' : unitsOfDefinition(plain.proj4, isGeographic),
    notes,
    shiftBase: shift?.shiftBase ?? null,
  };
}

/** Two ways to write the same CRS differ by less than this, apart from the datum. */
const SAME_PLACE_METRES = 0.5;

/**
 * The CRS of the text's EPSG code. If the text describes a different CRS, the description wins, as in GDAL, with a
 * note.
 */
function compared(known: CrsInfo, written: CrsInfo): CrsInfo {
  // Web Mercator's WKT 1 describes an ellipsoidal Mercator, and WKT 1 can't describe axes that point south or west.
  if (known.crs === 'EPSG:3857' || known.proj4?.includes('+axis=')) return known;
  if (written.proj4 === null || givesSameCoordinates(known.proj4, written.proj4)) return known;
  const note = `The text names ${known.crs} but describes another CRS: a different projection, unit or meridian. Nadir uses the description, as GDAL does.`;
  return { ...written, notes: [...written.notes, note] };
}

/**
 * Whether two definitions give the same coordinates to places near the first one's origin. Datum shifts are ignored.
 */
export function givesSameCoordinates(a: string | null, b: string | null): boolean {
  const [first, second] = [a, b].map((definition) => definition?.replace(/ ?\+(towgs84|nadgrids)=\S+/g, '') ?? null);
  const [toLonLat, fromLonLat] = [makeToLonLat(first ?? null), makeFromLonLat(second ?? null)];
  if (!toLonLat || !fromLonLat || !first || !second) return false;
  const [metres, otherMetres] = [metresOf(first), metresOf(second)];
  const number = (key: string) => Number(new RegExp(`\\+${key}=(\\S+)`).exec(first)?.[1] ?? 0);
  const isGeographic = /\+proj=(longlat|latlong)/.test(first);
  if (isGeographic !== /\+proj=(longlat|latlong)/.test(second)) return false;
  const origin = /\+proj=utm/.test(first) ? [500_000, 5_000_000] : [number('x_0'), number('y_0')];
  const offsets = isGeographic
    ? [
        [5, 40],
        [15, 50],
      ]
    : [
        [1000, 1000],
        [150_000, 100_000],
        [-120_000, -90_000],
      ];
  return offsets.every(([dx, dy]) => {
    const [x, y] = isGeographic ? [dx!, dy!] : [(origin[0]! + dx!) / metres, (origin[1]! + dy!) / metres];
    const place = toLonLat(x, y);
    // A point outside the projection's domain is inconclusive; the other points decide.
    if (!place.every(Number.isFinite)) return true;
    const back = fromLonLat(...place);
    const inMetres = isGeographic ? 111_000 : metres;
    return (
      Math.abs(metres - otherMetres) < 1e-9 * metres &&
      Math.hypot(back[0] - x, back[1] - y) * inMetres < SAME_PLACE_METRES
    );
  });
}

/**
 * Reads what a user types or pastes: "EPSG:32611", "32611", a proj4 string, or WKT. Null if it is none of these or the
 * code is unknown.
 */
export async function crsFromText(text: string): Promise<CrsInfo | null> {
  const trimmed = text.trim();
  const code = /^(?:EPSG\s*:+\s*)?(\d{4,6})$/i.exec(trimmed)?.[1];
  if (code) {
    const known = await lookUpCrs(Number(code));
    return known && fromKnown(known);
  }
  if (/^\+?\w+=/.test(trimmed)) return /\+proj=/.test(trimmed) ? crsFromProj4(trimmed, null) : null;
  return crsFromWkt(trimmed);
}

/** A proj4 definition from a user or a file. If it can't be used, a note says why. */
function crsFromProj4(text: string, name: string | null): CrsInfo {
  const info: CrsInfo = { ...NO_CRS, crs: 'user-defined', crsName: name ?? 'proj4 definition' };
  const checked = checkProj4(text);
  if (isRefusal(checked)) return { ...info, notes: [`${checked.refused} Longitude and latitude aren’t available.`] };
  // proj4js looks for NAD27's grid files and, without them, applies no shift at all.
  const isNad27 = /\+datum=nad27\b/i.test(checked);
  const proj4 = isNad27 ? checked.replace(/\+datum=\S+/, `+ellps=clrk66 +towgs84=${NAD27_SHIFT}`) : checked;
  if (!makeToLonLat(proj4))
    return { ...info, notes: ['proj4 can’t read this definition. Longitude and latitude aren’t available.'] };
  const geographic = /\+proj=(longlat|latlong|lonlat|latlon)\b/.test(proj4);
  return { ...info, proj4, units: unitsOfDefinition(proj4, geographic), shiftBase: isNad27 ? NAD27 : null };
}

const NAD27 = 4267;
const NAD27_SHIFT = '-8,159,175';
