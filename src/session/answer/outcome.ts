import type { PixelWindow } from '../../geo/types.ts';
import { hasHan } from '../../lib/han.ts';
import { taskOf } from '../../tasks/table.ts';
import { type Label, labelIn } from '../asking/question.ts';
import { coverageOf, cutShort, doneOf } from '../asking/slices/coverage.ts';
import { blankCount, type Gathered } from '../asking/slices/gathering.ts';
import { nounOf } from '../asking/slices/slices.ts';
import type { Answer, Coverage } from '../document.ts';
import { knowsScale } from '../model/scales.ts';
import { agree, classesNamed, linksOf } from './agreement.ts';
import { deniesPresence } from './answer-kinds.ts';
import { nothingToSee, skippedPhrase } from './blank-words.ts';
import {
  type Composed,
  composeAdded,
  composeFound,
  composeMerged,
  composeMergedZh,
  failedPhrase,
  failedPhraseZh,
  joinRuns,
  linkText,
  type MergedSummary,
  plain,
  type Words,
  withSentences,
} from './compose.ts';
import { type AddedCount, addStatedCounts } from './density-count.ts';
import { type Detection, isCentredIn, mergeAcrossSlices } from './detections.ts';
import { describeSlices, joinAnswers, joinQuality, joinScenes, type Said } from './join-answers.ts';
import { cannotBeJudged, mayBeMissing, tooCoarse } from './scale-words.ts';

const PLACES: Record<Answer['regionKind'], { en: string; zh: string }> = {
  drawn: { en: 'the region', zh: '区域' },
  view: { en: 'the view', zh: '视图' },
  scene: { en: 'the scene', zh: '图像' },
};
/** A tile's own words state the count only if at least this share of the tile is the region. */
const WHOLE_SHARE = 0.99;
/** A smaller share of nodata isn't mentioned. */
const LEAST_NO_DATA = 0.002;
/** The name of the change head's boxes. */
const CHANGE: Label = { singular: 'change', plural: 'changes', className: 'change', zh: '变化' };

