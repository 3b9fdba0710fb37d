import { NOTHING_STATED, type Stated, type StatedFacts } from '../../imagery/image.ts';

const TAG = {
  description: 0x010e,
  make: 0x010f,
  model: 0x0110,
  orientation: 0x0112,
  written: 0x0132,
  exifDirectory: 0x8769,
  gpsDirectory: 0x8825,
  taken: 0x9003,
  digitised: 0x9004,
  offsetTaken: 0x9011,
  offsetDigitised: 0x9012,
} as const;
/** Of the GPS directory, whose tags have numbers of their own. */
const GPS = { latRef: 1, lat: 2, lonRef: 3, lon: 4, altitudeRef: 5, altitude: 6 } as const;
const TYPE = { byte: 1, ascii: 2, long: 4, rational: 5 } as const;
/** Longer texts are no names or dates. */
const MOST_CHARACTERS = 4096;

/** EXIF orientation in a TIFF structure: its value, and its position in `bytes` so that it can be reset. */
export interface StoredOrientation {
  value: number;
  at: number;
  littleEndian: boolean;
}

/**
 * Finds the orientation in EXIF data from PNG's eXIf, WebP's EXIF or JPEG's APP1 (after "Exif\0\0"); null if there is
 * none.
 */
export function findOrientation(bytes: Uint8Array, start: number, length: number): StoredOrientation | null {
  const exif = openExif(bytes, start, length);
  const at = exif?.entries(exif.first).get(TAG.orientation);
  if (!exif || at === undefined) return null;
  const { view, littleEndian } = exif;
  return { value: view.getUint16(at + 8, littleEndian), at: view.byteOffset - bytes.byteOffset + at + 8, littleEndian };
}

/** Sets orientations to 1 so that no decoder turns the pixels. */
export function resetOrientations(bytes: Uint8Array, orientations: readonly StoredOrientation[]): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (const { at, littleEndian } of orientations) view.setUint16(at, 1, littleEndian);
}

/**
 * What EXIF data say of how a picture was taken; null if the bytes are no EXIF data. Damaged or unknown entries count as
 * absent. Never throws.
 */
export function statedInExif(bytes: Uint8Array, start: number, length: number): StatedFacts | null {
  const exif = openExif(bytes, start, length);
  if (!exif) return null;
  const first = exif.entries(exif.first);
  const sub = exif.entries(exif.number(first, TAG.exifDirectory) ?? -1);
  const gps = exif.entries(exif.number(first, TAG.gpsDirectory) ?? -1);
  const camera = [exif.text(first, TAG.make), exif.text(first, TAG.model)].filter((text) => text !== null);
  const timed = (tag: number, name: string, offsetTag: number): Stated | null => {
    const text = date(exif.text(sub, tag));
    if (text === null) return null;
    return { text: [text, exif.text(sub, offsetTag)].filter((part) => part !== null).join(' '), tag: name };
  };
  const written = date(exif.text(first, TAG.written));
  return {
    ...NOTHING_STATED,
    acquired:
      timed(TAG.taken, 'EXIF DateTimeOriginal', TAG.offsetTaken) ??
      timed(TAG.digitised, 'EXIF DateTimeDigitized', TAG.offsetDigitised),
    written: written === null ? null : { text: written, tag: 'EXIF DateTime' },
    // Many cameras repeat the maker in the model's name.
    sensor: camera.length > 0 ? { text: withoutRepeat(camera), tag: 'EXIF Make, Model' } : null,
    description: exif.text(first, TAG.description),
    camera: positionIn(exif, gps),
  };
}

/** EXIF writes an unknown date as blanks or zeros. */
const date = (text: string | null): string | null => (text !== null && /[1-9]/.test(text) ? text : null);

