import { cornersOf, hullOf, mapBox } from '../../geo/boxes/rotated-box.ts';
import type { PixelWindow, Point, RotatedBox } from '../../geo/types.ts';
import type { TaughtClass } from '../../teaching/taught-class.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { spreadOver } from '../asking/slices/slices.ts';
import { windowsOfScale } from '../evidence/taught-windows.ts';
import type { LessonExample } from './port.ts';

/** Side of the examples in tile pixels. Larger shows more of each, and takes more tiles. */
const OBJECT_PX = 24;
/** Tiles of the rest of the scene, which say what the background is like. */
const BACKGROUND_TILES = 6;
/** Tiles with examples; more take longer and teach little. */
const EXAMPLE_TILES = 40;

/** The scale at which examples are seen: their median is as large as a square of OBJECT_PX. `gsdMetres` of the image; null if unknown. */
export function scaleFor(boxes: readonly RotatedBox[], gsdMetres: number | null): TaughtClass['scale'] {
  const sides = boxes.map(({ w, h }) => Math.sqrt(w * h)).sort((a, b) => a - b);
  const sourcePx = sides[Math.floor(sides.length / 2)]! / OBJECT_PX;
  return { metres: gsdMetres === null ? null : sourcePx * gsdMetres, sourcePx };
}

/**
 * The windows of an image that a class is learned from, with the examples that each shows, in tile pixels: those in
 * which an example is most central, then some of the rest.
 */
export function lessonWindows(
  examples: readonly (Pick<LessonExample, 'box' | 'isOne'> & { id: number })[],
  scale: TaughtClass['scale'],
  scene: PixelWindow,
  about: { gsdMetres: number | null; model: Pick<ModelInfo, 'tileSize' | 'tileOverlap'> },
): { window: PixelWindow; examples: { id: number; box: RotatedBox; isOne: boolean }[] }[] {
  const grid = windowsOfScale(scale, scene, scene, about);
  const chosen = new Set<PixelWindow>();
  for (const { box } of examples) {
    const best = grid.reduce((least, each) => (offCentre(box, each) < offCentre(box, least) ? each : least));
    if (chosen.size < EXAMPLE_TILES) chosen.add(best);
  }
  const rest = grid.filter((window) => !chosen.has(window));
  for (const window of spreadOver(rest, BACKGROUND_TILES)) chosen.add(window);
  return [...chosen].map((window) => ({
    window,
    examples: examples.flatMap(({ id, box, isOne }) =>
      contains(window, box) ? [{ id, box: mapBox(box, toTile(window, about.model.tileSize)), isOne }] : [],
    ),
  }));
}

const offCentre = ({ cx, cy }: RotatedBox, { x, y, width, height }: PixelWindow) =>
  Math.max(Math.abs(cx - x - width / 2), Math.abs(cy - y - height / 2));

function contains(window: PixelWindow, box: RotatedBox): boolean {
  const hull = hullOf(cornersOf(box));
  const [cx, cy] = [hull.x + hull.width / 2, hull.y + hull.height / 2];
  return cx >= window.x && cy >= window.y && cx < window.x + window.width && cy < window.y + window.height;
}

const toTile =
  (window: PixelWindow, side: number) =>
  ([x, y]: Point): Point => [((x - window.x) * side) / window.width, ((y - window.y) * side) / window.height];
