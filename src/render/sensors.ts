import type { BandInfo } from '../imagery/image.ts';

/** What a band measures, in the terms that presets need. */
export type BandRole = 'coastal' | 'blue' | 'green' | 'yellow' | 'red' | 'red-edge' | 'nir' | 'swir1' | 'swir2';

export type SensorId = 'sentinel-2' | 'landsat-8-9' | 'naip' | 'planet-4' | 'planet-8' | 'worldview-8';

export interface Sensor {
  id: SensorId;
  name: string;
  /** Band order of delivered files, used if band names don't tell; null if products differ. */
  order: readonly (BandRole | null)[] | null;
}

const SENSORS: readonly Sensor[] = [
  { id: 'sentinel-2', name: 'Sentinel-2', order: sentinelOrder() },
  {
    id: 'landsat-8-9',
    name: 'Landsat 8/9',
    order: ['coastal', 'blue', 'green', 'red', 'nir', 'swir1', 'swir2'],
  },
  { id: 'naip', name: 'NAIP', order: ['red', 'green', 'blue', 'nir'] },
  { id: 'planet-4', name: 'Planet, 4 bands', order: ['blue', 'green', 'red', 'nir'] },
  {
    id: 'planet-8',
    name: 'Planet, 8 bands',
    order: ['coastal', 'blue', null, 'green', 'yellow', 'red', 'red-edge', 'nir'],
  },
  {
    id: 'worldview-8',
    name: 'WorldView-2/3',
    order: ['coastal', 'blue', 'green', 'yellow', 'red', 'red-edge', 'nir', null],
  },
];

/** All thirteen bands in the order of Google Earth Engine and GDAL's subdatasets: B1 … B8, B8A, B9 … B12. */
function sentinelOrder(): (BandRole | null)[] {
  return ['coastal', 'blue', 'green', 'red', 'red-edge', null, null, 'nir', null, null, null, 'swir1', 'swir2'];
}

export type RoleBands = Partial<Record<BandRole, number>>;

export interface Recognised {
  sensor: Sensor | null;
  /** 0-based band of each role. */
  roles: RoleBands;
  /** Completes "Bands known from …". */
  from: string;
}

const SENTINEL_BANDS: Record<string, BandRole> = {
  B1: 'coastal',
  B2: 'blue',
  B3: 'green',
  B4: 'red',
  B5: 'red-edge',
  B8: 'nir',
  B11: 'swir1',
  B12: 'swir2',
};
const LANDSAT_BANDS: Record<string, BandRole> = {
  B1: 'coastal',
  B2: 'blue',
  B3: 'green',
  B4: 'red',
  B5: 'nir',
  B6: 'swir1',
  B7: 'swir2',
};

const FILE_NAMES: readonly [RegExp, SensorId][] = [
  [/(^|[_/])(S2[AB]_|T\d{2}[A-Z]{3}_\d{8}T)/i, 'sentinel-2'],
  [/(^|_)L[CO]0?[89](_|\d)/i, 'landsat-8-9'],
  [/(^|_)m_\d{7}_[ns][ew]_/i, 'naip'],
  [/naip/i, 'naip'],
  [/_(AnalyticMS|Analytic)_SR_8b|_8b(_|\.)/i, 'planet-8'],
  [/_(AnalyticMS|Analytic|PSScene4Band|BGRN)/i, 'planet-4'],
  [/(^|[_-])(WV0?[23]|worldview)/i, 'worldview-8'],
];

/**
 * Identifies the bands, from their names and roles, else from the file's name together with the number of bands. The
 * number of bands alone isn't enough: `roles` is then empty and the user may choose the sensor.
 */
export function recogniseSensor(bands: readonly BandInfo[], fileName: string): Recognised {
  const named = sensorByNames(bands, fileName);
  if (named) return named;
  const byWords = rolesFromWords(bands);
  const fromFile = sensorOfFile(fileName);
  if (hasColours(byWords) && (bands.length < 4 || byWords.nir !== undefined)) {
    return { sensor: fromFile, roles: byWords, from: 'the names of the bands' };
  }
  const seen = bands.filter((band) => band.role !== 'alpha').length;
  if (fromFile?.order && fromFile.order.length === seen) {
    return { sensor: fromFile, roles: rolesOf(fromFile), from: 'the file’s name and its number of bands' };
  }
  return { sensor: null, roles: byWords, from: hasColours(byWords) ? 'the file’s colour interpretation' : '' };
}

