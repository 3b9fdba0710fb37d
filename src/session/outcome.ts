import type { PixelWindow } from '../geo/types.ts';
import { type Composed, composeBySlice, composeMerged, composeScenes, linkText, plain } from './compose.ts';
import { type Detection, isCentredIn, mergeAcrossSlices } from './detections.ts';
import type { Gathered } from './gathering.ts';
import type { Label } from './prompt.ts';
import type { Answer, SceneObject } from './types.ts';

const PLACES: Record<Answer['regionKind'], string> = { drawn: 'the region', view: 'the view', scene: 'the scene' };

export interface OutcomeInput {
  answer: Pick<Answer, 'id' | 'task' | 'region' | 'regionKind' | 'slicing' | 'model'>;
  label: Label | null;
  gathered: Gathered;
  scene: PixelWindow;
  /** Slices to read in all, the empty and the failed ones among them. */
  total: number;
  /** False while slices are still to come. */
  complete: boolean;
}

export interface Outcome {
  composed: Composed;
  objects: Omit<SceneObject, 'state'>[];
  counts: Answer['counts'];
}

/** What an answer says from what its slices gave: merged objects, counts, and words that are true of both. */
export function concludeAnswer(input: OutcomeInput): Outcome {
  const { answer, gathered } = input;
  const single = input.total === 1;
  const wantsBoxes = isBoxTask(answer.task);
  const inScene = gathered.detections.filter((detection) => isCentredIn(detection, input.scene));
  const asked = wantsBoxes ? inScene.filter((detection) => isAskedFor(detection, answer.region, input.label)) : inScene;
  const merged = single ? asked : mergeAcrossSlices(asked, answer.region, answer.model.tileSize);
  const objects = numberedPerLabel(answer.id, merged);
  const counts = { stated: gathered.stated, merged: objects.length };
  return { composed: compose(input, objects, single), objects, counts };
}

/** The model may point at something of another class than the one asked for: that is no answer to the question. */
function isAskedFor(detection: Detection, region: PixelWindow, label: Label | null): boolean {
  const ofClass = !label?.className || detection.label === label.className;
  return ofClass && isCentredIn(detection, region);
}

/** "building 2" and "car 2" may stand side by side, as in the model's own words. */
function numberedPerLabel(answerId: string, detections: readonly Detection[]): Outcome['objects'] {
  const counts = new Map<string, number>();
  return detections.map((detection) => {
    const number = (counts.get(detection.label) ?? 0) + 1;
    counts.set(detection.label, number);
    return { ...detection, answerId, number };
  });
}

export function isBoxTask(task: Answer['task']): boolean {
  return task === 'count' || task === 'find' || task === 'segment';
}

function compose(input: OutcomeInput, objects: Outcome['objects'], single: boolean): Composed {
  const { answer, gathered, label } = input;
  if (gathered.slices.length === 0 && input.complete) {
    if (gathered.failedTiles.length > 0) return plain('');
    if (gathered.emptyTiles > 0)
      return plain('There is nothing to look at here: every pixel is nodata or outside the scene.');
    return plain('');
  }
  const only = gathered.slices[0];
  if (single && only) {
    const everyLinkKept = objects.length === gathered.detections.length;
    const counted = countedLabel(input, objects);
    if (only.result && everyLinkKept && !counted) return ownWords(only.result, gathered.detections);
    return composeMerged({
      label: counted ?? label,
      objects,
      place: PLACES[answer.regionKind],
      soFar: null,
      failedTiles: 0,
    });
  }
  const noun = answer.slicing === 'llava-uhd' ? 'slice' : 'tile';
  const failedTiles = gathered.failedTiles.length;
  if (isBoxTask(answer.task)) {
    const read = gathered.slices.length;
    const done = read + gathered.emptyTiles + failedTiles;
    return composeMerged({
      label,
      objects,
      place: `${read} ${noun}${read === 1 ? '' : 's'}`,
      soFar: input.complete ? null : `${done} of ${input.total} ${noun}s`,
      failedTiles,
    });
  }
  const best = gathered.slices.flatMap((slice) => slice.bestScene ?? []);
  if (answer.task === 'classify' && best.length === gathered.slices.length && best.length > 0) {
    return composeScenes(best, noun, failedTiles);
  }
  return composeBySlice(
    gathered.slices.map((slice) => slice.text),
    noun,
    failedTiles,
  );
}

/** The class whose objects the model counted one by one, "1 … 2 … 3 …": a list to be checked, no sentence to be read. */
function countedLabel({ answer, gathered, label }: OutcomeInput, objects: Outcome['objects']) {
  if (gathered.stated === null || objects.length === 0) return null;
  if (answer.task === 'count') return label;
  if (answer.task !== 'ask') return null;
  const [first, ...others] = objects;
  if (others.some((object) => object.label !== first?.label)) return null;
  const known = answer.model.classes.find(({ name }) => name === first?.label);
  return known ? { singular: known.name, plural: known.plural } : null;
}

function ownWords(
  result: NonNullable<Gathered['slices'][number]['result']>,
  detections: readonly Detection[],
): Composed {
  return linkText(
    result.text,
    result.objects.flatMap(({ start, end }, index) => {
      const detection = detections[index];
      return detection ? [{ start, end, objectId: detection.id }] : [];
    }),
  );
}
