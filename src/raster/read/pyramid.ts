import { DIRECT_PIXELS, SceneOverviews } from '../overviews/scene-overviews.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';

/**
 * Coarser levels for images without overviews (such as the striped files that QGIS writes). One pass over the coarsest
 * level averages it down (overviews/), so that map tiles don't decode every block again.
 */

const overviews = new WeakMap<RasterScene, SceneOverviews>();

export function overviewsOf(scene: RasterScene): SceneOverviews {
  const known = overviews.get(scene);
  if (known) return known;
  const made = new SceneOverviews(scene);
  overviews.set(scene, made);
  return made;
}

/**
 * Whether a read is expensive with the existing levels. `factor` is full-resolution pixels per output pixel,
 * `sourcePixels` the full-resolution pixels in the window.
 */
export function isExpensive(
  scene: RasterScene,
  factor: number,
  sourcePixels: number,
  bands: readonly number[],
): boolean {
  const best = pickLevel(scene, factor, bands);
  const pixels = sourcePixels / (best.factorX * best.factorY);
  return pixels > DIRECT_PIXELS && factor >= 2 * Math.max(best.factorX, best.factorY);
}

/**
 * Builds coarser levels for `bands` if a read is expensive without them. Null if it is cheap already, if no coarser
 * level would help, or if the user stopped building. All callers share the work, which goes on when they stop waiting.
 */
export function coarseLevelJob(
  scene: RasterScene,
  factor: number,
  sourcePixels: number,
  bands: readonly number[],
): Promise<void> | null {
  if (!isExpensive(scene, factor, sourcePixels, bands)) return null;
  const built = overviewsOf(scene);
  return built.willBuild ? built.build(bands) : null;
}

/** The coarsest level that is still at least as fine as `factor` and holds all of `bands`. */
export function pickLevel(scene: RasterScene, factor: number, bands: readonly number[]): RasterLevel {
  let best = scene.levels[0]!;
  for (const level of scene.levels) {
    // An odd size makes a "2×" overview 2.001× coarser; it still counts as 2×.
    const fineEnough = Math.max(level.factorX, level.factorY) <= factor * 1.01;
    const complete = !level.only || bands.every((band) => level.only!.has(band));
    if (fineEnough && complete && level.factorX > best.factorX) best = level;
  }
  return best;
}
