import { type GsdRange, nearestRange } from '../../imagery/gsd-range.ts';
import type { ModelInfo } from '../../vlm/types.ts';

/** Which scales of imagery the parts of a model know. All distances are ground sample distances in metres. */

/** Parts that may know scales of their own: scenes, land cover, and everything else (boxes, densities, presence). */
export type ModelPart = 'things' | 'scenes' | 'cover';

type Scaled = Pick<ModelInfo, 'gsdMetres' | 'sceneScales' | 'cover'>;

/** Tolerance for scales that differ by rounding. */
const ROUNDING = 1.01;
/** Imagery this many times coarser than the coarsest that a part knows shows none of what it knows, whatever the part says. */
const FAR_TOO_COARSE = 3;

/** The scales that a part was trained at, finest first. Empty if they are unknown. */
export function scalesOf(part: ModelPart, model: Scaled): readonly GsdRange[] {
  if (part === 'scenes' && model.sceneScales) return model.sceneScales.map(({ gsdMetres }) => gsdMetres);
  const range = (part === 'cover' && model.cover?.gsdMetres) || model.gsdMetres;
  return range ? [range] : [];
}

/** Whether imagery is coarser than all scales, or lies between them. Imagery that is finer is shrunk before it is shown. */
export function isOutside(scales: readonly GsdRange[], gsdMetres: number | null): boolean {
  const [finest] = scales;
  if (gsdMetres === null || !finest || gsdMetres <= finest.max * ROUNDING) return false;
  return !scales.some(({ min, max }) => gsdMetres >= min / ROUNDING && gsdMetres <= max * ROUNDING);
}

/** Whether a part says anything of imagery of this scale. */
export function knowsScale(part: ModelPart, model: Scaled, gsdMetres: number | null): boolean {
  const scales = scalesOf(part, model);
  return gsdMetres === null || scales.length === 0 || scales.some(({ max }) => gsdMetres <= FAR_TOO_COARSE * max);
}

/** The model without the parts that know nothing of imagery of this scale. What the user taught has a scale of its own and stays. */
export function modelAt(gsdMetres: number | null, model: ModelInfo): ModelInfo {
  const without: Partial<ModelInfo>[] = [];
  if (!knowsScale('things', model, gsdMetres)) {
    without.push({
      classes: model.classes.filter(({ taught }) => taught),
      densities: [],
      presence: [],
      presenceZh: [],
    });
  }
  if (!knowsScale('scenes', model, gsdMetres)) without.push({ scenes: [], scenesZh: [] });
  if (!knowsScale('cover', model, gsdMetres)) without.push({ cover: null });
  return Object.assign({ ...model }, ...without) as ModelInfo;
}

/** The scenes that are meant for imagery of this scale. */
export function scenesAt(gsdMetres: number | null, { scenes, sceneScales: groups = [] }: ModelInfo): readonly string[] {
  const at = nearestRange(
    groups.map((group) => group.gsdMetres),
    gsdMetres,
  );
  return groups[at]?.labels ?? scenes;
}
