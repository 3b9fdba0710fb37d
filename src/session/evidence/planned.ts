import type { PixelWindow, Point } from '../../geo/types.ts';
import { meanGsd } from '../../imagery/image.ts';
import type { CoverEvidence, Evidence } from '../../plan/evidence.ts';
import type { Result } from '../../plan/result.ts';
import { idsIn } from '../../plan/run/run.ts';
import { wordsFor } from '../../plan/subjects.ts';
import { writeAnswer } from '../../plan/write/write.ts';
import { keyOf } from '../../teaching/taught-class.ts';
import { type Composed, plain, withSentences } from '../answer/compose.ts';
import type { Detection } from '../answer/detections.ts';
import { cannotBeJudged, mayBeMissing, type TooCoarse, tooCoarse } from '../answer/scale-words.ts';
import { planSlices } from '../asking/slices/slices.ts';
import type { Answer, OpenScene, SceneObject } from '../document.ts';
import { scalesOf } from '../model/scales.ts';
import { joinSightings } from '../review/objects.ts';
import { taughtWords } from '../teaching/taught-words.ts';
import { evidenceOf, type GatheredTiles, type Merged, mergedOf } from './assemble.ts';
import { type GatherContext, type GatherWatch, gatherTiles, type TilesGathered } from './gather-tiles.ts';
import { type PlannedQuestion, type ScaledQuestion, scalesAsked, toldBySceneAlone } from './planned-question.ts';
import { subjectsKnown } from './subjects-of-model.ts';
import { type TaughtWindows, windowsOfScale } from './taught-windows.ts';
import { windowKey } from './tile-evidence.ts';
import { type Wanted, wantedFor } from './wanted.ts';

/** The windows of a question: those to be looked at, out of those that would cover the region. */
export interface PlannedWindows {
  wanted: Wanted;
  all: readonly PixelWindow[];
  looked: readonly PixelWindow[];
  slicing: Answer['slicing'];
  /** Taught classes, which have tiles at their own scale. */
  taught: readonly TaughtWindows[];
}

export function windowsOf(question: ScaledQuestion): PlannedWindows {
  const { plan, layer, region, model, slicing: mode, isJudged } = question;
  const wanted = wantedFor(plan, model, question.outlines);
  const input = {
    mode,
    region: region.window,
    scene: sceneOf(layer),
    gsdMetres: meanGsd(layer.info),
    model,
  };
  const { windows: all, mode: slicing } = planSlices({ ...input, task: 'count' });
  const taught = question.taught
    .filter(({ name }) => wanted.taught.includes(name))
    .map((each) => ({ taught: each, windows: windowsOfScale(each.scale, region.window, sceneOf(layer), input) }));
  if (!wanted.looks || !wanted.own || !isJudged) return { wanted, all: [], looked: [], slicing, taught };
  const looked = planSlices({ ...input, task: wanted.tilesAs }).windows;
  // A single view for words may be another than one for boxes.
  const keys = new Set(all.map(windowKey));
  return { wanted, all: looked.every((window) => keys.has(windowKey(window))) ? all : looked, looked, slicing, taught };
}

/** What can be said from the evidence so far. */
export interface PlannedOutcome {
  /** Null if only the model's own words answer it. Links name detections. */
  composed: Composed | null;
  /** The things that the answer is about. */
  detections: Detection[];
}

/** What was gathered for a plan: in the model's own tiles, and in those of each taught class. */
export interface PlanGathered {
  own: TilesGathered;
  taught: readonly TilesGathered[];
}

/** Number of tiles that a plan looks at. */
export function tilesIn({ looked, taught }: PlannedWindows): number {
  return taught.reduce((sum, { windows }) => sum + windows.length, looked.length);
}

/** What a caller learns while it is gathered; as `GatherWatch`. */
export interface PlanWatch {
  known(soFar: PlanGathered): void;
  tile(soFar: PlanGathered): void;
}

