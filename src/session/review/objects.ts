import { HullGrid } from '../../geo/boxes/hull-grid.ts';
import { isCutByTile, overlapAsOne } from '../../geo/boxes/merge.ts';
import { cornersOf, hullOf } from '../../geo/boxes/rotated-box.ts';
import type { Composed } from '../answer/compose.ts';
import type { Detection } from '../answer/detections.ts';
import type { Answer, SceneObject, Sighting } from '../document.ts';

export interface Joined {
  objects: SceneObject[];
  /** Which object each detection is of, by the detection's id. */
  objectOf: ReadonlyMap<string, SceneObject>;
}

/** Whether a person has decided about it. Then its state, number, box and rings no longer follow what answers see. */
export function isReviewed({ state }: Pick<SceneObject, 'state'>): boolean {
  return state !== 'proposed';
}

/**
 * Joins an answer's detections to the known objects, so that each thing on the ground is one object. They are matched one to
 * one by label and overlap, the best overlap first; an object keeps its id. The answer's earlier sightings are replaced. An
 * object without sightings is dropped, unless it was reviewed: then it keeps its last one. `known` and `seen` are of one layer;
 * the ids of `seen` are unique. The answer's objects come last, in the order of `seen`.
 */
export function joinSightings(known: readonly SceneObject[], seen: readonly Detection[], answerId: string): Joined {
  const detectionOf = match(known, seen);
  const objectOf = new Map<string, SceneObject>();
  const unseen: SceneObject[] = [];
  /** Other answers point at these as well. */
  const shared: SceneObject[] = [];
  /** Only this answer points at these. They have its order and are numbered in it. */
  const own = new Map<Detection, SceneObject>();
  for (const object of known) {
    const detection = detectionOf.get(object);
    const left = exchanged(object.sightings, answerId, detection ?? null);
    if (left.length === 0 && !isReviewed(object)) continue;
    const sightings = left.length === 0 ? object.sightings : left;
    const now = withSightings(object, sightings);
    if (!detection) unseen.push(now);
    else if (sightings.length === 1) own.set(detection, now);
    else shared.push(now);
    if (detection) objectOf.set(detection.id, now);
  }
  const taken = new Set(known.map(({ id }) => id));
  const alone = seen.filter((detection) => own.has(detection) || !objectOf.has(detection.id));
  const numbered = withNumbers(
    alone.map((detection) => own.get(detection) ?? newObject(detection, answerId, unusedId(taken, detection.id))),
    [...unseen, ...shared],
  );
  for (const [index, { id }] of alone.entries()) objectOf.set(id, numbered[index]!);
  return { objects: [...unseen, ...seen.flatMap(({ id }) => objectOf.get(id) ?? [])], objectOf };
}

/** The objects without the answer: those that no other answer points at are dropped. */
export function withoutAnswer(objects: readonly SceneObject[], answerId: string): SceneObject[] {
  return objects.flatMap((object) => {
    if (!isSeenBy(object, answerId)) return [object];
    const sightings = object.sightings.filter((sighting) => sighting.answerId !== answerId);
    return sightings.length === 0 ? [] : [withSightings(object, sightings)];
  });
}

export function isSeenBy({ sightings }: Pick<SceneObject, 'sightings'>, answerId: string): boolean {
  return sightings.some((sighting) => sighting.answerId === answerId);
}

/** The object as the given answers saw it; null if none of them did. */
export function asSeenBy(object: SceneObject, answerIds: ReadonlySet<string>): SceneObject | null {
  const sightings = object.sightings.filter(({ answerId }) => answerIds.has(answerId));
  return sightings.length === 0 ? null : withSightings(object, sightings);
}

/** The answer's sightings as detections. */
export function detectionsIn(objects: readonly SceneObject[], answerId: string): Detection[] {
  return objects.flatMap(({ id, label, sightings }) => {
    const sighting = sightings.find((each) => each.answerId === answerId);
    if (!sighting) return [];
    const { answerId: _answerId, ...seen } = sighting;
    return [{ id, label, ...seen }];
  });
}

/** Turns links to detections into links to objects; "airplane 1" gets the object's number. */
export function pointedAt<Words extends Composed>(
  words: Words,
  objectOf: ReadonlyMap<string, SceneObject>,
  classes: Answer['model']['classes'],
): Words {
  const runs = words.runs.map(({ text, objectIds }) => {
    const objects = objectIds.flatMap((id) => objectOf.get(id) ?? []);
    const [only, ...others] = new Set(objects);
    const numbered = /^(.*\D)\s*\d+\s*$/.exec(text)?.[1]?.trim().toLowerCase();
    const zh = classes.find(({ name }) => name === only?.label)?.zh;
    const isItsName = only && others.length === 0 && numbered && [only.label, zh].includes(numbered);
    return {
      text: isItsName ? text.replace(/\d+/, String(only.number)) : text,
      objectIds: [...new Set(objects.map(({ id }) => id))],
    };
  });
  return { ...words, text: runs.map(({ text }) => text).join(''), runs };
}

