import type { SlicingMode } from '../../geo/slicing/slicings.ts';
import type { PixelWindow, Point } from '../../geo/types.ts';
import { meanGsd, type NamedBand } from '../../imagery/image.ts';
import type { Evidence } from '../../plan/evidence.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Result } from '../../plan/result.ts';
import { idsIn } from '../../plan/run/run.ts';
import { wordsFor } from '../../plan/subjects.ts';
import { writeAnswer } from '../../plan/write/write.ts';
import { keyOf, type TaughtClass } from '../../teaching/taught-class.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { type Composed, plain, withSentences } from '../answer/compose.ts';
import type { Detection } from '../answer/detections.ts';
import { cannotBeJudged, mayBeMissing, type TooCoarse, tooCoarse } from '../answer/scale-words.ts';
import { planSlices } from '../asking/slices/slices.ts';
import type { Answer, OpenScene, SceneObject } from '../document.ts';
import type { ChosenRegion } from '../layers/region.ts';
import { joinSightings } from '../review/objects.ts';
import { taughtWords } from '../teaching/taught-words.ts';
import { evidenceOf, type GatheredTiles, type Merged, mergedOf } from './assemble.ts';
import { type GatherContext, gatherTiles, type TilesGathered } from './gather-tiles.ts';
import { type TaughtWindows, windowsOfScale } from './taught-windows.ts';
import { windowKey } from './tile-evidence.ts';
import { type Wanted, wantedFor } from './wanted.ts';

/** A plan with all that its result depends on beside the evidence. */
export interface PlannedQuestion {
  plan: Plan;
  answerId: string;
  layer: OpenScene;
  /** The source bands that the model gets. */
  bands: readonly NamedBand[];
  region: ChosenRegion;
  /** The region that the user drew, in source pixels; null if there is none. */
  drawn: PixelWindow | null;
  model: ModelInfo;
  adapter: Answer['adapter'];
  /** The taught classes that `model` names. */
  taught: readonly TaughtClass[];
  slicing: SlicingMode;
  /** Whether the question asks for outlines of what it finds. */
  outlines: boolean;
}

/** The windows of a question: those to be looked at, out of those that would cover the region. */
export interface PlannedWindows {
  wanted: Wanted;
  all: readonly PixelWindow[];
  looked: readonly PixelWindow[];
  slicing: Answer['slicing'];
  /** Taught classes, which have tiles at their own scale. */
  taught: readonly TaughtWindows[];
}

export function windowsOf(question: PlannedQuestion): PlannedWindows {
  const { plan, layer, region, model, slicing: mode } = question;
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
  if (!wanted.looks || !wanted.own || isFarTooCoarse(question)) return { wanted, all: [], looked: [], slicing, taught };
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

/** Gathers what the plan needs. `onTile`: after each tile that wasn't known yet. */
export async function gatherFor(
  question: PlannedQuestion,
  { wanted, looked, taught }: PlannedWindows,
  context: GatherContext,
  onTile: (soFar: PlanGathered) => void,
): Promise<PlanGathered> {
  const { layer, bands, model, adapter = null } = question;
  const view = { scene: layer, bands, model, adapter };
  const base = { model, scene: sceneOf(layer), outlined: wanted.outlined };
  const done: TilesGathered[] = [];
  const nothing: TilesGathered = { tiles: new Map(), failed: [], looked: 0 };
  const rest = taught.map(() => nothing);
  const own = await gatherTiles({ ...base, windows: looked, view }, context, (soFar) =>
    onTile({ own: soFar, taught: rest }),
  );
  for (const { taught: one, windows } of taught) {
    const of = { ...base, windows, outlined: [], taught: one, view: { ...view, taught: keyOf(one) } };
    const gathered = await gatherTiles(of, context, (soFar) =>
      onTile({ own, taught: [...done, soFar, ...rest.slice(done.length + 1)] }),
    );
    done.push(gathered);
  }
  return { own, taught: done };
}

/** What a plan runs on, and all detections that its things are of. `known`: the layer's objects, reviewed or not. */
export function evidenceFor(
  question: PlannedQuestion,
  windows: PlannedWindows,
  gathered: PlanGathered,
  known: readonly SceneObject[],
): { evidence: Evidence; all: readonly Detection[] } {
  const { model, answerId } = question;
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
  return { evidence: evidenceOf(tiles, merged, windows.wanted.subjects, model, stateOf), all };
}

/** Writes the answer from what the plan gave on `evidenceFor`. */
export function concludePlan(
  question: PlannedQuestion,
  windows: PlannedWindows,
  result: Result,
  all: readonly Detection[],
): PlannedOutcome {
  if (windows.wanted.own && isFarTooCoarse(question)) {
    return { composed: notAtThisScale(question, coarsenessOf(question, [])!), detections: [] };
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
  return { composed: said && withDoubt(said, question, windows), detections };
}

/** Says of taught classes that little stands behind their scores. */
function withDoubt(said: Composed, { plan }: PlannedQuestion, { taught }: PlannedWindows): Composed {
  const chinese = plan.language === 'zh';
  return withSentences(
    said,
    taught.map(({ taught: { name, counts } }) => taughtWords(name, counts, chinese)),
    chinese,
  );
}

/** The words as they can be said of imagery too coarse to show what isn't found in it. */
function atItsScale(
  said: Composed,
  result: Result,
  question: PlannedQuestion,
  looked: readonly PixelWindow[],
): Composed {
  const { plan, model } = question;
  // Of taught classes the model knows no scale but theirs, which their tiles have.
  const coarse = looked.length > 0 ? coarsenessOf(question, looked) : null;
  if (!coarse || result.kind === 'cannot') return said;
  const chinese = plan.language === 'zh';
  if (!denies(result)) return withSentences(said, [mayBeMissing(coarse, { name: model.name, chinese })], chinese);
  return notAtThisScale(question, coarse);
}

function notAtThisScale({ plan, model }: PlannedQuestion, coarse: TooCoarse): Composed {
  const chinese = plan.language === 'zh';
  const [subject] = plan.subjects;
  const words = subject === undefined ? null : wordsFor(subject);
  const plural = words && (chinese ? words.zh : (words.plural ?? words.name));
  return plain(cannotBeJudged(coarse, { name: model.name, plural, chinese }));
}

/** Imagery this many times coarser than the model's coarsest shows none of what it knows, whatever its heads say. */
const FAR_TOO_COARSE = 3;

function isFarTooCoarse(question: PlannedQuestion): boolean {
  const coarse = coarsenessOf(question, []);
  return coarse?.by === 'imagery' && coarse.gsdMetres > FAR_TOO_COARSE * coarse.known.max;
}

function coarsenessOf({ layer, model }: PlannedQuestion, looked: readonly PixelWindow[]): TooCoarse | null {
  return tooCoarse(looked, { gsdMetres: meanGsd(layer.info), model });
}

/** Whether a result says that nothing of what was asked about is there. */
function denies(result: Result): boolean {
  if (result.kind === 'exists') return result.rows.every(({ verdict }) => verdict === 'no');
  if (result.kind === 'count' || result.kind === 'found') return result.rows.every(({ count }) => count === 0);
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
