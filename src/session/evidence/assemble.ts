import type { PixelWindow, Point } from '../../geo/types.ts';
import { intersect } from '../../geo/windows.ts';
import type { CoverEvidence, Evidence, SubjectEvidence, TileScores } from '../../plan/evidence.ts';
import { UNKNOWN } from '../../plan/evidence.ts';
import type { ModelInfo } from '../../vlm/types.ts';
import { type Detection, mergeAcrossSlices } from '../answer/detections.ts';
import type { SceneObject } from '../document.ts';
import { headsFor, subjectsKnown, subjectsOfScene } from './subjects-of-model.ts';
import type { TileEvidence } from './tile-evidence.ts';

/** What was gathered of a region, tile by tile. */
export interface GatheredTiles {
  region: PixelWindow;
  regionKind: Evidence['regionKind'];
  marked: readonly Point[] | null;
  /** The whole image. */
  scene: PixelWindow;
  /** Every window that would cover the region. */
  windows: readonly PixelWindow[];
  /** Those looked at, by their index in `windows`. */
  tiles: ReadonlyMap<number, TileEvidence>;
  /** Indices of windows that failed. */
  failed: ReadonlySet<number>;
}

/** Merged detections, by class of the model: what a plan's things are made of. */
export type Merged = ReadonlyMap<string, readonly Detection[]>;

/** One detection per object across tiles, for each class that has any. */
export function mergedOf({ region, tiles }: GatheredTiles, model: Pick<ModelInfo, 'tileSize'>): Merged {
  const seen = [...tiles.values()];
  const windows = seen.map(({ window }) => window);
  const detections = seen.flatMap((tile) => tile.detections);
  const all = seen.length > 1 ? mergeAcrossSlices(detections, windows, region, model.tileSize) : detections;
  const byLabel = new Map<string, Detection[]>();
  for (const detection of all) {
    const same = byLabel.get(detection.label);
    if (same) same.push(detection);
    else byLabel.set(detection.label, [detection]);
  }
  return byLabel;
}

/**
 * Evidence for a plan about `subjects`. `stateOf`: what a person decided about the object that a detection is of. Rejected ones
 * are left out, and accepted ones are certain. `cover`: that of the region, where it is needed.
 */
export function evidenceOf(
  gathered: GatheredTiles,
  merged: Merged,
  subjects: readonly string[],
  model: ModelInfo,
  stateOf: (detection: Detection) => SceneObject['state'],
  cover: CoverEvidence | null = null,
): Evidence {
  const { region, regionKind, marked, windows, tiles, failed } = gathered;
  const looked = [...tiles.values()].filter(({ blank }) => blank === null);
  return {
    region,
    regionKind,
    marked,
    tiles: windows.map((window, index) => {
      const tile = tiles.get(index);
      if (failed.has(index)) return { window, state: 'failed' };
      if (!tile) return { window, state: 'waiting' };
      if (tile.blank !== null) return { window, state: 'empty' };
      return { window, state: 'looked', ...(tile.validShare < 1 && { validShare: tile.validShare }) };
    }),
    subjects: Object.fromEntries(
      subjects.map((subject) => [
        subject,
        subjectEvidence(subject, { gathered, looked, merged, model, stateOf, cover }),
      ]),
    ),
    known: subjectsKnown(model),
    scenes: model.scenes.length > 0 ? looked.map((tile) => sceneScores(tile, gathered.scene, model)) : null,
    cover,
  };
}

interface From {
  gathered: GatheredTiles;
  looked: readonly TileEvidence[];
  merged: Merged;
  model: ModelInfo;
  stateOf: (detection: Detection) => SceneObject['state'];
  cover: CoverEvidence | null;
}

function subjectEvidence(subject: string, { gathered, looked, merged, model, stateOf, cover }: From): SubjectEvidence {
  const heads = headsFor(subject, model);
  const ground = cover && heads.cover;
  if (heads.box === null && heads.density === null && heads.presence.length === 0) {
    const scene = sceneEvidence(subject, looked, gathered);
    return ground ? { ...scene, known: true, cover: ground } : scene;
  }
  const inside = (window: PixelWindow) => intersect(window, gathered.scene) ?? window;
  const { box, density, presence } = heads;
  const about = <T extends { name: string }>(classes: readonly T[] | undefined, name: string | null) =>
    classes?.find((each) => each.name === name);
  return {
    ...UNKNOWN,
    known: true,
    recall: about(model.classes, box)?.recall ?? null,
    placeSpread: model.placeSpread ?? 0,
    densityError: about(model.densities, density)?.relativeError ?? null,
    // Of a crowd of which none has a box, only the number is known.
    things:
      box === null || (density !== null && !merged.has(box))
        ? null
        : (merged.get(box) ?? []).flatMap((detection) => {
            const state = stateOf(detection);
            if (state === 'rejected') return [];
            const { id, box: place, rings, score } = detection;
            return [{ id, box: place, rings, score: state === 'accepted' ? 1 : score }];
          }),
    densities:
      density === null
        ? null
        : looked.map(({ window, densities }) => ({
            window: inside(window),
            count: Math.max(0, densities.find(({ label }) => label === density)?.count ?? 0),
          })),
    presence:
      presence.length === 0
        ? null
        : looked.flatMap(({ window, scores }) => {
            const scored = (scores.presence ?? []).filter(({ label }) => presence.includes(label));
            const probability = Math.max(0, ...scored.map((each) => each.probability));
            return scored.length > 0 ? [{ window: inside(window), probability }] : [];
          }),
    cover: ground,
  };
}

/** Of what the model knows as a kind of scene only: whether it is there, by tile. */
function sceneEvidence(subject: string, looked: readonly TileEvidence[], { scene }: GatheredTiles): SubjectEvidence {
  const presence = looked.flatMap(({ window, scores }) => {
    const meant = (scores.scene ?? []).filter(({ label }) => subjectsOfScene(label).includes(subject));
    const probability = meant.reduce((sum, each) => sum + each.probability, 0);
    return meant.length > 0 ? [{ window: intersect(window, scene) ?? window, probability }] : [];
  });
  return presence.length > 0 ? { ...UNKNOWN, known: true, presence } : UNKNOWN;
}

function sceneScores({ window, scores }: TileEvidence, scene: PixelWindow, model: ModelInfo): TileScores {
  return {
    window: intersect(window, scene) ?? window,
    scores: (scores.scene ?? []).map(({ label, probability }) => {
      const zh = model.scenesZh?.[model.scenes.indexOf(label)];
      return { label, probability, subjects: subjectsOfScene(label), ...(zh !== undefined && { labelZh: zh }) };
    }),
  };
}
