import type { Point } from '../geo/types.ts';
import type { Evidence, EvidenceThing, SubjectEvidence } from './evidence.ts';

/** Things as a few long arrays, which cross to another thread at once where 100,000 objects would be copied one by one. */
interface PackedThings {
  /** Joined by line feeds. */
  ids: string;
  /** f64[things, 5]: cx, cy, w, h, θ in degrees. */
  boxes: Float64Array<ArrayBuffer>;
  /** f64[things]; NaN for none. */
  scores: Float64Array<ArrayBuffer>;
  /** Number of rings of each thing; −1 for null. */
  rings: Int32Array<ArrayBuffer>;
  /** Number of points of each ring, thing by thing. */
  points: Int32Array<ArrayBuffer>;
  /** f64[points, 2]. */
  xy: Float64Array<ArrayBuffer>;
}

export interface PackedEvidence extends Omit<Evidence, 'subjects'> {
  subjects: Record<string, Omit<SubjectEvidence, 'things'> & { things: PackedThings | null }>;
}

/** The same evidence for another thread. Ids have no line feeds. */
export function packEvidence(evidence: Evidence): PackedEvidence {
  const subjects = Object.fromEntries(
    Object.entries(evidence.subjects).map(([name, subject]) => [
      name,
      { ...subject, things: subject.things && packThings(subject.things) },
    ]),
  );
  return { ...evidence, subjects };
}

/** What of it may be moved. */
export function buffersIn({ subjects }: PackedEvidence): ArrayBuffer[] {
  return Object.values(subjects).flatMap(({ things }) =>
    things ? [things.boxes, things.scores, things.rings, things.points, things.xy].map(({ buffer }) => buffer) : [],
  );
}

export function unpackEvidence(packed: PackedEvidence): Evidence {
  const subjects = Object.fromEntries(
    Object.entries(packed.subjects).map(([name, subject]) => [
      name,
      { ...subject, things: subject.things && unpackThings(subject.things) },
    ]),
  );
  return { ...packed, subjects };
}

function packThings(things: readonly EvidenceThing[]): PackedThings {
  const rings = things.flatMap((thing) => thing.rings ?? []);
  const packed: PackedThings = {
    ids: things.map(({ id }) => id).join('\n'),
    boxes: new Float64Array(5 * things.length),
    scores: new Float64Array(things.length),
    rings: Int32Array.from(things, (thing) => thing.rings?.length ?? -1),
    points: Int32Array.from(rings, ({ length }) => length),
    xy: new Float64Array(2 * rings.reduce((sum, { length }) => sum + length, 0)),
  };
  things.forEach(({ box: { cx, cy, w, h, thetaDeg }, score }, i) => {
    packed.boxes.set([cx, cy, w, h, thetaDeg], 5 * i);
    packed.scores[i] = score ?? Number.NaN;
  });
  let at = 0;
  for (const ring of rings) {
    for (const [x, y] of ring) {
      packed.xy[at++] = x;
      packed.xy[at++] = y;
    }
  }
  return packed;
}

function unpackThings({ ids, boxes, scores, rings, points, xy }: PackedThings): EvidenceThing[] {
  let [ring, at] = [0, 0];
  const nextRing = () =>
    Array.from({ length: points[ring++]! }, (): Point => {
      at += 2;
      return [xy[at - 2]!, xy[at - 1]!];
    });
  return (scores.length === 0 ? [] : ids.split('\n')).map((id, i) => {
    const [cx = 0, cy = 0, w = 0, h = 0, thetaDeg = 0] = boxes.subarray(5 * i, 5 * i + 5);
    const count = rings[i]!;
    return {
      id,
      box: { cx, cy, w, h, thetaDeg },
      score: Number.isNaN(scores[i]) ? null : scores[i]!,
      rings: count < 0 ? null : Array.from({ length: count }, nextRing),
    };
  });
}