/** Gathers what the plan needs. */
export async function gatherFor(
  question: ScaledQuestion,
  { wanted, looked, taught }: PlannedWindows,
  context: GatherContext,
  watch: PlanWatch,
): Promise<PlanGathered> {
  const { layer, bands, model, adapter = null } = question;
  const view = { scene: layer, bands, gsdMetres: meanGsd(layer.info), model, adapter };
  const base = {
    model,
    scene: sceneOf(layer),
    outlined: wanted.outlined,
    cover: wanted.cover,
    region: question.region.window,
  };
  const nothing: TilesGathered = { tiles: new Map(), failed: [], looked: 0 };
  const watching = (all: (soFar: TilesGathered) => PlanGathered): GatherWatch => ({
    known: (soFar) => watch.known(all(soFar)),
    tile: (soFar) => watch.tile(all(soFar)),
  });
  const rest = taught.map(() => nothing);
  const own = await gatherTiles(
    { ...base, windows: looked, view },
    context,
    watching((soFar) => ({ own: soFar, taught: rest })),
  );
  const done: TilesGathered[] = [];
  for (const { taught: one, windows } of taught) {
    const of = { ...base, windows, outlined: [], cover: false, taught: one, view: { ...view, taught: keyOf(one) } };
    const all = (soFar: TilesGathered) => ({ own, taught: [...done, soFar, ...rest.slice(done.length + 1)] });
    done.push(await gatherTiles(of, context, watching(all)));
  }
  return { own, taught: done };
}

/** What a plan runs on, and all detections that its things are of. `known`: the layer's objects, reviewed or not; `cover`: null if none is needed. */
export function evidenceFor(
  question: ScaledQuestion,
  windows: PlannedWindows,
  gathered: PlanGathered,
  known: readonly SceneObject[],
  cover: CoverEvidence | null,
): { evidence: Evidence; all: readonly Detection[] } {
  const { model, whole, answerId } = question;
  const passes = [
    { windows: windows.all, gathered: gathered.own },
    ...windows.taught.map((each, index) => ({ windows: each.windows, gathered: gathered.taught[index]! })),
  ].map((pass) => tilesOf(question, pass.windows, pass.gathered));
  const merged: Merged = new Map(passes.flatMap((pass) => [...mergedOf(pass, model)]));
  // Where only taught classes are asked about, their tiles say what was looked at.
  const tiles = passes[windows.wanted.own ? 0 : 1] ?? passes[0]!;
  const all = [...merged.values()].flat();
  const before = joinSightings(known, all, answerId).objectOf;
  const stateOf = ({ id }: Detection) => before.get(id)?.state ?? 'proposed';
  const evidence = evidenceOf(tiles, merged, windows.wanted.subjects, model, stateOf, cover);
  return { evidence: { ...evidence, layers: question.layers, known: subjectsKnown(whole) }, all };
}

/** Writes the answer from what the plan gave on `evidenceFor`. */
export function concludePlan(
  question: ScaledQuestion,
  windows: PlannedWindows,
  result: Result,
  all: readonly Detection[],
): PlannedOutcome {
  const unjudged = notAtThisScale(question);
  if (!question.isJudged && unjudged !== null) return { composed: plain(unjudged), detections: [] };
  const byScene = toldBySceneAlone(question);
  if (byScene.length > 0 && result.kind === 'exists' && result.rows.every(({ verdict }) => verdict !== 'yes')) {
    const hidden = notAtThisScale({ ...question, unjudged: byScene, isJudged: false });
    return { composed: hidden === null ? null : plain(hidden), detections: [] };
  }
  const references = result.references.flatMap(({ things }) => things);
  const meant = new Set([...idsIn(result), ...references.map(({ id }) => id)]);
  const detections = all.filter(({ id }) => meant.has(id));
  const written = writeAnswer(question.plan, result);
  const composed = written && {
    text: written.text,
    runs: written.runs.map(({ text, thingIds }) => ({ text, objectIds: thingIds })),
  };
  const said = composed && atItsScale(composed, result, question, windows.looked);
  return { composed: said && withDoubt(said, question, windows, unjudged), detections };
}

