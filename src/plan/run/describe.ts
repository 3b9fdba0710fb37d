import { freshParts } from '../ground/looked.ts';
import { centreOf, isInside } from '../ground/shape.ts';
import type { CannotResult, ClassifyResult, Concentration, DescribeResult } from '../result.ts';
import { relativesIn } from '../terms/where.ts';
import { mostlyIn } from './concentration.ts';
import { type Context, evidenceOf, type Thing } from './context.ts';
import { countedThings, countOf, LEAST_YES, presenceIn } from './counting.ts';
import { classesOf, coverIn, isMeasuredByCover, noteCover } from './cover.ts';

/** Smaller covers aren't worth a word in a description. */
const LEAST_SHARE = 0.02;
/** Fewer things than these don't lie anywhere in particular. */
const LEAST_CONCENTRATED = 5;

/** What there is, how much of it and where. */
export function describe(intent: 'describe' | 'identify', context: Context): DescribeResult | CannotResult {
  const { plan, evidence } = context;
  const isRelation = relativesIn(plan.where).length > 0;
  const all = Object.keys(evidence.subjects).filter((subject) => evidenceOf(evidence, subject).known);
  // Only things with places can be told to lie near, along or inside something.
  const isTellable = (subject: string) => !isRelation || evidenceOf(evidence, subject).things !== null;
  const asked = plan.subjects.length > 0 ? all.filter((subject) => plan.subjects.includes(subject)) : all;
  const subjects = asked.filter(isTellable);
  const counted = subjects.map((subject) => countOf(subject, context)).filter((each) => each !== null);
  const rows = counted
    .filter(({ row }) => row.count > 0)
    .map(({ row, things }) => ({ ...row, place: concentrationOf(things, context) }))
    .sort((a, b) => Number(a.isDoubtful ?? false) - Number(b.isDoubtful ?? false) || b.count - a.count);
  const cover = subjects
    // One name for each class of the land cover: that which means all of it.
    .filter((subject) => evidenceOf(evidence, subject).cover?.isExact !== false)
    .map((subject) => ({ subject, covered: coverIn(subject, context) }))
    .flatMap(({ subject, covered }) =>
      covered && covered.share >= LEAST_SHARE
        ? [{ subject, share: covered.share, isOutline: covered.things !== null }]
        : [],
    )
    .sort((a, b) => b.share - a.share);
  const said = new Set([...rows, ...cover].map(({ subject }) => subject));
  const ground = cover.filter(({ subject }) => isMeasuredByCover(subject, context));
  const classesSaid = new Set(ground.flatMap(({ subject }) => classesOf([subject], context) ?? []));
  if (ground.length > 0)
    noteCover(
      ground.map(({ subject }) => subject),
      context,
    );
  // Grass is among the low vegetation whose share was said.
  const isSaid = (subject: string) =>
    said.has(subject) || (classesOf([subject], context)?.every((k) => classesSaid.has(k)) ?? false);
  const present = subjects.filter(
    (subject) =>
      !isSaid(subject) &&
      countedThings(subject, context) === null &&
      (presenceIn(subject, context) ?? []).some(({ isClear, probability }) => isClear && probability >= LEAST_YES),
  );
  const scenes = isRelation ? [] : scenesIn(context);
  if (rows.length + cover.length + present.length + scenes.length === 0) {
    return { kind: 'cannot', reason: 'none-found', subjects };
  }
  return { kind: 'describe', intent, scenes, rows, cover, present };
}

/** Where most of the things lie; null if they are spread. */
function concentrationOf(things: readonly Thing[], context: Context): Concentration | null {
  if (things.length < LEAST_CONCENTRATED) return null;
  return mostlyIn((zone) => things.filter((thing) => isInside(zone, centreOf(thing))).length / things.length, context);
}

/** Scene classes by the share of ground that they are the likeliest of, with their mean probability there. */
function scenesIn(context: Context): DescribeResult['scenes'] {
  const parts = freshParts(
    (context.evidence.scenes ?? []).map(({ window, scores }) => ({ window, value: scores[0] ?? null })),
    context.zone,
  );
  const seen = parts.reduce((sum, { value, areaPx }) => sum + (value ? areaPx : 0), 0);
  const byLabel = new Map<string, { labelZh: string | null; areaPx: number; weighed: number }>();
  for (const { value, areaPx } of parts) {
    if (!value || areaPx <= 0) continue;
    const known = byLabel.get(value.label) ?? { labelZh: value.labelZh ?? null, areaPx: 0, weighed: 0 };
    known.areaPx += areaPx;
    known.weighed += areaPx * value.probability;
    byLabel.set(value.label, known);
  }
  return [...byLabel]
    .map(([label, { labelZh, areaPx, weighed }]) => ({
      label,
      labelZh,
      share: areaPx / seen,
      probability: weighed / areaPx,
    }))
    .sort((a, b) => b.share - a.share);
}

/** The likeliest scene: of those offered if the plan offers some. Null if the model has no scene classes. */
export function classify(context: Context): { result: ClassifyResult; missing: string[] } | null {
  const { evidence, zone, plan } = context;
  if (!evidence.scenes) return null;
  const parts = freshParts(
    evidence.scenes.map(({ window, scores }) => ({ window, value: scores })),
    zone,
  ).filter(({ areaPx }) => areaPx > 0);
  const seen = parts.reduce((sum, { areaPx }) => sum + areaPx, 0);
  const offered = plan.subjects;
  const sums = new Map<string, { label: string; labelZh: string | null; weighed: number }>();
  for (const { value, areaPx } of parts) {
    for (const { label, labelZh = null, subjects = [], probability } of value) {
      const names = offered.length > 0 ? offered.filter((each) => subjects.includes(each)) : [label];
      for (const name of names) {
        const known = sums.get(name) ?? { label: name, labelZh: offered.length > 0 ? null : labelZh, weighed: 0 };
        known.weighed += probability * areaPx;
        sums.set(name, known);
      }
    }
  }
  const inAll = scenesIn(context);
  const shares = offered.length > 0 ? [] : inAll;
  const scenes = [...sums.values()]
    .map(({ label, labelZh, weighed }) => ({
      label,
      labelZh,
      probability: weighed / seen,
      share: shares.find((scene) => scene.label === label)?.share ?? 0,
    }))
    .sort((a, b) => b.share - a.share || b.probability - a.probability);
  const missing = offered.filter((each) => !sums.has(each));
  const [first] = inAll;
  const likeliest = first ? { label: first.label, labelZh: first.labelZh, probability: first.probability } : null;
  return {
    result: { kind: 'classify', isOffered: offered.length > 0, scenes, likeliest, tiles: parts.length },
    missing,
  };
}
