import type { BandInfo, SampleType } from '../../imagery/image.ts';

/** A stated nodata value, applied to samples of one type. */
export interface Nodata {
  /** For the user; null if none is stated or no sample can equal it. May be NaN. */
  value: number | null;
  /** Samples from `low` to `high` are invalid; both are NaN if none is. Non-finite samples are always invalid. */
  low: number;
  high: number;
  /** The value of blocks that the file leaves out. */
  fill: number;
}

export const NO_NODATA: Nodata = { value: null, low: Number.NaN, high: Number.NaN, fill: 0 };

const INTEGERS: Partial<Record<SampleType, readonly [bigint, bigint]>> = {
  uint8: [0n, 255n],
  int8: [-128n, 127n],
  uint16: [0n, 65535n],
  int16: [-32768n, 32767n],
  uint32: [0n, 2n ** 32n - 1n],
  int32: [-(2n ** 31n), 2n ** 31n - 1n],
  uint64: [0n, 2n ** 64n - 1n],
  int64: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** GDAL considers floats equal if they differ by less than this share of their sum: two steps of a 32-bit float. */
const FLOAT_TOLERANCE = 2 * 2 ** -23;
/** From here on, a sum of 32-bit floats is infinite. */
const FLOAT32_OVERFLOW = 2 ** 128 - 2 ** 103;

/**
 * What a text from GDAL_NODATA or an .aux.xml means for samples of `type`, as in GDAL's masks and reads. A value
 * outside an integer type matches nothing, and blocks that the file leaves out read as the type's nearest value. A
 * fraction matches its integer part. Samples of fewer than 8 bits count as bytes. Unlike GDAL, which reads a text
 * without a number as 0, we ignore it. `note`: a sentence for the user if the text isn't used as stated.
 */
export function nodataOf(text: string | null, type: SampleType): { nodata: Nodata; note: string | null } {
  const stated = text?.split('\0')[0]?.trim();
  if (!stated) return { nodata: NO_NODATA, note: null };
  const read = readNumber(stated);
  if (!read) return { nodata: NO_NODATA, note: `The nodata value “${stated}” is not a number; it was ignored.` };
  const range = INTEGERS[type];
  const { nodata, note } = range ? forIntegers(read, type, range) : forFloats(read, type);
  const rest = `Of the nodata value “${stated}” only “${read.text}” was read, as in GDAL.`;
  return { nodata, note: note ?? (read.text === stated ? null : rest) };
}

interface ReadNumber {
  text: string;
  value: number;
}

const NAN = /^[+-]?(?:nan(?:\(\w*\))?|1\.#(?:ind|[qs]?nan))/i;
const INFINITE = /^[+-]?(?:inf(?:inity)?|1\.#inf)/i;
const NUMBER = /^[+-]?(?:\d+[.,]?\d*|[.,]\d+)(?:e[+-]?\d+)?/i;

/**
 * The number at the start of a text, with a decimal point or comma, or a word of C or Windows such as "nan"; null if
 * there is none.
 */
function readNumber(text: string): ReadNumber | null {
  const nan = NAN.exec(text)?.[0];
  if (nan !== undefined) return { text: nan, value: Number.NaN };
  const infinite = INFINITE.exec(text)?.[0];
  if (infinite !== undefined) {
    return { text: infinite, value: infinite.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY };
  }
  const number = NUMBER.exec(text)?.[0];
  // Adding 0 turns −0 into 0.
  return number === undefined ? null : { text: number, value: Number(number.replace(',', '.')) + 0 };
}

function forIntegers(
  { text, value }: ReadNumber,
  type: SampleType,
  [least, most]: readonly [bigint, bigint],
): { nodata: Nodata; note: string | null } {
  // Doubles hold integers exactly only up to 2^53.
  const whole = /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : null;
  const inside = whole === null ? value >= Number(least) && value <= Number(most) : whole >= least && whole <= most;
  if (!inside) {
    const fill = Number.isNaN(value) ? 0 : Number(value < 0 ? least : most);
    return {
      nodata: { ...NO_NODATA, fill },
      note: `The nodata value ${text} lies outside ${type} (${least} to ${most}), so no pixel can have it.`,
    };
  }
  if (whole === null) {
    const before = Math.trunc(value);
    const fill = type.endsWith('64') ? before : Math.sign(value) * Math.round(Math.abs(value));
    return {
      nodata: { value: before, low: before, high: before, fill },
      note: Number.isInteger(value)
        ? null
        : `The nodata value ${text} is not an integer; Nadir uses ${before}, as GDAL does.`,
    };
  }
  // Samples beyond 2^53 are refused, except the extremes of their type.
  const readable = BigInt(value) === whole || whole === least || whole === most;
  if (!readable) return { nodata: { ...NO_NODATA, value, fill: Number.NaN }, note: null };
  return { nodata: { value, low: value, high: value, fill: value }, note: null };
}

function forFloats({ text, value }: ReadNumber, type: SampleType): { nodata: Nodata; note: string | null } {
  const rounded = type === 'float32' ? Math.fround(value) : value;
  if (!Number.isFinite(rounded)) {
    const note = Number.isFinite(value)
      ? `The nodata value ${text} is too large for ${type}, so no pixel can have it.`
      : null;
    return { nodata: { ...NO_NODATA, value: note ? null : rounded, fill: rounded }, note };
  }
  const size = Math.abs(rounded);
  const nearest = (size * (1 - FLOAT_TOLERANCE)) / (1 + FLOAT_TOLERANCE);
  const farthest = (size * (1 + FLOAT_TOLERANCE)) / (1 - FLOAT_TOLERANCE);
  // Near the largest 32-bit float the sum overflows, and GDAL considers all such values equal.
  const overflow = type === 'float64' ? Number.POSITIVE_INFINITY : FLOAT32_OVERFLOW - size;
  const [from, to] =
    overflow <= farthest ? [Math.min(nearest, overflow), Number.POSITIVE_INFINITY] : [nearest, farthest];
  const [low, high] = rounded < 0 ? [-to, -from] : [from, to];
  return { nodata: { value: rounded, low, high, fill: rounded }, note: null };
}

/**
 * One value per band, separated by spaces (GDAL's NODATA_VALUES): a pixel is invalid if every band has its value. Null
 * if the number of values isn't the number of bands; GDAL then ignores the text, too.
 */
export function nodataTogether(text: string | null, type: SampleType, count: number): Nodata[] | null {
  const values = text?.split(/\s+/).filter(Boolean) ?? [];
  return values.length > 0 && values.length === count ? values.map((value) => nodataOf(value, type).nodata) : null;
}

/** For `BandInfo`; empty if no sample can equal the value. */
export const bandNodata = ({ value, low, high }: Nodata): Pick<BandInfo, 'nodata'> =>
  value === null ? {} : { nodata: { value, low, high } };

/**
 * Each band's nodata value: the .aux.xml's for that band (`beside`, by 0-based band), else the file's. As in GDAL, an
 * .aux.xml's value replaces the file's even if no sample can equal it.
 */
export function nodataOfBands(
  stated: string | null,
  beside: ReadonlyMap<number, string>,
  type: SampleType,
  count: number,
): { bands: Nodata[]; notes: string[] } {
  const read = Array.from({ length: count }, (_, band) => nodataOf(beside.get(band) ?? stated, type));
  const notes = [...new Set(read.flatMap(({ note }) => note ?? []))].map((note) => {
    const about = read.flatMap((one, band) => (one.note === note ? [band + 1] : []));
    return about.length === count ? note : `Band ${about.join(', ')}: ${note}`;
  });
  return { bands: read.map(({ nodata }) => nodata), notes };
}
