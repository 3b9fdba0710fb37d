import type { PixelWindow } from '../geo/types.ts';
import { hasHan } from '../lib/han.ts';
import {
  type Composed,
  composeAdded,
  composeBySlice,
  composeMerged,
  composeMergedZh,
  composeScenes,
  linkText,
  type MergedSummary,
  plain,
} from './compose.ts';
import { type AddedCount, addStatedCounts } from './density-count.ts';
import { type Detection, isCentredIn, mergeAcrossSlices } from './detections.ts';
import type { Gathered } from './gathering.ts';
import type { Label } from './prompt.ts';
import type { Answer, SceneObject } from './types.ts';

const PLACES: Record<Answer['regionKind'], { en: string; zh: string }> = {
  drawn: { en: 'the region', zh: '区域' },
  view: { en: 'the view', zh: '视图' },
  scene: { en: 'the scene', zh: '图像' },
};
/** A tile whose count is given in its own words shows hardly more than the region. */
const WHOLE_SHARE = 0.99;
/** What the change head's boxes are called. */
const CHANGE: Label = { singular: 'change', plural: 'changes', className: 'change', zh: '变化' };

export interface OutcomeInput {
  answer: Pick<Answer, 'id' | 'task' | 'prompt' | 'region' | 'regionKind' | 'slicing' | 'model'>;
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
  /** Boxes left out because they are of another class than the one asked for. */
  otherClassBoxes: number;
}

/** What an answer says from what its slices gave: merged objects, counts, and words that are true of both. */
export function concludeAnswer(given: OutcomeInput): Outcome {
  const input = given.answer.task === 'change' ? { ...given, label: CHANGE } : given;
  const { answer, gathered } = input;
  const single = input.total === 1;
  const inScene = gathered.detections.filter((detection) => isCentredIn(detection, input.scene));
  const wantsBoxes = isBoxTask(answer.task);
  const inRegion = wantsBoxes ? inScene.filter((detection) => isCentredIn(detection, answer.region)) : inScene;
  const byDensity = isCountedByDensity(input);
  const asked = wantsBoxes ? inRegion.filter((each) => !byDensity && isOfClass(each, input.label)) : inRegion;
  const merged = single ? asked : mergeAcrossSlices(asked, answer.region, answer.model.tileSize);
  const objects = numberedPerLabel(answer.id, merged);
  const added = byDensity ? addStatedCounts(gathered.raw, answer.region, input.scene) : null;
  const counts = { stated: added ? added.count : gathered.stated, merged: objects.length };
  return {
    composed: added ? composeCount(input, added) : compose(input, objects, single),
    objects,
    counts,
    otherClassBoxes: inRegion.length - asked.length,
  };
}

/** The model may point at something of another class than the one asked for: that is no answer to the question. */
function isOfClass(detection: Detection, label: Label | null): boolean {
  return !label?.className || detection.label === label.className;
}

function isCountedByDensity({ answer, label }: OutcomeInput): boolean {
  return answer.task === 'count' && label?.byDensity === true;
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
  return task === 'count' || task === 'find' || task === 'segment' || task === 'change';
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
    return mergedWords(input, { label: counted ?? label, objects, place: 'region', soFar: false });
  }
  const noun = nounOf(input);
  const failedTiles = gathered.failedTiles.length;
  const contradicted = answer.task === 'change' && objects.length === 0 && saysChanged(gathered);
  if (isBoxTask(answer.task) && !contradicted && !isCountedByDensity(input)) {
    return mergedWords(input, { label, objects, place: 'tiles', soFar: !input.complete });
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

function nounOf({ answer }: OutcomeInput): 'slice' | 'tile' {
  return answer.slicing === 'llava-uhd' ? 'slice' : 'tile';
}

/** "4 of 12 tiles", while slices are still to come. */
function progressOf(input: OutcomeInput, chinese: boolean): string {
  const { gathered, total } = input;
  const done = gathered.slices.length + gathered.emptyTiles + gathered.failedTiles.length;
  return chinese ? `图块 ${done}/${total}` : `${done} of ${total} ${nounOf(input)}s`;
}

/** The merged objects in the language of the question. */
function mergedWords(
  input: OutcomeInput,
  about: { label: MergedSummary['label']; objects: Outcome['objects']; place: 'region' | 'tiles'; soFar: boolean },
): Composed {
  const { answer, gathered } = input;
  const chinese = hasHan(answer.prompt);
  const read = gathered.slices.length;
  const tiles = chinese ? `${read} 个图块` : `${read} ${nounOf(input)}${read === 1 ? '' : 's'}`;
  const summary: MergedSummary = {
    label: about.label,
    objects: about.objects,
    place: about.place === 'tiles' ? tiles : PLACES[answer.regionKind][chinese ? 'zh' : 'en'],
    soFar: about.soFar ? progressOf(input, chinese) : null,
    failedTiles: about.place === 'tiles' ? gathered.failedTiles.length : 0,
  };
  return chinese ? composeMergedZh(summary) : composeMerged(summary);
}

/** A count without boxes: the model's own words where one tile shows just the region, else what was added up. */
function composeCount(input: OutcomeInput, added: AddedCount): Composed {
  const { answer, gathered, label } = input;
  const [only] = gathered.slices;
  if (input.total === 1 && only && added.share > WHOLE_SHARE) return plain(only.text);
  const chinese = hasHan(answer.prompt);
  return composeAdded(added, {
    label: label ?? { singular: 'object', plural: 'objects' },
    place: PLACES[answer.regionKind][chinese ? 'zh' : 'en'],
    noun: nounOf(input),
    chinese,
    soFar: input.complete ? null : progressOf(input, chinese),
    failedTiles: gathered.failedTiles.length,
  });
}

/** A tile said that something changed without pointing at it. */
function saysChanged({ slices }: Gathered): boolean {
  return slices.some(({ text }) => !/nothing changed|no change|没有变化|没有发生变化/i.test(text));
}

/** The class whose objects the model counted one by one, "1 … 2 … 3 …": a list to be checked, no sentence to be read. */
function countedLabel({ answer, gathered, label }: OutcomeInput, objects: Outcome['objects']) {
  if (gathered.stated === null || objects.length === 0) return null;
  if (answer.task === 'count') return label;
  if (answer.task !== 'ask') return null;
  const [first, ...others] = objects;
  if (others.some((object) => object.label !== first?.label)) return null;
  const known = answer.model.classes.find(({ name }) => name === first?.label);
  if (!known) return null;
  return { singular: known.name, plural: known.plural, ...(known.zh === undefined ? {} : { zh: known.zh }) };
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
