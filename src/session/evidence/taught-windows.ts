import { tileGrid } from '../../geo/slicing/tiles.ts';
import type { PixelWindow } from '../../geo/types.ts';
import type { TaughtClass } from '../../teaching/taught-class.ts';
import type { ModelInfo } from '../../vlm/types.ts';

/** A taught class with the windows in which it is looked for. */
export interface TaughtWindows {
  taught: TaughtClass;
  windows: readonly PixelWindow[];
}

/** Windows smaller or larger than these bounds, in pixels, show nothing that the class was taught by. */
const LEAST_SIDE = 32;
const MOST_SIDE = 16_384;

/** Overlapping squares over the region at a class's scale, in source pixels. `gsdMetres` of the image; null if unknown. */
export function windowsOfScale(
  scale: TaughtClass['scale'],
  region: PixelWindow,
  scene: PixelWindow,
  { gsdMetres, model }: { gsdMetres: number | null; model: Pick<ModelInfo, 'tileSize' | 'tileOverlap'> },
): PixelWindow[] {
  const perTilePx = scale.metres !== null && gsdMetres !== null ? scale.metres / gsdMetres : scale.sourcePx;
  const side = Math.min(MOST_SIDE, Math.max(LEAST_SIDE, Math.round(model.tileSize * perTilePx)));
  return tileGrid(region, scene, side, model.tileOverlap);
}
