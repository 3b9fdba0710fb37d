import { gridOver, mosaicOf, type PlacedCover } from '../../cover/mosaic.ts';
import type { PixelWindow } from '../../geo/types.ts';
import { nextMacrotask } from '../../lib/macrotask.ts';
import type { CoverEvidence } from '../../plan/evidence.ts';
import type { CoverSpec } from '../../vlm/types.ts';
import type { TileEvidence } from './tile-evidence.ts';

/** The land cover of a region from its tiles; null if none of them tells any. */
export async function coverOfRegion(
  tiles: Iterable<TileEvidence>,
  region: PixelWindow,
  spec: CoverSpec,
): Promise<CoverEvidence | null> {
  const placed = [...tiles].flatMap(({ window, cover }): PlacedCover[] => (cover ? [{ window, cover }] : []));
  if (placed.length === 0) return null;
  const cellPx = Math.max(...placed.map(({ window, cover }) => window.width / cover.cols));
  const raster = await mosaicOf(placed, gridOver(region, cellPx), spec.labels, nextMacrotask);
  return { raster, classes: classesOf(spec) };
}

/** The model states one IoU, the mean of all classes. */
const classesOf = ({ labels, labelsZh, iou }: CoverSpec): CoverEvidence['classes'] =>
  labels.map((label, k) => ({ label, labelZh: labelsZh[k] ?? null, iou }));
