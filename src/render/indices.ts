import type { BandInfo } from '../imagery/image.ts';
import type { Display } from './display.ts';
import type { BandRole, RoleBands } from './sensors.ts';

/**
 * Spectral indices by name. All are normalised differences (a − b) / (a + b), which need no calibration: a gain that both
 * bands share cancels out.
 */
export interface SpectralIndex {
  name: IndexName;
  /** The tooltip of its preset. */
  hint: string;
  /** a and b. */
  bands: readonly [BandRole, BandRole];
  /** Words that name it beside its name, in lower case. */
  also: readonly string[];
  ramp: Extract<Display, { kind: 'index' }>['ramp'];
  /** Values at the ramp's ends. */
  range: [number, number];
}

export type IndexName = 'NDVI' | 'GNDVI' | 'NDRE' | 'NDWI' | 'MNDWI' | 'NDMI' | 'NDBI' | 'NBR' | 'NDSI';

const vegetation = { ramp: 'vegetation', range: [-0.2, 0.8] } as const;
const water = { ramp: 'water', range: [-0.6, 0.6] } as const;

type Row = Omit<SpectralIndex, 'range'> & { range: readonly [number, number] };
const rows: readonly Row[] = [
  {
    name: 'NDVI',
    hint: 'Vegetation index: (near infrared − red) / (near infrared + red)',
    bands: ['nir', 'red'],
    also: ['vegetation index', '植被指数', '植被指數'],
    ...vegetation,
  },
  {
    name: 'GNDVI',
    hint: 'Vegetation index with green: (near infrared − green) / (near infrared + green)',
    bands: ['nir', 'green'],
    also: ['green vegetation index', 'green ndvi', '绿色植被指数'],
    ...vegetation,
  },
  {
    name: 'NDRE',
    hint: 'Red-edge index: (near infrared − red edge) / (near infrared + red edge)',
    bands: ['nir', 'red-edge'],
    also: ['red-edge index', 'red edge index', '红边指数'],
    ...vegetation,
  },
  {
    name: 'NDWI',
    hint: 'Water index of McFeeters: (green − near infrared) / (green + near infrared)',
    bands: ['green', 'nir'],
    also: ['water index', '水体指数', '水體指數'],
    ...water,
  },
  {
    name: 'MNDWI',
    hint: 'Water index of Xu: (green − short-wave infrared) / (green + short-wave infrared)',
    bands: ['green', 'swir1'],
    also: ['modified water index', '改进水体指数', '改进的水体指数'],
    ...water,
  },
  {
    name: 'NDMI',
    hint: 'Moisture index of Gao: (near infrared − short-wave infrared) / (near infrared + short-wave infrared)',
    bands: ['nir', 'swir1'],
    also: ['moisture index', '湿度指数', '水分指数'],
    ...water,
  },
  {
    name: 'NDBI',
    hint: 'Built-up index: (short-wave infrared − near infrared) / (short-wave infrared + near infrared)',
    bands: ['swir1', 'nir'],
    also: ['built-up index', 'builtup index', '建筑指数', '建成区指数'],
    ramp: 'magma',
    range: [-0.5, 0.5],
  },
  {
    name: 'NBR',
    hint: 'Burn ratio: (near infrared − short-wave infrared 2) / (near infrared + short-wave infrared 2)',
    bands: ['nir', 'swir2'],
    also: ['burn ratio', 'normalized burn ratio', 'normalised burn ratio', '燃烧指数', '火烧指数'],
    ramp: 'magma',
    range: [-0.5, 0.8],
  },
  {
    name: 'NDSI',
    hint: 'Snow index: (green − short-wave infrared) / (green + short-wave infrared)',
    bands: ['green', 'swir1'],
    also: ['snow index', '积雪指数', '雪被指数'],
    ramp: 'water',
    range: [-0.6, 0.8],
  },
];

export const INDICES: readonly SpectralIndex[] = rows.map((row) => ({ ...row, range: [...row.range] }));

/** The index as an expression over the file's bands, of which `infos` has the scales; null if a band is missing. */
export function indexExpression({ bands }: SpectralIndex, roles: RoleBands, infos: readonly BandInfo[]): string | null {
  const [first, second] = bands.map((role) => roles[role]);
  if (first === undefined || second === undefined || first === second) return null;
  const [p, q] = [infos[first]?.scaling, infos[second]?.scaling];
  // One scale for both bands cancels out, but an offset doesn't.
  const isPlain = (p?.scale ?? 1) === (q?.scale ?? 1) && !p?.offset && !q?.offset;
  const [a, b] = [first, second].map((band) => (isPlain ? `b${band + 1}` : bandExpression(band, infos)));
  return `(${a} - ${b}) / (${a} + ${b})`;
}

/** What a band's samples mean, as an expression: with the scale and offset that the file states. `band`: 0-based. */
export function bandExpression(band: number, infos: readonly BandInfo[]): string {
  const { scale, offset } = infos[band]?.scaling ?? { scale: 1, offset: 0 };
  const scaled = scale === 1 ? `b${band + 1}` : `b${band + 1} * ${scale}`;
  return offset === 0 ? scaled : `(${scaled} + ${offset})`;
}

export function indexNamed(name: IndexName): SpectralIndex {
  return INDICES.find((index) => index.name === name)!;
}
