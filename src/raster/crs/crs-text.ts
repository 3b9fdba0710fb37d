import { makeToLonLat } from '../../geo/projection.ts';
import { type CrsInfo, NO_CRS, unitsOfDefinition } from './crs-info.ts';
import { type KnownCrs, lookUpCrs } from './crs-table.ts';
import { type DatumShift, datumShift, NO_SHIFT } from './datum-shift.ts';
import { parseWkt, takeApart } from './wkt.ts';
import { definitionOf } from './wkt-definition.ts';

/** The CRS that a known EPSG code stands for. */
export function fromKnown(known: KnownCrs): CrsInfo {
  const notes: string[] = [];
  if (known.approximateMetres !== null) notes.push(approximateNote(known.name, known.approximateMetres));
  if (known.proj4 === null) {
    notes.push(`No offline definition of ${known.name} agrees with PROJ, so that no longitude and latitude are given.`);
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

/** A CRS from well-known text of any kind; null where it can't be read at all. */
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
  const known = parts.epsg === null ? null : await lookUpCrs(parts.epsg);
  if (known?.proj4) {
    const info = fromKnown(known);
    return { ...info, notes: [...notes, ...info.notes] };
  }
  const plain = definitionOf(parts.horizontal);
  const name = parts.name && !/^(unknown|unnamed)$/i.test(parts.name) ? parts.name : null;
  const crs = parts.epsg === null ? (name ?? 'user-defined') : `EPSG:${parts.epsg}`;
  if (!plain) {
    notes.push(
      `Nadir has no formulas for the projection of “${name ?? 'the CRS'}”, so that no longitude and latitude are given.`,
    );
    return { ...NO_CRS, crs, crsName: name, notes };
  }
  const shift: DatumShift | null = parts.boundShift
    ? { ...NO_SHIFT, shift: parts.boundShift }
    : await datumShift(plain);
  if (!shift)
    notes.push(
      `How the datum “${plain.datum.name}” lies to WGS 84 isn’t known, so that no longitude and latitude are given.`,
    );
  else if (shift.approximateMetres !== null) notes.push(approximateNote(name ?? crs, shift.approximateMetres));
  const definition = shift ? `${plain.proj4}${shift.shift ? ` +towgs84=${shift.shift}` : ''} +no_defs` : null;
  return {
    crs,
    crsName: name,
    proj4: definition && makeToLonLat(definition) ? definition : null,
    units: unitsOfDefinition(plain.proj4, parts.kind === 'geographic'),
    notes,
    shiftBase: shift?.shiftBase ?? null,
  };
}

/**
 * What a user types or pastes: "EPSG:32611", "32611", a proj4 string, or WKT. Null where it is none of these or nothing is known
 * under that code.
 */
export async function crsFromText(text: string): Promise<CrsInfo | null> {
  const trimmed = text.trim();
  const code = /^(?:EPSG\s*:+\s*)?(\d{4,6})$/i.exec(trimmed)?.[1];
  if (code) {
    const known = await lookUpCrs(Number(code));
    return known && fromKnown(known);
  }
  if (/^\+?\w+=|\+proj=/.test(trimmed)) {
    if (!/\+proj=/.test(trimmed) || !makeToLonLat(trimmed)) return null;
    const geographic = /\+proj=(longlat|latlong)\b/.test(trimmed);
    return {
      crs: 'user-defined',
      crsName: 'proj4 definition',
      proj4: trimmed,
      units: unitsOfDefinition(trimmed, geographic),
      notes: [],
    };
  }
  return crsFromWkt(trimmed);
}
