import type { BandInfo, SceneInfo } from '../../../imagery/image.ts';
import { bandsOf, parseExpression } from '../../../render/expression.ts';
import { bandExpression, indexExpression, indexNamed } from '../../../render/indices.ts';
import { rolesSeen } from '../../../render/presets.ts';
import type { BandRole } from '../../../render/sensors.ts';
import { sensorOf } from '../../../render/sensors.ts';
import type { OpenScene } from '../../document.ts';
import type { Quantity } from './asked.ts';

/** A quantity of one image. */
export interface Known {
  /** "NDVI", "red", "b4 / b1". */
  name: string;
  expression: string;
  unit: string | null;
  /** 0-based bands that it needs. */
  bands: number[];
}

/** Why an image lacks it. */
export type Lacking =
  | { lacks: 'role'; name: string; role: BandRole }
  | { lacks: 'number'; number: number; of: number }
  | { lacks: 'elevation' }
  /** Several bands could be meant. */
  | { lacks: 'choice'; bands: readonly BandInfo[] };

/** How an image gives a quantity, or what it lacks for it. Errors: EXPRESSION_INVALID. */
export function quantityOf(of: Exclude<Quantity, { kind: 'bands' }>, scene: OpenScene): Known | Lacking {
  const { info, display } = scene;
  const data = dataBands(info);
  switch (of.kind) {
    case 'index': {
      const expression = indexExpression(indexNamed(of.name), rolesOf(scene), info.bands);
      if (expression !== null) return known(of.name, expression, null, info);
      const role = indexNamed(of.name).bands.find((each) => rolesOf(scene)[each] === undefined);
      return { lacks: 'role', name: of.name, role: role ?? 'nir' };
    }
    case 'role': {
      const band = rolesOf(scene)[of.role];
      return band === undefined ? { lacks: 'role', name: of.role, role: of.role } : bandOf(band, info);
    }
    case 'number':
      return of.number >= 1 && of.number <= info.bands.length
        ? bandOf(of.number - 1, info)
        : { lacks: 'number', number: of.number, of: info.bands.length };
    case 'expression':
      return known(of.text, of.text, null, info);
    case 'elevation':
      return elevationOf(info) ? bandOf(data[0]!.index, info) : { lacks: 'elevation' };
    case 'shown':
      if (display.kind === 'index') return known(display.name, display.expression, null, info);
      if (display.kind === 'ramp') return bandOf(display.band, info);
      return data.length === 1 ? bandOf(data[0]!.index, info) : { lacks: 'choice', bands: data };
  }
}

const known = (name: string, expression: string, unit: string | null, { bands }: SceneInfo): Known => ({
  name,
  expression,
  unit,
  bands: bandsOf(parseExpression(expression, bands.length)),
});

function bandOf(band: number, info: SceneInfo): Known {
  const { name, unit } = info.bands[band]!;
  return known(name, bandExpression(band, info.bands), unit ?? null, info);
}

/** Roles of bands by the sensor and by what the user chose as near infrared, but not by what the map shows in red. */
function rolesOf({ info, sensor, bands }: OpenScene) {
  return rolesSeen(sensorOf(sensor, info).roles, { ...info.defaultBands, nir: bands.nir ?? info.defaultBands.nir });
}

export const dataBands = ({ bands }: Pick<SceneInfo, 'bands'>): BandInfo[] =>
  bands.filter(({ role }) => role !== 'alpha');

const NAMED =
  /(?<![a-z])(dem|dsm|dtm|n?dhm|elevations?|elev|altitudes?|heights?|srtm\w*|gdem|nasadem|copdem|gmted\w*|etopo\w*|gebco|bathymetry|topography)(?![a-z])|高程|海拔/i;
/** Heights of things above the ground, depths and distances are no elevations. */
const OTHER =
  /(?<![a-z])(canopy|tree|chm|building|ndsm|wave|depth|thickness|distance|snow|precipitation|error)(?![a-z])|树高|冠层|水深|距离/i;
const LENGTH_UNIT = /^(m|met(re|er)s?|ft|foot|feet|us[- ]?(survey[- ]?)?(ft|foot|feet)|米|km|cm)$/i;

/** By which of its facts an image's only band is elevation; null if none of them says so. */
export function elevationOf({ bands, sampleType, fileName, stated }: SceneInfo): 'name' | 'unit' | null {
  const [band, another] = dataBands({ bands });
  if (!band || another || ['uint8', 'int8'].includes(sampleType)) return null;
  const names = [band.name, stated.description ?? '', fileName];
  if (names.some((name) => OTHER.test(name))) return null;
  if (names.some((name) => NAMED.test(name))) return 'name';
  return band.unit !== undefined && LENGTH_UNIT.test(band.unit) ? 'unit' : null;
}
