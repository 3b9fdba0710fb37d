import { patchesOf } from '../cover/outlines.ts';
import { closeRing, orientCounterClockwise, splitAtAntimeridian } from '../geo/boxes/rings.ts';
import type { Point } from '../geo/types.ts';
import { groundOf } from '../plan/ground/ground.ts';
import { isInside } from '../plan/ground/shape.ts';
import type { PixelToLonLat } from './place.ts';
import type { ExportCover, ExportInput } from './types.ts';

/** Writes a position with as many digits as it is worth. */
type Round = (p: Point) => [number, number];

/**
 * A feature for each patch of one class of the land cover: its outline along the cells' borders with its holes, its area on the ground
 * (in pixels of an image without a scale) and the mean probability of the class in it.
 */
export function coverFeatures(
  cover: ExportCover,
  { image, place }: Pick<ExportInput, 'image' | 'place'>,
  toLonLat: PixelToLonLat | null,
  round: Round,
) {
  const ground = groundOf(place, image.width, image.height);
  return patchesOf(cover.raster).map(({ index, rings, cells, confidence }) => {
    const { label, labelZh } = cover.classes[index]!;
    const [outer = 0, ...holes] = rings.map((ring) => ground.area(ring));
    const area = Number((outer - holes.reduce((sum, hole) => sum + hole, 0)).toPrecision(9));
    return {
      type: 'Feature',
      geometry: geometryOf(rings, toLonLat, round),
      properties: {
        landCover: label,
        ...(labelZh !== null && { landCoverZh: labelZh }),
        ...(ground.kind === 'pixels' ? { areaPixels: area } : { areaSquareMetres: area }),
        cells,
        confidence: Number(confidence.toFixed(3)),
      },
    };
  });
}

/** What the land cover as a whole is, for the top-level member. */
export function coverFacts({
  raster,
  classes,
  createdAt,
  region,
  coverage,
  model,
  adapter,
  bands,
  stretch,
}: ExportCover) {
  const { cellWidth, cellHeight, cols, rows, x, y } = raster;
  return {
    classes: classes.map(({ label, iou }) => ({ label, iou })),
    confidence: 'the mean probability of the class in a patch, by the model',
    cells: { x, y, cellWidth, cellHeight, cols, rows },
    region,
    tiles: coverage,
    model: model.name,
    modelId: model.id,
    modelVersion: model.version,
    modelHash: model.hash,
    adapterHash: adapter,
    bands,
    stretch: { method: stretch.method, low: stretch.low, high: stretch.high },
    createdAt,
  };
}

/** Null if a corner lies outside the projection's domain. */
function geometryOf(rings: readonly (readonly Point[])[], toLonLat: PixelToLonLat | null, round: Round) {
  const placed = rings.map((ring) => (toLonLat ? ring.map(([col, row]) => toLonLat(col, row)) : [...ring]));
  if (!placed.flat().every(([x, y]) => Number.isFinite(x) && Number.isFinite(y))) return null;
  const [outers = [], ...holes] = placed.map((ring) => (toLonLat ? splitAtAntimeridian(ring) : [ring]));
  const polygons = outers.map((outer) => {
    const own = holes.flat().filter((hole) => outers.length === 1 || isInside([outer], middleOf(hole)));
    return [orientCounterClockwise(outer), ...own.map((hole) => orientCounterClockwise(hole).reverse())].map((ring) =>
      closeRing(ring).map(round),
    );
  });
  const [only] = polygons;
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: polygons };
}

/** Of a ring's first three corners, which is inside or, of a corner that points inwards, beside it by less than the ring's size. */
function middleOf(ring: readonly Point[]): Point {
  const three = ring.slice(0, 3);
  return [
    three.reduce((sum, [x]) => sum + x, 0) / three.length,
    three.reduce((sum, [, y]) => sum + y, 0) / three.length,
  ];
}
