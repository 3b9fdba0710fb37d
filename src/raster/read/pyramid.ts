import { DIRECT_PIXELS, SceneOverviews } from '../overviews/scene-overviews.ts';
import type { RasterLevel, RasterScene } from '../scene.ts';

/**
 * Coarser levels for images that come without overviews (QGIS writes striped files without any): one pass over the
 * coarsest level there is, averaged down (overviews/), so that no block is decoded for every map tile anew.
 */

const overviews = new WeakMap<RasterScene, SceneOverviews>();

export function overviewsOf(scene: RasterScene): SceneOverviews {
  const known = overviews.get(scene);
  if (known) return known;
  const made = new SceneOverviews(scene);
  overviews.set(scene, made);
  return made;
}

/** Whether a read at `factor` full-resolution pixels a pixel over `sourcePixels` of them is dear with the levels there are. */
export function isDear(scene: RasterScene, factor: number, sourcePixels: number, bands: readonly number[]): boolean {
  const best = pickLevel(scene, factor, bands);
  const pixels = sourcePixels / (best.factorX * best.factorY);
  return pixels > DIRECT_PIXELS && factor >= 2 * Math.max(best.factorX, best.factorY);
}

/**
 * The work of building coarser levels for `bands`, where a read is dear without; null where it is cheap already, where
 * no coarser level would help, and after the user stopped building. The work is shared by all callers and goes on whoever waits for it.
 */
export function coarseLevelJob(
  scene: RasterScene,
  factor: number,
  sourcePixels: number,
  bands: readonly number[],
): Promise<void> | null {
  if (!isDear(scene, factor, sourcePixels, bands)) return null;
  const built = overviewsOf(scene);
  return built.willBuild ? built.build(bands) : null;
}

/** The coarsest level that is still at least as fine as `factor` and holds all of `bands`. */
export function pickLevel(scene: RasterScene, factor: number, bands: readonly number[]): RasterLevel {
  let best = scene.levels[0]!;
  for (const level of scene.levels) {
    // Odd sizes make a "2×" overview 2.001× coarser; that is still the one to use.
    const fineEnough = Math.max(level.factorX, level.factorY) <= factor * 1.01;
    const complete = !level.only || bands.every((band) => level.only!.has(band));
    if (fineEnough && complete && level.factorX > best.factorX) best = level;
  }
  return best;
}
