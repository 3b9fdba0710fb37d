import type { TileCover } from '../../cover/cover-raster.ts';
import { halved, halvingsFor } from '../../cover/mosaic.ts';
import { mapBox } from '../../geo/boxes/rotated-box.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import type { LookResult, Scores, TaughtLook } from '../../vlm/types.ts';
import type { Detection } from '../answer/detections.ts';
import type { Blank } from '../asking/slices/model-tile.ts';

/** What the model's heads gave for one tile, in full-resolution source pixels. Kept, so that the next question doesn't look again. */
export interface TileEvidence {
  window: PixelWindow;
  /** Why nothing can be said of the tile; null if something can, and the rest is empty otherwise. */
  blank: Blank | null;
  /** Share of its pixels that are valid. */
  validShare: number;
  /** Of all classes; `score` is calibrated where the model can. */
  detections: readonly Detection[];
  /** Classes whose outlines were asked for; their detections have rings where a mask was found. */
  outlined: ReadonlySet<string>;
  scores: Scores;
  /** Number of things without places, by class, on the tile's valid pixels. */
  densities: readonly { label: string; count: number }[];
  /** Absent for a model without it, and once too much was kept of other tiles. */
  cover?: KeptCover;
  /** Of a taught class alone: its score by cell. */
  heat?: TaughtLook['heat'];
}

/** Land cover whose cells are `2 ** halvings` times as wide and high as the model's. */
export interface KeptCover extends TileCover {
  halvings: number;
}

/** Side of the model's own cells in source pixels. */
export const ownCellPx = (window: PixelWindow, { cols, halvings }: KeptCover): number =>
  window.width / (cols * 2 ** halvings);

/** A tile on which nothing can be seen. */
export function blankTile(window: PixelWindow, blank: Blank, validShare: number): TileEvidence {
  return { window, blank, validShare, detections: [], outlined: new Set(), scores: {}, densities: [] };
}

/** `seen` is in pixels of a tile of `tileSize`² that shows `window`. Of the land cover as much is kept as a map of `region` needs. */
export function tileEvidence(
  window: PixelWindow,
  seen: Pick<LookResult, 'proposals' | 'scores' | 'densities' | 'cover'>,
  about: { validShare: number; outlined: ReadonlySet<string>; tileSize: number; region: PixelWindow },
): TileEvidence {
  const { tileSize, region, ...rest } = about;
  const toSource = ([x, y]: Point): Point => [
    window.x + (x * window.width) / tileSize,
    window.y + (y * window.height) / tileSize,
  ];
  const place = windowKey(window);
  return {
    window,
    blank: null,
    ...rest,
    detections: seen.proposals.map(({ label, box, score, rings }, index) => ({
      id: `${place}:${index}`,
      label,
      box: mapBox(box, toSource),
      score,
      rings: rings?.map((ring) => ring.map(toSource)) ?? null,
      tile: window,
    })),
    scores: seen.scores,
    densities: seen.densities,
    ...(seen.cover && { cover: keptCover(seen.cover, window, region) }),
  };
}

function keptCover(cover: TileCover, window: PixelWindow, region: PixelWindow): KeptCover {
  const halvings = halvingsFor(region, window.width / cover.cols);
  return { ...halved(cover, halvings), halvings };
}

/** Names a window of one image. */
export function windowKey({ x, y, width, height }: PixelWindow): string {
  return [x, y, width, height].map((value) => Math.round(value * 100) / 100).join('_');
}

/** What was found of a taught class; boxes of `seen` are in pixels of a tile of `tileSize`² that shows `window`. */
export function taughtEvidence(
  window: PixelWindow,
  seen: TaughtLook,
  about: { label: string; key: string; validShare: number; tileSize: number },
): TileEvidence {
  const { label, key, validShare, tileSize } = about;
  const proposals = seen.boxes.map(({ box, score }) => ({ label, box, score, rings: null }));
  const plain = { proposals, scores: {}, densities: [] };
  const evidence = tileEvidence(window, plain, { validShare, outlined: new Set(), tileSize, region: window });
  const detections = evidence.detections.map((detection) => ({ ...detection, id: `${key}:${detection.id}` }));
  return { ...evidence, detections, heat: seen.heat };
}