const CELL_PX = 256;

/** The detection that each known object is matched to. */
function match(known: readonly SceneObject[], seen: readonly Detection[]): Map<SceneObject, Detection> {
  const grid = new HullGrid<SceneObject>(CELL_PX);
  for (const object of known) for (const { box } of placesOf(object)) grid.add(hullOf(cornersOf(box)), object);
  const pairs: { object: SceneObject; detection: Detection; sureness: number }[] = [];
  for (const detection of seen) {
    for (const object of grid.near(hullOf(cornersOf(detection.box)))) {
      if (object.label !== detection.label) continue;
      const overlaps = placesOf(object).flatMap((sighting) =>
        sighting.since === detection.since ? (overlapAsOne(sighting, detection) ?? []) : [],
      );
      if (overlaps.length > 0) pairs.push({ object, detection, sureness: Math.max(...overlaps) });
    }
  }
  const detectionOf = new Map<SceneObject, Detection>();
  const matched = new Set<Detection>();
  for (const { object, detection } of pairs.sort((a, b) => b.sureness - a.sureness)) {
    if (detectionOf.has(object) || matched.has(detection)) continue;
    detectionOf.set(object, detection);
    matched.add(detection);
  }
  return detectionOf;
}

/** Where an object may be seen again. A reviewed object's own box can differ from all its sightings. */
function placesOf(object: SceneObject): readonly Sighting[] {
  return isReviewed(object) ? [object, ...object.sightings] : object.sightings;
}

/** The sightings with this answer's replaced in its place, or removed if it no longer sees the object. */
function exchanged(sightings: readonly Sighting[], answerId: string, detection: Detection | null): Sighting[] {
  const next = detection && sightingOf(detection, answerId);
  const isOld = (sighting: Sighting) => sighting.answerId === answerId;
  if (next && !sightings.some(isOld)) return [...sightings, next];
  return sightings.flatMap((sighting) => (isOld(sighting) ? (next ?? []) : sighting));
}

function sightingOf({ box, score, rings, tile, since }: Detection, answerId: string): Sighting {
  return { answerId, box, score, rings, tile, ...(since === undefined ? {} : { since }) };
}

function newObject(detection: Detection, answerId: string, id: string): SceneObject {
  const sighting = sightingOf(detection, answerId);
  return { id, label: detection.label, number: 0, state: 'proposed', ...sighting, sightings: [sighting] };
}

/**
 * The object as its best sighting shows it: whole boxes before those cut by their tile, scored boxes before others, then the
 * earliest. A reviewed object keeps the box and rings that were reviewed. `sightings` isn't empty.
 */
function withSightings(object: SceneObject, sightings: Sighting[]): SceneObject {
  const rank = (sighting: Sighting) => (isCutByTile(sighting) ? 2 : 0) + (sighting.score === null ? 1 : 0);
  const best = sightings.reduce((least, each) => (rank(each) < rank(least) ? each : least));
  const rings = (own: Sighting['rings']) => own ?? sightings.find((each) => each.rings !== null)?.rings ?? null;
  if (!isReviewed(object)) return { ...object, ...best, rings: rings(best.rings), sightings };
  const owner = sightings.find(({ answerId }) => answerId === object.answerId) ?? best;
  return { ...object, answerId: owner.answerId, rings: rings(object.rings), sightings };
}

/** Numbers objects per label with the lowest free numbers. Reviewed objects keep theirs. */
function withNumbers(objects: readonly SceneObject[], others: readonly SceneObject[]): SceneObject[] {
  const taken = new Set<string>();
  const key = (label: string, number: number) => `${number} ${label}`;
  const isFixed = (object: SceneObject) => isReviewed(object) && object.number > 0;
  for (const { label, number } of [...others, ...objects.filter(isFixed)]) taken.add(key(label, number));
  const next = new Map<string, number>();
  return objects.map((object) => {
    if (isFixed(object)) return object;
    let number = next.get(object.label) ?? 1;
    while (taken.has(key(object.label, number))) number += 1;
    next.set(object.label, number + 1);
    return { ...object, number };
  });
}

function unusedId(taken: Set<string>, wanted: string): string {
  let id = wanted;
  while (taken.has(id)) id += '+';
  taken.add(id);
  return id;
}
