import { closeRing, orientCounterClockwise, splitAtAntimeridian } from '../geo/boxes/rings.ts';
import { cornersOf } from '../geo/boxes/rotated-box.ts';
import type { PixelWindow, Point } from '../geo/types.ts';
import { type BandInfo, namedBands } from '../imagery/image.ts';
import type { Georeference } from '../imagery/place.ts';
import type { Stretch } from '../imagery/stretch.ts';
import { scoreMeaningOf } from '../teaching/score-meaning.ts';
import type { ExportFormat } from './format.ts';
import { coverFacts, coverFeatures } from './geojson-cover.ts';
import { type PixelToLonLat, pixelToLonLat } from './place.ts';
import type { ExportAnswer, ExportInput, ExportObject } from './types.ts';

type Position = [number, number];
type Geometry =
  | { type: 'Polygon'; coordinates: Position[][] }
  | { type: 'MultiPolygon'; coordinates: Position[][][] }
  | null;

const MIME = 'application/geo+json';

/**
 * RFC 7946 GeoJSON of the answers' objects: WGS 84 longitude/latitude, outer rings counter-clockwise, split at the
 * antimeridian. The geometry is the mask if there is one, else the rotated box. Each object is one feature that states
 * how it was made and which answers include it. Of land cover each patch of a class is one (geojson-cover.ts). The answers themselves are in the top-level member `nadir`, so that one
 * without boxes isn't lost. A scene that can't be placed on the ground exports pixel coordinates (x right, y down),
 * with `nadir.coordinates` "pixel" instead of "wgs84" and the reason in `nadir.note`.
 */
export const geojson: ExportFormat = {
  id: 'geojson',
  label: 'GeoJSON',
  extension: 'geojson',
  otherExtensions: ['json'],
  mime: MIME,
  write: async (input) => new Blob([textOf(input)], { type: MIME }),
};

function textOf(input: ExportInput): string {
  const { image, place, cover } = input;
  const toLonLat = pixelToLonLat(place);
  const answerOf = new Map(input.answers.map((answer) => [answer.id, answer]));
  const features = input.objects.flatMap((object) => {
    const answer = answerOf.get(object.answerId);
    return answer ? [feature(input, answer, object, toLonLat, answerOf)] : [];
  });
  const collection = {
    type: 'FeatureCollection',
    nadir: {
      coordinates: toLonLat ? 'wgs84' : 'pixel',
      ...(toLonLat ? {} : { note: pixelNote(place) }),
      scene: {
        fileName: image.fileName,
        width: image.width,
        height: image.height,
        crs: place.kind === 'affine' ? place.crs : null,
        geotransform: place.kind === 'affine' ? place.geotransform : null,
        ...placing(place),
      },
      ...(cover && { landCover: coverFacts(cover) }),
      answers: input.answers.map((answer) => ({
        id: answer.id,
        createdAt: answer.createdAt,
        task: answer.task,
        label: answer.label,
        question: answer.question,
        prompt: answer.prompt,
        region: answer.region,
        text: answer.text,
        status: answer.status,
        tiles: answer.coverage ?? null,
        counts: answer.counts,
        ...(Object.keys(answer.scores).length > 0 && { scores: answer.scores }),
        ...(Object.keys(answer.numbers).length > 0 && { numbers: answer.numbers }),
        ...(answer.plan !== undefined && { plan: answer.plan, result: answer.result }),
        ...(answer.fact !== undefined && { fact: answer.fact }),
        ...(answer.before && { comparedWith: answer.before.fileName }),
        ...(answer.generation && { generation: answer.generation }),
        adapter: answer.adapter ? { name: answer.adapter.name, hash: answer.adapter.hash } : null,
        exportedObjects: input.objects.filter((object) => pointsAt(answer, object)).length,
      })),
    },
    features: cover
      ? [...features, ...coverFeatures(cover, input, toLonLat, toLonLat ? roundLonLat : roundPixel)]
      : features,
  };
  return `${JSON.stringify(collection, null, 2)}\n`;
}

/** How the scene's place was determined, so that a reader can judge it. */
function placing(place: Georeference) {
  if (place.kind === 'none') return {};
  const { crsName, proj4, source, notes = [], chosenOver } = place;
  return {
    crsName,
    proj4,
    placedBy: source ?? null,
    crsChosenByUser: chosenOver !== undefined,
    ...(chosenOver && { crsStatedByImage: chosenOver.crs }),
    ...(notes.length > 0 && { placeNotes: notes }),
  };
}

function pixelNote(place: Georeference): string {
  const why =
    place.kind === 'none'
      ? place.reason
      : `The coordinate system ${place.crs ?? 'of the file'} can't be converted to WGS 84.`;
  return `Coordinates are image pixels (x right, y down), not longitude and latitude. ${why}`;
}

const pointsAt = ({ id }: ExportAnswer, { sightings }: ExportObject) =>
  sightings.some(({ answerId }) => answerId === id);