export interface OutcomeInput {
  answer: Pick<
    Answer,
    'id' | 'task' | 'question' | 'region' | 'regionKind' | 'slicing' | 'model' | 'sampledFrom' | 'gsdMetres'
  >;
  label: Label | null;
  gathered: Gathered;
  scene: PixelWindow;
  /** All slices, with the blank and the failed ones. */
  total: number;
  /** `done`: all slices are in; `stopped` and `failed`: it ended before that. */
  status: Answer['status'];
  /** The text so far of an only slice that broke off. */
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

/** Makes an answer from its slices' results: merged objects, counts, and words that agree with both. */
export function concludeAnswer(given: OutcomeInput): Outcome {
  const input = taskOf(given.answer.task).needs.before ? { ...given, label: CHANGE } : given;
  const { answer, gathered } = input;
  const single = input.total === 1;
  const inScene = gathered.detections.filter((detection) => isCentredIn(detection, input.scene));
  const wantsBoxes = isBoxTask(answer.task);
  const inRegion = wantsBoxes ? inScene.filter((detection) => isCentredIn(detection, answer.region)) : inScene;
  const byDensity = isCountedByDensity(input);
  const asked = wantsBoxes
    ? inRegion.filter((each) => !byDensity && isOfClass(each, input))
    : inRegion.filter((each) => isMeant(each, input));
  const slices = gathered.slices.map(({ window }) => window);
  const objects = single ? asked : mergeAcrossSlices(asked, slices, answer.region, answer.model.tileSize);
  const added = byDensity ? addStatedCounts(gathered.raw, answer.region, input.scene) : null;
  const counts = { stated: added ? added.count : (gathered.numbers.stated ?? null), merged: objects.length };
  const coverage = coverageOf(gathered, input.total);
  const wordsAs = (status: Answer['status']): Composed => {
    const as = { ...input, status };
    const bare = added ? composeCount(as, added) : compose(as, objects, single);
    const { chinese } = wordsOf(answer);
    const said =
      gathered.slices.length === 0 ? bare : withSentences(atItsScale(bare, as, objects), remarksOn(as), chinese);
    const isCut = status === 'stopped' || (status === 'failed' && doneOf(coverage) < input.total);
    if (!isCut) return said;
    return cutShort(said, { by: status, coverage, ...wordsOf(answer) });
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

/** False for a detection of another class than the one asked for, which doesn't answer the question. */
function isOfClass(detection: Detection, { label, answer }: OutcomeInput): boolean {
  if (!label) return true;
  // A model without classes of its own is asked in the user's words.
  return label.className ? detection.label === label.className : answer.model.classes.length === 0;
}

/** If a slice's words contradict its boxes and the question names one class, only boxes of that class count. */
function isMeant(detection: Detection, { answer, gathered }: OutcomeInput): boolean {
  const [asked, ...others] = classesNamed(answer.question, answer.model.classes);
  if (answer.task !== 'ask' || asked === undefined || others.length > 0 || detection.label === asked) return true;
  const slice = gathered.slices.find(({ window }) => window === detection.tile);
  return slice === undefined || isBorneOut(slice, answer);
}

/** Things counted by density have no boxes. The question is the count task, or names one and gets a number. */
function isCountedByDensity(input: OutcomeInput): boolean {
  return densityLabelOf(input) !== null;
}

function densityLabelOf({ answer, label, gathered }: OutcomeInput): Label | null {
  if (answer.task === 'count') return label?.byDensity ? label : null;
  if (answer.task !== 'ask' || gathered.numbers.stated === undefined || gathered.detections.length > 0) return null;
  const [named] = classesNamed(answer.question, answer.model.densities ?? []);
  return named === undefined ? null : labelIn(answer.model, named);
}

const isBoxTask = (task: Answer['task']) => taskOf(task).joins === 'boxes';

function compose(input: OutcomeInput, objects: Outcome['objects'], single: boolean): Composed {
  const { answer, gathered, label, status } = input;
  const words = wordsOf(answer);
  if (gathered.slices.length === 0 && status !== 'running') {
    const isAllBlank = status === 'done' && gathered.failedTiles.length === 0 && blankCount(gathered) > 0;
    return isAllBlank ? nothingToSee(gathered.blank, words) : plain(input.streamed);
  }
  const only = gathered.slices[0];
  const counted = countedLabel(input, objects);
  if (single && only) {
    const everyLinkKept = objects.length === gathered.detections.length;
    if (only.result && everyLinkKept && !counted && isBorneOut(only, answer)) {
      return ownWords(only.result, gathered.detections);
    }
    if (counted || isBoxTask(answer.task))
      return mergedWords(input, { label: counted ?? label, objects, place: 'region' });
    return taskOf(answer.task).joins === 'descriptions'
      ? describeSlices(saidBy(input, objects))
      : pointedAtWords(input, objects);
  }
  const contradicted = taskOf(answer.task).needs.before && objects.length === 0 && saysChanged(gathered);
  if ((isBoxTask(answer.task) && !contradicted && !isCountedByDensity(input)) || counted) {
    return mergedWords(input, { label: counted ?? label, objects, place: 'tiles' });
  }
  if (gathered.slices.length === 0) return plain('');
  const said = saidBy(input, objects);
  const { joins } = taskOf(answer.task);
  if (joins === 'defects' && (gathered.scores.quality ?? []).length > 0) return joinQuality(said);
  return joins === 'scenes' ? joinScenes(said) : joinAnswers(said);
}

/** Whether the model's words agree with its boxes in classes and numbers. A change has no class. */
function isBorneOut({ text, result }: Gathered['slices'][number], { task, model }: OutcomeInput['answer']): boolean {
  return taskOf(task).needs.before || agree(text, linksOf(result?.things ?? []), model.classes);
}

function saidBy({ answer, gathered, status, total }: OutcomeInput, objects: Outcome['objects']): Said {
  const { answered, empty } = coverageOf(gathered, total);
  return {
    ...wordsOf(answer),
    slices: gathered.slices,
    objects,
    model: answer.model,
    qualityScores: gathered.scores.quality ?? [],
    isAll: status === 'done' && answered + empty === (answer.sampledFrom ?? total),
  };
}

/** For words that contradict their boxes: says what the boxes are, and that this may not answer the question. */
function pointedAtWords(input: OutcomeInput, objects: Outcome['objects']): Composed {
  const { answer } = input;
  const words = wordsOf(answer);
  const [asked, ...others] = classesNamed(answer.question, answer.model.classes);
  const known = answer.model.classes.find(({ name }) => name === asked);
  if (known && others.length === 0) {
    return mergedWords(input, { label: { ...known, singular: known.name }, objects, place: 'region' });
  }
  const found = composeFound(objects, { ...words, model: answer.model });
  const [before, after] = words.chinese
    ? ['模型指出了', '，这不一定回答了问题。']
    : ['The model pointed at ', ', which may not answer the question.'];
  return joinRuns([{ text: before, objectIds: [] }, ...found, { text: after, objectIds: [] }]);
}

function wordsOf(answer: OutcomeInput['answer']): Words {
  return { noun: nounOf(answer), chinese: hasHan(answer.question) };
}

/** Limits the words to what a coarse picture can support: it may hide objects that were not found. */
function atItsScale(said: Composed, input: OutcomeInput, objects: Outcome['objects']): Composed {
  const { answer, gathered, label } = input;
  const { gsdMetres = null, model } = answer;
  const coarse = tooCoarse(
    gathered.slices.map(({ window }) => window),
    { gsdMetres, model },
  );
  const { chinese } = wordsOf(answer);
  const { views } = taskOf(answer.task);
  // A region may be named where imagery is somewhat too coarse, and not where it shows nothing that the model knows.
  if (views === 'around-region' && !knowsScale('things', model, gsdMetres)) {
    return plain(cannotBeJudged(coarse!, { name: model.name, plural: null, chinese }));
  }
  if (!coarse || views !== 'at-scale') return said;
  const denies = isBoxTask(answer.task)
    ? objects.length === 0 && !(gathered.numbers.stated && isCountedByDensity(input))
    : gathered.slices.every(({ text }) => deniesPresence(text));
  if (!denies) return withSentences(said, [mayBeMissing(coarse, { name: model.name, chinese })], chinese);
  const plural = (chinese ? label?.zh : undefined) ?? label?.plural ?? null;
  return plain(cannotBeJudged(coarse, { name: model.name, plural, chinese }));
}

/** What a reader needs to judge the words: failed, blank and skipped slices, and nodata. */
function remarksOn(input: OutcomeInput): string[] {
  const { answer, gathered, status } = input;
  const words = wordsOf(answer);
  const { noun, chinese } = words;
  const answered = gathered.slices.length;
  if (answered === 0) return [];
  const remarks: (string | null)[] = [];
  const saysItself = isBoxTask(answer.task) || input.total === 1;
  const soFar = saysItself ? null : soFarOf(input, chinese);
  if (soFar !== null) remarks.push(chinese ? `目前：${soFar}。` : `So far: ${soFar}.`);
  const failed = gathered.failedTiles.length;
  if (failed > 0 && !saysItself && soFar === null) {
    remarks.push(chinese ? failedPhraseZh(failed, answered + failed) : failedPhrase(failed, answered + failed));
  }
  if (status !== 'done') return remarks.flatMap((remark) => remark ?? []);
  remarks.push(skippedPhrase(gathered.blank, words));
  const { sampledFrom } = answer;
  if (sampledFrom !== undefined) {
    remarks.push(
      chinese
        ? `共 ${sampledFrom} 个图块，均匀选看了 ${input.total} 个。`
        : `Looked at ${input.total} of ${sampledFrom} ${noun}s, spread evenly.`,
    );
  }
  const share = gathered.area.seen > 0 ? gathered.area.withoutData / gathered.area.seen : 0;
  if (taskOf(answer.task).joins === 'defects' && share >= LEAST_NO_DATA) {
    const percent = share < 0.01 ? '< 1' : String(Math.round(share * 100));
    const place = PLACES[answer.regionKind][chinese ? 'zh' : 'en'];
    remarks.push(chinese ? `${place}的 ${percent} % 没有数据。` : `${percent} % of ${place} has no data.`);
  }
  return remarks.flatMap((remark) => remark ?? []);
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
  const chinese = hasHan(answer.question);
  const read = gathered.slices.length;
  const failed = about.place === 'tiles' ? gathered.failedTiles.length : 0;
  const tiles = chinese ? `${read} 个图块` : `${read} ${nounOf(answer)}${read === 1 ? '' : 's'}`;
  // An answer that ended early begins with its number of tiles.
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

/** A count without boxes: the model's own words if one tile shows just the region, else the sum over tiles. */
function composeCount(input: OutcomeInput, added: AddedCount): Composed {
  const { answer, gathered } = input;
  const label = densityLabelOf(input);
  const [only] = gathered.slices;
  if (input.total === 1 && only && added.share > WHOLE_SHARE) return plain(only.text);
  const chinese = hasHan(answer.question);
  return composeAdded(added, {
    label: label ?? { singular: 'object', plural: 'objects' },
    place: PLACES[answer.regionKind][chinese ? 'zh' : 'en'],
    noun: nounOf(answer),
    chinese,
    soFar: soFarOf(input, chinese),
    failedTiles: gathered.failedTiles.length,
  });
}

/** Whether a tile says that something changed, though it points at nothing. */
function saysChanged({ slices }: Gathered): boolean {
  return slices.some(({ text }) => !/nothing changed|no change|没有变化|没有发生变化/i.test(text));
}

/** The class whose objects the model counted one by one, "1 … 2 … 3 …". Such a list is replaced by a sentence. */
function countedLabel({ answer, gathered, label }: OutcomeInput, objects: Outcome['objects']) {
  if (gathered.numbers.stated === undefined || objects.length === 0) return null;
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
    result.things.flatMap(({ span: { start, end } }, index) => {
      const detection = detections[index];
      return detection ? [{ start, end, objectId: detection.id }] : [];
    }),
  );
}
