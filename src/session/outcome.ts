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
import { coverageOf, cutShort, doneOf, nounOf } from './coverage.ts';
import { type AddedCount, addStatedCounts } from './density-count.ts';
import { type Detection, isCentredIn, mergeAcrossSlices } from './detections.ts';
import type { Gathered } from './gathering.ts';
import type { Label } from './prompt.ts';
import type { Answer, Coverage } from './types.ts';

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
  /** `done`: all slices are in; `stopped` and `failed`: it ended before that. */
  status: Answer['status'];
  /** What was written of an answer that broke off, where nothing else is there of it. */
  streamed: string;
}

export interface Outcome {
  composed: Composed;
  /** While it runs: the words if it ended now. */
  ifCut: Composed | null;
  coverage: Coverage;
  objects: Detection[];
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
  const objects = single ? asked : mergeAcrossSlices(asked, answer.region, answer.model.tileSize);
  const added = byDensity ? addStatedCounts(gathered.raw, answer.region, input.scene) : null;
  const counts = { stated: added ? added.count : gathered.stated, merged: objects.length };
  const coverage = coverageOf(gathered, input.total);
  const wordsAs = (status: Answer['status']): Composed => {
    const said = added ? composeCount({ ...input, status }, added) : compose({ ...input, status }, objects, single);
    const isCut = status === 'stopped' || (status === 'failed' && doneOf(coverage) < input.total);
    if (!isCut) return said;
    return cutShort(said, { by: status, coverage, noun: nounOf(answer), chinese: hasHan(answer.prompt) });
  };
  return {
    composed: wordsAs(input.status),
    ifCut: input.status === 'running' ? wordsAs('stopped') : null,
    coverage,
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

export function isBoxTask(task: Answer['task']): boolean {
  return task === 'count' || task === 'find' || task === 'segment' || task === 'change';
}

function compose(input: OutcomeInput, objects: Outcome['objects'], single: boolean): Composed {
  const { answer, gathered, label } = input;
  if (gathered.slices.length === 0 && input.status !== 'running') {
    const isAllEmpty = input.status === 'done' && gathered.failedTiles.length === 0 && gathered.emptyTiles > 0;
    return plain(
      isAllEmpty ? 'There is nothing to look at here: every pixel is nodata or outside the scene.' : input.streamed,
    );
  }
  const only = gathered.slices[0];
  if (single && only) {
    const everyLinkKept = objects.length === gathered.detections.length;
    const counted = countedLabel(input, objects);
    if (only.result && everyLinkKept && !counted) return ownWords(only.result, gathered.detections);
    return mergedWords(input, { label: counted ?? label, objects, place: 'region' });
  }
  const noun = nounOf(answer);
  const failedTiles = gathered.failedTiles.length;
  const contradicted = answer.task === 'change' && objects.length === 0 && saysChanged(gathered);
  if (isBoxTask(answer.task) && !contradicted && !isCountedByDensity(input)) {
    return mergedWords(input, { label, objects, place: 'tiles' });
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

/** "4 of 12 tiles", while slices are still to come; else null. */
function soFarOf({ answer, gathered, total, status }: OutcomeInput, chinese: boolean): string | null {
  if (status !== 'running') return null;
  const done = doneOf(coverageOf(gathered, total));
  return chinese ? `图块 ${done}/${total}` : `${done} of ${total} ${nounOf(answer)}s`;
}

/** The merged objects in the language of the question. */
function mergedWords(
  input: OutcomeInput,
  about: { label: MergedSummary['label']; objects: Outcome['objects']; place: 'region' | 'tiles' },
): Composed {
  const { answer, gathered } = input;
  const chinese = hasHan(answer.prompt);
  const read = gathered.slices.length;
  const failed = about.place === 'tiles' ? gathered.failedTiles.length : 0;
  const tiles = chinese ? `${read} 个图块` : `${read} ${nounOf(answer)}${read === 1 ? '' : 's'}`;
  // An answer that was cut short begins with its tiles.
  const isCut = input.status === 'stopped' || input.status === 'failed';
  const region = PLACES[answer.regionKind][chinese ? 'zh' : 'en'];
  const summary: MergedSummary = {
    label: about.label,
    objects: about.objects,
    place: about.place === 'region' ? region : isCut ? null : tiles,
    soFar: about.place === 'tiles' ? soFarOf(input, chinese) : null,
    failedTiles: failed,
    tiles: read + failed,
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
    noun: nounOf(answer),
    chinese,
    soFar: soFarOf(input, chinese),
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