function withoutRepeat([make = '', model]: readonly string[]): string {
  if (model === undefined) return make;
  return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`;
}

function positionIn(exif: Exif, gps: Entries): StatedFacts['camera'] {
  const angle = (tag: number, refTag: number, negative: string, most: number): number | null => {
    const [degrees, minutes = 0, seconds = 0] = exif.rationals(gps, tag);
    if (degrees === undefined) return null;
    const size = degrees + minutes / 60 + seconds / 3600;
    const value = exif.text(gps, refTag)?.toUpperCase() === negative ? -size : size;
    return Number.isFinite(value) && Math.abs(value) <= most ? value : null;
  };
  const [latDeg, lonDeg] = [angle(GPS.lat, GPS.latRef, 'S', 90), angle(GPS.lon, GPS.lonRef, 'W', 180)];
  // Receivers without a fix write zeros.
  if (latDeg === null || lonDeg === null || (latDeg === 0 && lonDeg === 0)) return null;
  const [height] = exif.rationals(gps, GPS.altitude);
  const isBelow = exif.byte(gps, GPS.altitudeRef) === 1;
  const altitudeMetres = height !== undefined && Number.isFinite(height) ? (isBelow ? -height : height) : null;
  return { lonDeg, latDeg, altitudeMetres, tag: 'EXIF GPS' };
}

/** Tag → where its entry starts in the view. */
type Entries = ReadonlyMap<number, number>;

type Exif = NonNullable<ReturnType<typeof openExif>>;

/** EXIF data as a TIFF structure; null if they are none. Nothing here reads outside of the data. */
function openExif(bytes: Uint8Array, start: number, length: number) {
  const end = Math.min(bytes.length, start + length);
  if (!(start >= 0 && end - start >= 8)) return null;
  const whole = new DataView(bytes.buffer, bytes.byteOffset + start, end - start);
  const prefix = whole.getUint32(0) === 0x45786966 ? 6 : 0;
  if (whole.byteLength < prefix + 8) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset + start + prefix, whole.byteLength - prefix);
  const order = view.getUint16(0);
  if (order !== 0x4949 && order !== 0x4d4d) return null;
  const littleEndian = order === 0x4949;
  const has = (at: number, size: number) => at >= 0 && at + size <= view.byteLength;

  /** Where the values of an entry of this type lie, and how many there are; null if they don't lie inside. */
  const valuesOf = (entries: Entries, tag: number, type: number, size: number) => {
    const entry = entries.get(tag);
    if (entry === undefined || view.getUint16(entry + 2, littleEndian) !== type) return null;
    const count = view.getUint32(entry + 4, littleEndian);
    const at = count * size <= 4 ? entry + 8 : view.getUint32(entry + 8, littleEndian);
    return has(at, count * size) ? { at, count } : null;
  };
  return {
    view,
    littleEndian,
    /** Where the first directory starts. */
    first: view.getUint32(4, littleEndian),
    entries(directory: number): Entries {
      const found = new Map<number, number>();
      if (!has(directory, 2)) return found;
      const count = view.getUint16(directory, littleEndian);
      for (let i = 0; i < count; i++) {
        const entry = directory + 2 + i * 12;
        if (!has(entry, 12)) break;
        const tag = view.getUint16(entry, littleEndian);
        if (!found.has(tag)) found.set(tag, entry);
      }
      return found;
    },
    text(entries: Entries, tag: number): string | null {
      const values = valuesOf(entries, tag, TYPE.ascii, 1);
      if (!values || values.count > MOST_CHARACTERS) return null;
      const stored = new Uint8Array(view.buffer, view.byteOffset + values.at, values.count);
      // ASCII by the standard, UTF-8 in practice.
      const text = new TextDecoder().decode(stored).split('\0')[0]!.trim();
      return text === '' ? null : text;
    },
    number(entries: Entries, tag: number): number | null {
      const values = valuesOf(entries, tag, TYPE.long, 4);
      return values && values.count === 1 ? view.getUint32(values.at, littleEndian) : null;
    },
    byte(entries: Entries, tag: number): number | null {
      const values = valuesOf(entries, tag, TYPE.byte, 1);
      return values && values.count >= 1 ? view.getUint8(values.at) : null;
    },
    /** Up to three; empty if there are none. */
    rationals(entries: Entries, tag: number): number[] {
      const values = valuesOf(entries, tag, TYPE.rational, 8);
      return Array.from({ length: Math.min(3, values?.count ?? 0) }, (_, i) => {
        const at = values!.at + 8 * i;
        return view.getUint32(at, littleEndian) / view.getUint32(at + 4, littleEndian);
      });
    },
  };
}