/** `answer`: the one that the box comes from, which says how the object was made. */
function feature(
  input: ExportInput,
  answer: ExportAnswer,
  object: ExportObject,
  toLonLat: PixelToLonLat | null,
  answerOf: ReadonlyMap<string, ExportAnswer>,
) {
  const corners = cornersOf(object.box);
  const lonLat = toLonLat ? corners.map(([col, row]) => toLonLat(col, row)) : null;
  const placed = lonLat?.every(isFinitePoint) ? lonLat.map(roundLonLat) : null;
  const taught = answer.model.classes?.find(({ name }) => name === object.label)?.taught;
  const raw = answer.raw.find((entry) => sameWindow(entry.tile, object.tile));
  return {
    type: 'Feature',
    geometry: geometryOf(object, toLonLat),
    properties: {
      label: object.label,
      number: object.number,
      score: object.score,
      scoreMeaning:
        object.score === null ? 'The model gave no score for this box.' : scoreMeaningOf(object.label, answer.model),
      ...(taught && { taughtClass: taught.key }),
      review: object.state,
      geometrySource: object.rings?.length ? 'mask' : 'box',
      text: answer.text,
      answerStatus: answer.status,
      tilesAnswered: answer.coverage?.answered ?? null,
      tilesFailed: answer.coverage?.failed ?? null,
      tilesTotal: answer.coverage?.total ?? null,
      question: answer.question,
      prompt: answer.prompt,
      task: answer.task,
      ...(answer.plan !== undefined && { plan: answer.plan }),
      model: answer.model.name,
      modelId: answer.model.id,
      modelVersion: answer.model.version,
      modelHash: answer.model.hash,
      adapter: answer.adapter?.name ?? null,
      adapterHash: answer.adapter?.hash ?? null,
      backend: answer.backend.kind,
      backendLabel: answer.backend.label,
      tile: object.tile,
      slicing: answer.slicing,
      ...(answer.generation && { generation: answer.generation }),
      bands: bandNames(input.image.bands, answer),
      stretch: stretchOf(answer.stretch, answer),
      ...(answer.before && { comparedWith: comparedWith(answer.before) }),
      rawText: raw?.rawText ?? null,
      dialectText: raw?.dialectText ?? null,
      answerId: answer.id,
      answers: object.sightings.flatMap(({ answerId, score, rings }) => {
        const { task, question } = answerOf.get(answerId) ?? {};
        return task ? [{ id: answerId, task, question, score, mask: rings !== null }] : [];
      }),
      createdAt: answer.createdAt,
      pixelCorners: corners.map(roundPixel),
      lonLatCorners: placed,
    },
  };
}

/** null (an unlocated feature) if a corner lies outside the projection's domain. */
function geometryOf(object: ExportObject, toLonLat: PixelToLonLat | null): Geometry {
  const rings: readonly (readonly Point[])[] = object.rings?.length ? object.rings : [cornersOf(object.box)];
  const polygons: Position[][][] = [];
  for (const ring of rings) {
    const world = toLonLat ? ring.map(([col, row]) => toLonLat(col, row)) : ring;
    if (world.length < 3) continue;
    if (!world.every(isFinitePoint)) return null;
    for (const part of toLonLat ? splitAtAntimeridian(world) : [world]) {
      polygons.push([closeRing(orientCounterClockwise(part)).map(toLonLat ? roundLonLat : roundPixel)]);
    }
  }
  const [only] = polygons;
  if (!only) return null;
  return polygons.length === 1
    ? { type: 'Polygon', coordinates: only }
    : { type: 'MultiPolygon', coordinates: polygons };
}

function bandNames(bands: readonly BandInfo[], answer: ExportAnswer) {
  return eachBand(answer, (index) => ({ index, name: bands[index]?.name ?? `Band ${index + 1}` }));
}

/** What `describe` says of each band that the model got, by its name for it; null for near infrared beside colours if it got none. */
function eachBand<T>({ inputBands, bands }: ExportAnswer, describe: (index: number) => T): Record<string, T | null> {
  const read = inputBands ?? namedBands(bands);
  const described = Object.fromEntries(read.map(({ name, source }) => [name, describe(source)]));
  return 'red' in described && !('nir' in described) ? { ...described, nir: null } : described;
}

/** The earlier image of a comparison, and how it was shown. */
function comparedWith({ fileName, bands, stretch }: NonNullable<ExportAnswer['before']>) {
  return { fileName, bands, stretch: { method: stretch.method, low: stretch.low, high: stretch.high } };
}

/** Only the ranges of the bands that the answer used. */
function stretchOf(stretch: Stretch, answer: ExportAnswer) {
  return {
    method: stretch.method,
    low: stretch.low,
    high: stretch.high,
    ranges: eachBand(answer, (index) => stretch.ranges[index] ?? null),
    ...(stretch.gamma === undefined ? {} : { gamma: stretch.gamma }),
    ...(stretch.window ? { window: stretch.window } : {}),
    sampledPixels: stretch.sampledPixels,
    sampledLevel: stretch.sampledLevel,
  };
}

const isFinitePoint = (p: Point) => Number.isFinite(p[0]) && Number.isFinite(p[1]);
/** 1e-8 degrees is about a millimetre. */
const roundLonLat = (p: Point): Position => [round(p[0], 8), round(p[1], 8)];
const roundPixel = (p: Point): Position => [round(p[0], 3), round(p[1], 3)];

function round(value: number, decimals: number): number {
  const rounded = Number(value.toFixed(decimals));
  return rounded === 0 ? 0 : rounded;
}

const sameWindow = (a: PixelWindow, b: PixelWindow) =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
