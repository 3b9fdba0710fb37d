import type { SlicingMode } from '../../geo/slicing/slicings.ts';
import type { PixelWindow } from '../../geo/types.ts';
import { meanGsd, type NamedBand } from '../../imagery/image.ts';
import type { Evidence } from '../../plan/evidence.ts';
import { type Plan, subjectsNeeded } from '../../plan/plan.ts';
import type { TaughtClass } from '../../teaching/taught-class.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import type { Answer, OpenScene } from '../document.ts';
import type { ChosenRegion } from '../layers/region.ts';
import { type ModelPart, modelAt, scalesOf, scenesAt } from '../model/scales.ts';
import { headsFor, subjectsOfScene } from './subjects-of-model.ts';
import { isToldByGround, WITHOUT_PIXELS } from './wanted.ts';

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
  /** Polygons of the vector layers that the plan names. */
  layers: NonNullable<Evidence['layers']>;
  model: ModelInfo;
  adapter: Answer['adapter'];
  /** The taught classes that `model` names. */
  taught: readonly TaughtClass[];
  slicing: SlicingMode;
  /** Whether the question asks for outlines of what it finds. */
  outlines: boolean;
}

/** A question as far as it can be answered at the scale of its imagery. */
export interface ScaledQuestion extends PlannedQuestion {
  /** Without the subjects in `unjudged`, unless the plan is nothing without them. */
  plan: Plan;
  /** Without the parts that know nothing of the scale. */
  model: ModelInfo;
  /** The model with all its parts. */
  whole: ModelInfo;
  /** Subjects that the model knows, but not at this scale. */
  unjudged: readonly string[];
  /** False if nothing that is asked about can be judged. */
  isJudged: boolean;
  /** The part whose word the answer takes, if it is one that knows scales of its own. */
  part: ModelPart;
}

export function atScale(question: PlannedQuestion): ScaledQuestion {
  const { plan, layer, model: whole } = question;
  const gsdMetres = meanGsd(layer.info);
  const model = modelAt(gsdMetres, whole);
  const scenes = scenesAt(gsdMetres, model);
  const scaled = { ...question, model, whole, part: partOf(plan, model) };
  if (WITHOUT_PIXELS.includes(plan.intent)) return { ...scaled, unjudged: [], isJudged: true };
  const needed = subjectsNeeded(plan);
  const unjudged = needed.filter(
    (subject) =>
      partsOf(subject, whole, whole.scenes).length > 0 &&
      (isToldByGround(subject, plan, whole) ? !model.cover : partsOf(subject, model, scenes).length === 0),
  );
  const subjects = plan.subjects.filter((subject) => !unjudged.includes(subject));
  const isRestEnough =
    plan.intent !== 'compare' && subjects.length > 0 && unjudged.every((subject) => plan.subjects.includes(subject));
  const isJudged = needed.length === 0 ? isAnyPartLeft(plan, model) : unjudged.length === 0 || isRestEnough;
  return { ...scaled, ...(isRestEnough && { plan: { ...plan, subjects } }), unjudged, isJudged };
}

/** Whether anything can be said of a picture as a whole. */
function isAnyPartLeft({ intent }: Plan, { classes, presence = [], scenes, cover }: ModelInfo): boolean {
  if (intent === 'classify') return scenes.length > 0;
  return classes.length + presence.length + scenes.length > 0 || Boolean(cover);
}

/** The part that a plan's answer is made of; of several, the one that knows things. */
function partOf(plan: Plan, model: ModelInfo): ModelPart {
  const { intent, subjects } = plan;
  if (intent === 'classify') return 'scenes';
  if (subjects.length > 0 && subjects.every((subject) => isToldByGround(subject, plan, model))) return 'cover';
  const parts = subjects.flatMap((subject) => partsOf(subject, model, model.scenes));
  if (subjects.length > 0) return parts.includes('things') ? 'things' : (parts[0] ?? 'things');
  return (model.presence ?? []).length > 0 || model.classes.length > 0 ? 'things' : 'scenes';
}

/** The parts of a model that give evidence of a subject. */
function partsOf(subject: string, model: ModelInfo, scenes: readonly string[]): ModelPart[] {
  const { box, density, presence, cover } = headsFor(subject, model);
  const isThing = box !== null || density !== null || presence.length > 0;
  const isScene = scenes.some((label) => subjectsOfScene(label).includes(subject));
  return [
    ...(isThing ? (['things'] as const) : []),
    ...(isScene ? (['scenes'] as const) : []),
    ...(cover ? (['cover'] as const) : []),
  ];
}

/**
 * The subjects of which only the kind of scene gives evidence at this scale, although the model sees them themselves at another: a scene
 * that isn't called forest may have trees in it.
 */
export function toldBySceneAlone({ plan, model, whole }: ScaledQuestion): string[] {
  const only = (part: ModelPart, parts: readonly ModelPart[]) => parts.length === 1 && parts[0] === part;
  return plan.subjects.filter(
    (subject) =>
      only('scenes', partsOf(subject, model, model.scenes)) && !only('scenes', partsOf(subject, whole, whole.scenes)),
  );
}

/** The scales at which the model knows what a question is about, or what of it can't be judged. */
export function scalesAsked({ plan, unjudged, whole, part }: ScaledQuestion): ReturnType<typeof scalesOf> {
  const [first] = unjudged;
  if (first === undefined) return scalesOf(part, whole);
  if (isToldByGround(first, plan, whole)) return scalesOf('cover', whole);
  const [own = part] = partsOf(first, whole, whole.scenes);
  if (own !== 'scenes' || !whole.sceneScales) return scalesOf(own, whole);
  const meant = whole.sceneScales.filter(({ labels }) =>
    labels.some((label) => subjectsOfScene(label).includes(first)),
  );
  return meant.map(({ gsdMetres }) => gsdMetres);
}