/** Says what can't be judged, and of taught classes that little stands behind their scores. */
function withDoubt(
  said: Composed,
  { plan }: ScaledQuestion,
  { taught }: PlannedWindows,
  unjudged: string | null,
): Composed {
  const chinese = plan.language === 'zh';
  const doubts = taught.map(({ taught: { name, counts } }) => taughtWords(name, counts, chinese));
  return withSentences(said, unjudged === null ? doubts : [unjudged, ...doubts], chinese);
}

/** The words as they can be said of imagery too coarse to show what isn't found in it. */
function atItsScale(
  said: Composed,
  result: Result,
  question: ScaledQuestion,
  looked: readonly PixelWindow[],
): Composed {
  const { plan, whole } = question;
  // Of taught classes the model knows no scale but theirs, which their tiles have.
  const coarse = looked.length > 0 ? coarsenessOf(question, looked) : null;
  if (!coarse || result.kind === 'cannot') return said;
  const chinese = plan.language === 'zh';
  if (!denies(result)) return withSentences(said, [mayBeMissing(coarse, { name: whole.name, chinese })], chinese);
  return plain(cannotBeJudged(coarse, { name: whole.name, ...asked(plan.subjects[0], chinese), chinese }));
}

/** That what the model knows at other scales can't be judged at this one; null if there is nothing of that kind. */
function notAtThisScale(question: ScaledQuestion): string | null {
  const { plan, layer, whole, unjudged, isJudged } = question;
  const gsdMetres = meanGsd(layer.info);
  if (gsdMetres === null || (isJudged && unjudged.length === 0)) return null;
  const chinese = plan.language === 'zh';
  return cannotBeJudged(
    { by: 'imagery', gsdMetres, known: scalesAsked(question) },
    { name: whole.name, ...asked(unjudged[0], chinese), chinese },
  );
}

function asked(subject: string | undefined, chinese: boolean): { plural: string | null; isMass: boolean } {
  if (subject === undefined) return { plural: null, isMass: false };
  const { zh, name, plural } = wordsFor(subject);
  return { plural: chinese ? zh : (plural ?? name), isMass: plural === null };
}

function coarsenessOf(question: ScaledQuestion, looked: readonly PixelWindow[]): TooCoarse | null {
  const { layer, whole: model, part } = question;
  return tooCoarse(looked, { gsdMetres: meanGsd(layer.info), model }, scalesOf(part, model));
}

/** Whether a result says that nothing of what was asked about is there. */
function denies(result: Result): boolean {
  if (result.kind === 'exists') return result.rows.every(({ verdict }) => verdict === 'no');
  if (result.kind === 'count' || result.kind === 'found') return result.rows.every(({ count }) => count === 0);
  if (result.kind === 'cover') return result.rows.every(({ share }) => share === 0);
  return result.kind === 'places' && result.rows.every(({ amount }) => !amount || amount.value === 0);
}

function tilesOf(
  { layer, region, drawn }: PlannedQuestion,
  all: readonly PixelWindow[],
  { tiles, failed }: TilesGathered,
): GatheredTiles {
  const failedKeys = new Set(failed.map(({ window }) => windowKey(window)));
  const keys = all.map(windowKey);
  return {
    region: region.window,
    regionKind: region.kind,
    marked: drawn && cornersOf(drawn),
    scene: sceneOf(layer),
    windows: all,
    tiles: new Map(
      keys.flatMap((key, index) => {
        const tile = tiles.get(key);
        return tile ? [[index, tile] as const] : [];
      }),
    ),
    failed: new Set(keys.flatMap((key, index) => (failedKeys.has(key) ? [index] : []))),
  };
}

const sceneOf = ({ info }: OpenScene): PixelWindow => ({ x: 0, y: 0, width: info.width, height: info.height });

const cornersOf = ({ x, y, width, height }: PixelWindow): Point[] => [
  [x, y],
  [x + width, y],
  [x + width, y + height],
  [x, y + height],
];