/** The same for an image whose sensor the user may have chosen. The user's choice overrides the file. */
export function sensorOf(
  named: SensorId | null | undefined,
  { bands, fileName }: { bands: readonly BandInfo[]; fileName: string },
): Recognised {
  const sensor = SENSORS.find(({ id }) => id === named);
  return sensor ? { sensor, roles: rolesOf(sensor), from: 'your choice' } : recogniseSensor(bands, fileName);
}

/** The roles of a sensor's bands in the order of its files. */
function rolesOf(sensor: Sensor): RoleBands {
  const roles: RoleBands = {};
  sensor.order?.forEach((role, band) => {
    if (role && roles[role] === undefined) roles[role] = band;
  });
  return roles;
}

/** The sensors with this number of bands, not counting alpha, for the user to choose from. */
export function possibleSensors(bands: readonly BandInfo[]): Sensor[] {
  const seen = bands.filter((band) => band.role !== 'alpha').length;
  return SENSORS.filter((sensor) => sensor.order?.length === seen);
}

function sensorByNames(bands: readonly BandInfo[], fileName: string): Recognised | null {
  const codes = bands.map((band) => bandCode(band.name));
  const known = codes.filter((code) => code !== null);
  if (known.length < 3 || new Set(known).size !== known.length) return null;
  const isLandsat = bands.some((band) => /^SR_B/i.test(band.name)) || sensorOfFile(fileName)?.id === 'landsat-8-9';
  const isSentinel =
    known.some((code) => ['B8A', 'B11', 'B12'].includes(code)) ||
    bands.some((band) => /^B0\d$/i.test(band.name)) ||
    sensorOfFile(fileName)?.id === 'sentinel-2' ||
    (known.includes('B8') && !known.includes('B7'));
  // "B1" to "B7" alone fit both sensors, and GDAL's default "Band 1" fits none.
  if (isLandsat === isSentinel) return null;
  const table = isSentinel ? SENTINEL_BANDS : LANDSAT_BANDS;
  const roles: RoleBands = {};
  codes.forEach((code, band) => {
    const role = code === null ? undefined : table[code];
    if (role && roles[role] === undefined) roles[role] = band;
  });
  const sensor = SENSORS.find(({ id }) => id === (isSentinel ? 'sentinel-2' : 'landsat-8-9')) ?? null;
  return { sensor, roles, from: 'the names of the bands' };
}

/** "B02", "SR_B2", "B2 (490 nm)" → "B2"; null for any other name. */
function bandCode(name: string): string | null {
  const found = /^(?:SR_|TOA_)?B0?(\d{1,2}A?)(?=$|[\s,(:_-])/i.exec(name.trim())?.[1];
  return found ? `B${found.toUpperCase()}` : null;
}

const WORDS: readonly [RegExp, BandRole][] = [
  [/^coastal/, 'coastal'],
  [/^red[ _-]?edge/, 'red-edge'],
  [/^(nir|near[ _-]?infra[ _-]?red)[ _-]?1?\b/, 'nir'],
  [/^swir[ _-]?2/, 'swir2'],
  [/^swir/, 'swir1'],
  [/^blue\b/, 'blue'],
  [/^green\b(?![ _-]?i\b)/, 'green'],
  [/^yellow\b/, 'yellow'],
  [/^red\b/, 'red'],
];

function rolesFromWords(bands: readonly BandInfo[]): RoleBands {
  const roles: RoleBands = {};
  for (const band of bands) {
    const word = band.name.trim().toLowerCase();
    const role = WORDS.find(([pattern]) => pattern.test(word))?.[1] ?? stated(band);
    if (role && roles[role] === undefined) roles[role] = band.index;
  }
  return roles;
}

function stated({ role }: BandInfo): BandRole | null {
  return role === 'red' || role === 'green' || role === 'blue' || role === 'nir' ? role : null;
}

function sensorOfFile(fileName: string): Sensor | null {
  const id = FILE_NAMES.find(([pattern]) => pattern.test(fileName))?.[1];
  return SENSORS.find((sensor) => sensor.id === id) ?? null;
}

const hasColours = ({ red, green, blue }: RoleBands) => red !== undefined && green !== undefined && blue !== undefined;
